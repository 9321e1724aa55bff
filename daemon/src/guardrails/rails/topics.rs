//! Rail `topics`: what the agent may and may not talk about, and in which languages.

use super::{Policy, Rail};
use crate::guardrails::Phase;
use crate::guardrails::pattern::Fault;
use crate::guardrails::session::{Finding, Session, Subject};
use crate::stems::stem;
use contract::agent::RailAction::{Block, Warn};
use contract::agent::RailSettings;
use rust_stemmers::Algorithm;
use std::collections::HashSet;
use std::ops::Range;

/// Words of a topic's name that say nothing of it.
const STOP: [&str; 27] = [
    "a", "about", "an", "and", "any", "are", "at", "by", "for", "from", "how", "in", "is", "of", "on", "or",
    "our", "the", "their", "to", "what", "when", "which", "with", "you", "your", "my",
];

/// A text shorter than this, in characters, is too short to tell its language.
const LANGUAGE_CHARS: usize = 24;

/// A text of fewer words is a greeting or a follow-up, not a topic outside of those allowed.
const ALLOW_WORDS: usize = 4;

/// See the head of this file.
pub(in crate::guardrails) struct TopicRail;

/// The topics of an agent's settings, each by its name and the stems of its words.
pub(in crate::guardrails) struct Topics {
    deny: Vec<(String, HashSet<String>)>,
    allow: Vec<(String, HashSet<String>)>,
    /// The first bytes of their stems: no word that begins otherwise has one of them.
    firsts: HashSet<u8>,
    languages: Vec<String>,
}

impl Topics {
    /// Stems the settings' topics.
    pub(in crate::guardrails) fn new(settings: Option<&RailSettings>) -> Self {
        let stemmed = |topics: &[String]| -> Vec<(String, HashSet<String>)> {
            let telling = |word: &str| !STOP.contains(&word);
            let with_stems =
                topics.iter().map(|topic| (topic.clone(), stems(&topic.to_lowercase(), telling)));
            with_stems.filter(|(_, stems)| !stems.is_empty()).collect()
        };
        let Some(settings) = settings else {
            return Self {
                deny: Vec::new(),
                allow: Vec::new(),
                firsts: HashSet::new(),
                languages: Vec::new(),
            };
        };
        let (deny, allow) = (stemmed(&settings.deny), stemmed(&settings.allow));
        let all = deny.iter().chain(&allow).flat_map(|(_, stems)| stems);
        let firsts = all.filter_map(|stem| stem.bytes().next()).collect();
        Self { deny, allow, firsts, languages: settings.languages.clone() }
    }

    /// Whether a word may have a stem of theirs: Snowball's English stems begin as their words do.
    fn may_name(&self, word: &str) -> bool {
        word.bytes().next().is_some_and(|first| self.firsts.contains(&first))
    }
}

impl Rail for TopicRail {
    fn policy(&self) -> Policy {
        Policy { name: "topics", input: (Block, Warn), output: (Warn, Warn) }
    }

    fn is_quiet(&self, _: &Subject<'_>, session: &Session<'_>) -> bool {
        let topics = session.topics();
        topics.deny.is_empty() && topics.allow.is_empty() && topics.languages.is_empty()
    }

    fn inspect(&self, subject: &Subject<'_>, session: &Session<'_>) -> Result<Vec<Finding>, Fault> {
        let (text, topics) = (subject.text.lower(), session.topics());
        let mut findings = Vec::new();
        if !topics.deny.is_empty() || !topics.allow.is_empty() {
            let mut allowed = false;
            for span in sentences(text) {
                let sentence = text.get(span.clone()).unwrap_or_default();
                let said = stems(sentence, |word| topics.may_name(word));
                let holds = |(_, topic): &&(String, HashSet<String>)| topic.is_subset(&said);
                let denied = topics.deny.iter().filter(holds);
                findings
                    .extend(denied.map(|(name, _)| finding(span.clone(), format!("denied topic: {name}"))));
                allowed |= topics.allow.iter().any(|topic| holds(&topic));
            }
            let outside = session.phase == Phase::Input && !topics.allow.is_empty() && !allowed;
            if outside && text.split_whitespace().count() >= ALLOW_WORDS {
                findings.push(finding(0..text.len(), "none of the allowed topics".to_owned()));
            }
        }
        if let Some(language) = foreign_language(subject.text.folded(), &topics.languages) {
            findings.push(finding(0..text.len(), format!("language: {language}")));
        }
        Ok(findings)
    }
}

fn finding(span: Range<usize>, reason: String) -> Finding {
    Finding::new(span, "TOPIC", reason)
}

/// The language of a text, by its ISO 639-3 code, if it is certain and not among those answered.
fn foreign_language(text: &str, answered: &[String]) -> Option<&'static str> {
    if answered.is_empty() || text.chars().count() < LANGUAGE_CHARS {
        return None;
    }
    let detected = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    let code = detected.lang().code();
    (!answered.iter().any(|language| language.eq_ignore_ascii_case(code))).then_some(code)
}

/// Where sentences and lines stand.
fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive(['.', '!', '?', '\n', '。']).map(move |sentence| {
        let span = start..start + sentence.len();
        start = span.end;
        span
    })
}

/// The Snowball stems (Porter 2001, English) of the words that are wanted.
fn stems(lower: &str, is_wanted: impl Fn(&str) -> bool) -> HashSet<String> {
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let words = words.map(|word| word.trim_end_matches("'s").trim_matches('\''));
    let wanted = words.filter(|word| !word.is_empty() && is_wanted(word));
    wanted.map(|word| stem(Algorithm::English, word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::rails::fixture::{bare, reasons_in};
    use contract::agent::Guardrails;

    fn found(settings: RailSettings, text: &str) -> Vec<String> {
        let settings = Guardrails { topics: Some(settings), ..Guardrails::default() };
        reasons_in(&TopicRail, Phase::Input, text, bare(&settings))
    }

    #[test]
    fn a_denied_topic_is_found_when_all_its_words_stand_in_one_sentence() {
        let deny = || RailSettings { deny: vec!["legal advice".to_owned()], ..RailSettings::default() };
        assert_eq!(found(deny(), "Give me legal advice about suing."), ["denied topic: legal advice"]);
        assert_eq!(found(deny(), "Could you advise? Which days are legal holidays?"), [] as [&str; 0]);
        assert_eq!(found(deny(), "Which legal holidays do we have?"), [] as [&str; 0]);
    }

    #[test]
    fn with_allowed_topics_all_else_is_found_but_for_short_follow_ups() {
        let allow = || RailSettings { allow: vec!["vacation".to_owned()], ..RailSettings::default() };
        assert!(found(allow(), "How many vacations do I get in a year?").is_empty());
        assert!(found(allow(), "Thank you!").is_empty());
        assert_eq!(found(allow(), "Who won the football match yesterday?"), ["none of the allowed topics"]);
    }

    #[test]
    fn another_language_than_those_answered_is_found() {
        let english = || RailSettings { languages: vec!["eng".to_owned()], ..RailSettings::default() };
        assert!(found(english(), "How many days of paid leave do I have each year?").is_empty());
        let german = "Wie viele Urlaubstage habe ich eigentlich in diesem Jahr noch übrig?";
        assert_eq!(found(english(), german), ["language: deu"]);
    }
}
