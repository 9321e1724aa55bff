//! The built-in answerer: no model, but sentences of the retrieved passages, chosen by what they take up
//! of the question, each marked with its passage. Where they don't take up enough, it says that it doesn't
//! know.

use super::sentences::{Sentence, sentences};
use super::{Finish, Piece, Request, Terms, Tokens};
use crate::stems::stem;
use rust_stemmers::Algorithm;
use std::collections::BTreeSet;

/// What it says where the passages don't answer.
const UNKNOWN: &str = "I don't know. The documents that I can read for you do not answer this.";

/// The least share of the question's weight that a grounded answer must take up: at 0.6 no answerable question of
/// the bundled examples is refused, and at 0.55 some are answered beside the point.
const ENOUGH: f64 = 0.6;

/// The least share that its first sentence must take up: several that each touch the question are no answer.
const CORE: f64 = 0.33;

/// The least share that another sentence must add to be worth saying.
const WORTH_ADDING: f64 = 0.12;

/// Most sentences of an answer.
const MOST_SENTENCES: usize = 4;

/// What the words of a passage's heading count, beside those of the sentence itself.
const HEADING_WEIGHT: f64 = 0.4;

/// What two words count more that stand side by side, as they do in the question: "sick days" is not "days … sick". The
/// idea is that of Metzler and Croft's sequential dependence ("A Markov random field model for term dependencies", 2005).
const PAIR_WEIGHT: f64 = 0.1;

/// What a rank lower in the retrieval costs, as a share of the question's weight.
const RANK_COST: f64 = 0.01;

struct Candidate {
    passage: usize,
    sentence: Sentence,
    words: BTreeSet<String>,
    pairs: BTreeSet<(String, String)>,
    heading: BTreeSet<String>,
}

/// Answers from the passages, a sentence a piece.
pub(super) fn answer(request: &Request) -> (Vec<Piece>, Finish) {
    let chosen = choose(request);
    let mut pieces = Vec::new();
    let refused = chosen.is_empty();
    let mut written = 0;
    let texts = if refused { vec![UNKNOWN.to_owned()] } else { chosen };
    for (n, text) in texts.into_iter().enumerate() {
        let text = if n == 0 { text } else { format!(" {text}") };
        written += text.split_whitespace().count() as u64;
        pieces.push(Piece::Text(text));
    }
    let read = request.passages.iter().map(|passage| passage.text.split_whitespace().count() as u64).sum();
    let tokens = Tokens { input: read, output: written, ..Tokens::default() };
    (pieces, Finish { tokens, refused, cut_short: false })
}

fn choose(request: &Request) -> Vec<String> {
    let question = weigh(&request.terms);
    let total: f64 = question.iter().map(|(_, weight)| weight).sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let mut candidates = candidates(request);
    let mut covered: BTreeSet<&str> = BTreeSet::new();
    let mut chosen: Vec<Candidate> = Vec::new();
    while chosen.len() < MOST_SENTENCES {
        let gains = candidates.iter().map(|candidate| gain(candidate, &question, &covered) / total);
        let best = gains.enumerate().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((at, gain)) = best else { break };
        let least = match (chosen.is_empty(), request.grounded) {
            (true, true) => CORE,
            (true, false) => 0.0,
            (false, _) => WORTH_ADDING,
        };
        if gain <= least {
            break;
        }
        let candidate = candidates.remove(at);
        let taken = question.iter().filter(|(word, _)| has(&candidate, word));
        covered.extend(taken.map(|(word, _)| word.as_str()));
        chosen.push(candidate);
    }
    let share: f64 =
        question.iter().filter(|(word, _)| covered.contains(word.as_str())).map(|(_, w)| w).sum::<f64>()
            / total;
    if request.grounded && share < ENOUGH {
        return Vec::new();
    }
    chosen.iter().map(marked).collect()
}

/// The question's words by their stems, each with its inverse document frequency as BM25 defines it
/// (Robertson and Zaragoza, 2009).
fn weigh(terms: &Terms) -> Vec<(String, f64)> {
    let mut weights: Vec<(String, f64)> = Vec::new();
    for (word, count) in &terms.counts {
        let (total, count) = (terms.total as f64, *count as f64);
        let weight = (1.0 + (total - count + 0.5).max(0.0) / (count + 0.5)).ln();
        let stem = stem(Algorithm::English, word);
        if !weights.iter().any(|(known, _)| *known == stem) {
            weights.push((stem, weight));
        }
    }
    weights
}

