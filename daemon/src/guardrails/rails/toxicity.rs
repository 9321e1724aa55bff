//! Rail `toxicity`: threats, slurs, and abuse directed at someone. The words stand here under ROT13, so that
//! nobody has to read them in passing.

use super::{Policy, Rail};
use crate::guardrails::pattern::Fault;
use crate::guardrails::required::{Sieve, literals};
use crate::guardrails::session::{Finding, Session, Subject};
use contract::agent::RailAction::{Block, Warn};
use regex::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::sync::LazyLock;

/// See the head of this file.
pub(in crate::guardrails) struct Toxicity;

/// Words that abuse whomever they are said of.
const SLURS: &str = "\
    avttre avttn snttbg snttl xvxr jrgonpx genaal enturnq gbjryurnq cnxv tbbx ornare phag wvtnobb \
    yvogneq juber fyhg nffubyr zbgureshpxre pbpxfhpxre qvpxurnq shpxsnpr fuvgurnq qvcfuvg qbhpuront \
    shpxjvg qhzonff shpxgneq fuvgont";

/// Words that abuse when someone is called by them.
const EPITHETS: &str = "\
    vqvbg zbeba vzorpvyr onfgneq wnpxnff fphzont gjng jnaxre pergva ovgpu qvcfuvg";

/// Words that abuse when someone is said to be that.
const INSULTS: &str = "\
    vqvbg zbeba vzorpvyr onfgneq wnpxnff fphzont gjng jnaxre pergva ovgpu qvcfuvg ybfre qrtrarengr \
    ergneq ergneqrq genfu tneontr cvt pybja qhzo fghcvq cngurgvp jbeguyrff qvfthfgvat htyl sbby pbjneq \
    cnenfvgr irezva qvftenpr cevpx chffl qbhpur fphz creireg yvne";

/// Threats, wishes of harm and abuse of several words.
const PHRASES: [&str; 15] = [
    r"s+h+p+x+ (?:lbh|h|bss|lbhefrys|lbhefryirf|gurz|uvz|ure|gurfr|gubfr|lbhe)\o",
    r"fuhg (?:gur s+h+p+x+ hc|gur uryy hc|lbhe (?:zbhgu|snpr|genc))",
    r"tb (?:gb uryy|qvr|xvyy lbhefrys|unat lbhefrys|shpx lbhefrys)\o",
    r"(?:cvrpr|cvrprf|cvyr|ont|ybnq) bs (?:fuvg|penc)\o",
    r"fbaf? bs (?:n )?ovgpu(?:rf)?",
    r"xvyy (?:lbhefrys|lbhefryirf|hefrys)\o|\oxlf\o",
    concat!(
        r"(?:v|jr)(?: jvyy|'yy| nz tbvat gb|'z tbvat gb| tbaan|'z tbaan| jnag gb| jnaan) ",
        r"(?:xvyy|zheqre|fgno|fgenatyr|encr|fynhtugre) (?:lbh|h|uvz|ure|lbhe)\o",
    ),
    r"(?:v|jr)(?: jvyy|'yy| nz tbvat gb|'z tbvat gb| tbaan|'z tbaan) (?:uheg|orng|qrfgebl|uhag) (?:lbh|h)\o",
    concat!(
        r"ubcr (?:gung )?(?:lbh|gurl|ur|fur|lbhe snzvyl|lbhe xvqf) (?:nyy )?",
        r"(?:qvr|qvrf|ohea|ebg|fhssre|trg (?:pnapre|fubg|encrq))\o",
    ),
    concat!(
        r"(?:lbh|gurl|ur|fur|nyy bs gurz|gurfr crbcyr) (?:fubhyq|qrfreir gb|zhfg|bhtug gb|arrq gb)(?: nyy)? ",
        r"(?:qvr|ebg|or (?:fubg|xvyyrq|unatrq|ylapurq|rkgrezvangrq|tnffrq|encrq))\o",
    ),
    r"(?:ebg|ohea) va uryy\o",
    r"fhpx zl (?:qvpx|pbpx|onyyf)|\oxvff zl nff\o|\orng fuvg\o",
    r"v xabj jurer lbh yvir\o",
    r"(?:shpxvat|svygul|qvegl|qnza) (?:wrjf|zhfyvzf|tnlf|oynpxf|zrkvpnaf|vzzvtenagf|nenof|nfvnaf|juvgrf)\o",
    r"(?:v ungr|xvyy nyy|shpx nyy|shpx gur) (?:wrjf|zhfyvzf|tnlf|oynpxf|zrkvpnaf|vzzvtenagf|nenof|nfvnaf|juvgrf)\o",
];

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
        ABUSE.as_ref().is_some_and(is_silent)
    }

    fn inspect(&self, subject: &Subject<'_>, _: &Session<'_>) -> Result<Vec<Finding>, Fault> {
        let abuse = ABUSE.as_ref().ok_or(Fault("the word lists do not compile"))?;
        let text = plain_letters(subject.text.lower());
        let mut findings = Vec::new();
        for place in abuse.sieve.possible(&squeezed(&text)).of(0) {
            let Some((pattern, reason)) = abuse.patterns.get(place) else { continue };
            findings.extend(pattern.find_iter(&text).map(|hit| Finding::new(hit.range(), "ABUSE", *reason)));
        }
        Ok(findings)
    }
}

/// Without letters that repeat the one before: what stretched words have in common with plain ones.
fn squeezed(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    let mut before = None;
    for c in text.chars() {
        if before.replace(c) != Some(c) {
            squeezed.push(c);
        }
    }
    squeezed
}

fn compiled(source: &str) -> Option<Regex> {
    RegexBuilder::new(source).unicode(false).build().ok()
}

/// The words as alternatives, each letter any number of times.
fn alternatives(words: &str) -> String {
    let stretch = |word: &str| rot13(word).chars().flat_map(|c| [c, '+']).collect::<String>();
    words.split_whitespace().map(stretch).collect::<Vec<_>>().join("|")
}

fn rot13(text: &str) -> String {
    let turn = |c: char, first: u8| char::from((c as u8 - first + 13) % 26 + first);
    text.chars()
        .map(|c| match c {
            'a'..='z' => turn(c, b'a'),
            'A'..='Z' => turn(c, b'A'),
            _ => c,
        })
        .collect()
}

/// The text with the digits and signs that stand for letters inside a word replaced, byte for byte in their places.
fn plain_letters(lower: &str) -> Cow<'_, str> {
    if !lower.bytes().any(|byte| matches!(byte, b'0' | b'1' | b'3' | b'4' | b'5' | b'7' | b'@' | b'$')) {
        return Cow::Borrowed(lower);
    }
    let mut before = ' ';
    let mut chars = lower.chars().peekable();
    let mut plain = String::with_capacity(lower.len());
    while let Some(c) = chars.next() {
        let in_word = before.is_ascii_alphabetic() || chars.peek().is_some_and(char::is_ascii_alphabetic);
        let letter = match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            _ => c,
        };
        before = if in_word { letter } else { c };
        plain.push(before);
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::Phase;
    use crate::guardrails::rails::fixture::reasons;

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
    fn ordinary_sentences_that_share_words_with_abuse_are_not_abuse() {
        for text in [
            "How do I kill a process that hangs?",
            "You are right: the waste goes into the bin.",
            "The classic assessment of Scunthorpe is passed.",
            "Did they shoot the film in Essex? We'll shoot you an email.",
            "All women are entitled to leave; you must hang up your badge and put the trash out.",
            "What is a skin prick test, and is the matrix degenerate?",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
