//! Rail `toxicity`: threats, slurs, and abuse directed at someone, by lists and by a classifier. The classifier acts only
//! where a word stands that is abuse by its own weights: so that a glance at a whole output tells that no piece of it is.

mod letters;
mod lexicon;
pub(in crate::guardrails) mod model;
mod words;

use super::{Policy, Rail};
use crate::guardrails::engine::{UNSURE, is_finding};
use crate::guardrails::pattern::Fault;
use crate::guardrails::required::{Sieve, literals};
use crate::guardrails::session::{Finding, Session, Subject};
use contract::agent::RailAction::{Block, Warn};
use regex::{Regex, RegexBuilder};
use std::sync::LazyLock;

pub(in crate::guardrails) use letters::plain_letters;
use letters::squeezed;
use words::{EPITHETS, INSULTS, PHRASES, SLURS, rot13};

/// Why a text is abuse that no list explains.
const LIKENESS: &str = "abusive language";

/// See the head of this file.
pub(in crate::guardrails) struct Toxicity;

/// What is looked for, each with its reason, and which of it can stand in a squeezed text.
struct Abuse {
    patterns: [(Regex, &'static str); 4],
    sieve: Sieve<1>,
}

/// None if a pattern does not compile.
static ABUSE: LazyLock<Option<Abuse>> = LazyLock::new(|| {
    let swearing = rot13("shpxvat|fghcvq|qhzo|svygul|shpxrq");
    let slurs = format!(r"\b(?:{})(?:e?s)?\b", alternatives(SLURS));
    let epithets = format!(
        concat!(
            r"\b(?:you|u|is|are|was|were|such|what|he's|she's|they're|you're|youre|{})",
            r"(?: [a-z']+){{0,2}}? (?:{})(?:e?s)?\b"
        ),
        swearing,
        alternatives(EPITHETS)
    );
    let insults = format!(
        concat!(
            r"\b(?:(?:you|u|he|she|they) ?(?:are|r|is|'re|'s)|youre)(?: (?:all|a|an|the|such|so|just|really|",
            r"very|nothing but|complete|total|absolute|little|old|fat|{})){{0,4}} (?:{})(?:e?s)?\b"
        ),
        swearing,
        alternatives(INSULTS)
    );
    let phrases = format!(r"\b(?:{})", PHRASES.map(rot13).join("|"));
    let words = |words: &str| Some(words.split_whitespace().map(|word| squeezed(&rot13(word))).collect());
    let in_phrases =
        literals(&phrases.replace('+', "")).map(|all| all.iter().map(|one| squeezed(one)).collect());
    Some(Abuse {
        patterns: [
            (compiled(&slurs)?, "slur"),
            (compiled(&epithets)?, "insult"),
            (compiled(&insults)?, "insult"),
            (compiled(&phrases)?, "threat or abuse"),
        ],
        sieve: Sieve::new([vec![words(SLURS), words(EPITHETS), words(INSULTS), in_phrases]]),
    })
});

impl Rail for Toxicity {
    fn policy(&self) -> Policy {
        Policy { name: "toxicity", input: (Warn, Warn), output: (Block, Warn) }
    }

    fn is_quiet(&self, subject: &Subject<'_>, _: &Session<'_>) -> bool {
        let text = plain_letters(subject.text.lower());
        let is_silent = |abuse: &Abuse| {
            let mut possible = abuse.sieve.possible(&squeezed(&text)).of(0);
            possible
                .all(|place| abuse.patterns.get(place).is_none_or(|(pattern, _)| !pattern.is_match(&text)))
        };
        ABUSE.as_ref().is_some_and(is_silent) && model::cues(&text).is_ok_and(|cues| cues.is_empty())
    }

    fn inspect(&self, subject: &Subject<'_>, session: &Session<'_>) -> Result<Vec<Finding>, Fault> {
        let abuse = ABUSE.as_ref().ok_or(Fault("the word lists do not compile"))?;
        let text = plain_letters(subject.text.lower());
        let mut findings = Vec::new();
        for place in abuse.sieve.possible(&squeezed(&text)).of(0) {
            let Some((pattern, reason)) = abuse.patterns.get(place) else { continue };
            findings.extend(pattern.find_iter(&text).map(|hit| Finding::new(hit.range(), "ABUSE", *reason)));
        }
        if findings.is_empty() {
            let cues = model::cues(&text)?;
            let score = if cues.is_empty() { 0.0 } else { model::score(&text)? };
            let own = session.scene.settings.toxicity.as_ref().and_then(|rail| rail.threshold);
            let acts = own.map_or_else(|| is_finding(score), |threshold| f64::from(score) >= threshold);
            for cue in cues.into_iter().filter(|_| acts || is_finding(score)) {
                let finding = Finding::new(cue, "ABUSE", LIKENESS).with_score(score);
                findings.push(if acts { finding } else { finding.with_action(Warn) });
            }
        }
        Ok(findings)
    }

    fn score(&self, subject: &Subject<'_>, session: &Session<'_>) -> Result<f32, Fault> {
        let found = self.inspect(subject, session)?.iter().map(|finding| finding.score).fold(0.0, f32::max);
        let text = plain_letters(subject.text.lower());
        let score = model::score(&text)?;
        Ok(found.max(if model::cues(&text)?.is_empty() { score.min(UNSURE) } else { score }))
    }
}

fn compiled(source: &str) -> Option<Regex> {
    RegexBuilder::new(source).unicode(false).build().ok()
}

/// The words as alternatives, each letter any number of times.
fn alternatives(words: &str) -> String {
    let stretch = |word: &str| rot13(word).chars().flat_map(|c| [c, '+']).collect::<String>();
    words.split_whitespace().map(stretch).collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::rails::fixture::{bare, reasons};
    use crate::guardrails::{Engine, Outcome, Phase};
    use contract::agent::{Guardrails, RailSettings};

    fn found(text: &str) -> Vec<String> {
        let mut reasons = reasons(&Toxicity, Phase::Output, text);
        reasons.dedup();
        reasons
    }

    #[test]
    fn abuse_is_found_also_when_letters_are_stretched_or_replaced() {
        assert_eq!(found(&format!("You are such an {}.", rot13("vqvbg"))), ["insult"]);
        assert_eq!(found(&format!("You {}!", rot13("vqv0000g"))), ["insult"]);
        assert_eq!(found(&format!("I will {} you.", rot13("xvyy"))), ["threat or abuse"]);
    }

    #[test]
    fn abuse_that_no_list_names_is_found_by_what_it_is_like() {
        for text in ["Nobody likes you, pathetic freak.", "Go back to your country, filthy animals!"] {
            assert_eq!(found(text), ["abusive language"], "{text}");
        }
        // Without a word that is abuse by itself there is a score, but no finding.
        let text = "Nobody likes you, go back to your country.";
        let subject = Subject::new(text).unwrap();
        let settings = Guardrails::default();
        let score = Toxicity.score(&subject, &Session::new(Phase::Output, bare(&settings))).unwrap();
        assert!(found(text).is_empty() && score > 0.1 && score < 0.5, "{score}");
    }

    #[test]
    fn an_agent_says_from_which_score_on_it_blocks() {
        let result = |threshold| {
            let rail = RailSettings { threshold, ..RailSettings::default() };
            let settings = Guardrails { toxicity: Some(rail), ..Guardrails::default() };
            // Its score is near 0.9.
            let text = "Go back to your country, filthy animals!";
            let report = Engine::new().check(Phase::Output, text, &bare(&settings));
            (report.rails[4].result, report.text == text)
        };
        assert_eq!(result(None), (Outcome::Block, false));
        assert_eq!(result(Some(0.7)), (Outcome::Block, false));
        assert_eq!(result(Some(1.0)), (Outcome::Warn, true));
        let rail = RailSettings { threshold: Some(0.05), ..RailSettings::default() };
        let settings = Guardrails { toxicity: Some(rail), ..Guardrails::default() };
        let report = Engine::new().check(Phase::Output, "The pathetic referee was right.", &bare(&settings));
        assert_eq!(report.rails[4].result, Outcome::Block);
    }

    #[test]
    fn who_somebody_is_is_no_abuse() {
        for who in ["gay", "a lesbian", "trans", "black", "Jewish", "a Muslim", "Mexican", "autistic", "poor"]
        {
            for text in
                [format!("I am {who}."), format!("He was killed because he was {who}, said the court.")]
            {
                assert!(found(&text).is_empty(), "{text}");
            }
        }
    }

    #[test]
    fn ordinary_sentences_that_share_words_with_abuse_are_not_abuse() {
        for text in [
            "How do I kill a process that hangs?",
            "You are right: the waste goes into the bin.",
            "The classic assessment of Scunthorpe is passed.",
            "Did they shoot the film in Essex? We'll shoot you an email.",
            "All women are entitled to leave.",
            "You must hang up your badge and put the trash out.",
            "What is a skin prick test, and is the matrix degenerate?",
            "The kitchen is dirty, and the rats come back each winter.",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