fn candidates(request: &Request) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (n, passage) in request.passages.iter().enumerate() {
        let heading: BTreeSet<String> = stems(&passage.title).into_iter().collect();
        for sentence in sentences(&passage.text) {
            let words = stems(&sentence.text);
            let pairs = words.iter().cloned().zip(words.iter().skip(1).cloned()).collect();
            let words = words.into_iter().collect();
            candidates.push(Candidate { passage: n, sentence, words, pairs, heading: heading.clone() });
        }
    }
    candidates
}

/// The stems of a text's words, in their order.
fn stems(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| stem(Algorithm::English, w))
        .collect()
}

fn has(candidate: &Candidate, word: &str) -> bool {
    candidate.words.contains(word) || candidate.heading.contains(word)
}

fn gain(candidate: &Candidate, question: &[(String, f64)], covered: &BTreeSet<&str>) -> f64 {
    let fresh = question.iter().filter(|(word, _)| !covered.contains(word.as_str()));
    let weight: f64 = fresh
        .map(|(word, weight)| match () {
            () if candidate.words.contains(word) => *weight,
            () if candidate.heading.contains(word) => weight * HEADING_WEIGHT,
            () => 0.0,
        })
        .sum();
    let neighbours = question.iter().zip(question.iter().skip(1));
    let pairs: f64 = neighbours
        .filter(|((one, _), (two, _))| !covered.contains(one.as_str()) && !covered.contains(two.as_str()))
        .filter(|((one, _), (two, _))| candidate.pairs.contains(&(one.clone(), two.clone())))
        .map(|((_, one), (_, two))| PAIR_WEIGHT * (one + two))
        .sum();
    let all: f64 = question.iter().map(|(_, weight)| weight).sum();
    if weight > 0.0 { weight + pairs - all * RANK_COST * candidate.passage as f64 } else { 0.0 }
}

/// A sentence with the number of its passage before its full stop.
fn marked(candidate: &Candidate) -> String {
    let text = &candidate.sentence.text;
    let body = text.trim_end_matches(['.', '!', '?']);
    let end = &text[body.len()..];
    let end = if end.is_empty() { "." } else { end };
    format!("{body} [{}]{end}", candidate.passage + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::agent::ModelChoice;
    use contract::wire::chat::Message;
    use contract::wire::knowledge::{Passage, Ranks};

    fn ask(words: &[(&str, u64)], texts: &[&str], grounded: bool) -> String {
        let passages = texts.iter().map(|text| Passage {
            doc_id: "D".into(),
            title: "Handbook".into(),
            section: None,
            page: None,
            collection: "hr".into(),
            text: (*text).into(),
            score: 1.0,
            ranks: Ranks::default(),
            highlights: Vec::new(),
        });
        let request = Request {
            instructions: String::new(),
            examples: Vec::new(),
            messages: vec![Message::new("user", "?")],
            passages: passages.collect(),
            terms: Terms { total: 100, counts: words.iter().map(|(w, n)| ((*w).into(), *n)).collect() },
            grounded,
            settings: ModelChoice::Name("balanced".into()).settings(),
            functions: Vec::new(),
            turns: Vec::new(),
        };
        let (pieces, _) = answer(&request);
        pieces.into_iter().filter_map(|p| if let Piece::Text(text) = p { Some(text) } else { None }).collect()
    }

    #[test]
    fn it_says_only_sentences_of_the_passages_each_marked() {
        let texts = [
            "Cats sleep. Sick leave is ten days a year.",
            "A note is needed from the fourth day of sick leave.",
        ];
        assert_eq!(
            ask(&[("sick", 5), ("days", 20), ("year", 20)], &texts, true),
            "Sick leave is ten days a year [1]."
        );
        let near = ["Days to care for a sick child are five.", "Ten sick days are paid."];
        assert_eq!(ask(&[("sick", 5), ("days", 20)], &near, true), "Ten sick days are paid [2].");
        let both = ask(&[("sick", 5), ("year", 20), ("note", 3)], &texts, true);
        assert!(both.contains("[1]") && both.contains("[2]"), "{both}");
    }

    #[test]
    fn it_does_not_know_what_the_passages_do_not_say() {
        assert_eq!(ask(&[("pet", 0), ("insurance", 1)], &["Leave is paid."], true), UNKNOWN);
        assert_eq!(
            ask(&[("company", 30), ("pet", 0), ("insurance", 0)], &["The company pays."], true),
            UNKNOWN
        );
        assert_eq!(
            ask(&[("company", 30), ("pet", 0)], &["The company pays."], false),
            "The company pays [1]."
        );
    }
}
