//! Which literals a pattern can't match without, read off its syntax: so that one pass over a text tells which
//! patterns are worth a search.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The most strings that a part of a pattern is spelt out to.
const MAX_SPELLINGS: usize = 64;

/// The most literals of one pattern.
const MAX_LITERALS: usize = 256;

/// Literals in lower case, at least one of which stands in the lower-case form of every match. None if the pattern
/// has none, or can't be read.
pub(super) fn literals(source: &str) -> Option<Vec<String>> {
    let hir = ParserBuilder::new().unicode(false).build().parse(source).ok()?;
    let mut literals = required(&hir)?;
    literals.sort_unstable();
    literals.dedup();
    let all = literals.clone();
    literals.retain(|one| !all.iter().any(|other| other != one && one.contains(other.as_str())));
    Some(literals)
}

/// The literals of some part of a pattern: of those that there are, the rarest.
fn required(hir: &Hir) -> Option<Vec<String>> {
    if let Some(all) = spellings(hir) {
        return (rarity(&all) > 0).then_some(all);
    }
    match hir.kind() {
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Alternation(branches) => {
            let each: Option<Vec<_>> = branches.iter().map(required).collect();
            each.map(|each| each.concat()).filter(|all| all.len() <= MAX_LITERALS)
        }
        HirKind::Concat(parts) => of_sequence(parts),
        _ => None,
    }
}

/// Neighbours that can be spelt out are read together; the best of all such runs and other parts wins.
fn of_sequence(parts: &[Hir]) -> Option<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut run = vec![String::new()];
    for part in parts {
        let spelt = spellings(part);
        match spelt.as_ref().and_then(|all| joined(&run, all)) {
            Some(longer) => run = longer,
            None => {
                found.push(std::mem::replace(&mut run, spelt.unwrap_or_else(|| vec![String::new()])));
                found.extend(required(part));
            }
        }
    }
    found.push(run);
    found.retain(|all| rarity(all) > 0);
    found.into_iter().max_by_key(|all| (rarity(all), std::cmp::Reverse(all.len())))
}

/// All that a part can match, if these are few and ASCII.
fn spellings(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok().filter(|text| text.is_ascii())?;
            Some(vec![text.to_ascii_lowercase()])
        }
        HirKind::Class(class) => characters(class),
        HirKind::Capture(capture) => spellings(&capture.sub),
        HirKind::Repetition(repetition) => {
            let (most, one) = (repetition.max.filter(|most| *most <= 8)?, spellings(&repetition.sub)?);
            let mut all = Vec::new();
            let mut times = vec![String::new()];
            for count in 0..=most {
                if count >= repetition.min {
                    all.extend(times.iter().cloned());
                }
                times = joined(&times, &one)?;
            }
            (all.len() <= MAX_SPELLINGS).then_some(all)
        }
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![String::new()], |before, part| joined(&before, &spellings(part)?))
        }
        HirKind::Alternation(branches) => {
            let each: Option<Vec<_>> = branches.iter().map(spellings).collect();
            each.map(|each| each.concat()).filter(|all| all.len() <= MAX_SPELLINGS)
        }
    }
}

/// The characters of a small class, in lower case.
fn characters(class: &Class) -> Option<Vec<String>> {
    let ranges: Vec<(u8, u8)> = match class {
        Class::Bytes(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Unicode(class) => {
            let ranges = class.ranges().iter();
            let bytes =
                ranges.map(|range| Some((range.start().try_into().ok()?, range.end().try_into().ok()?)));
            bytes.collect::<Option<_>>()?
        }
    };
    let mut all = Vec::new();
    for byte in ranges.into_iter().flat_map(|(first, last)| first..=last) {
        let text = char::from(byte.to_ascii_lowercase()).to_string();
        if !byte.is_ascii() || all.len() > MAX_SPELLINGS {
            return None;
        }
        if !all.contains(&text) {
            all.push(text);
        }
    }
    (all.len() <= 10).then_some(all)
}

fn joined(before: &[String], after: &[String]) -> Option<Vec<String>> {
    let few = before.len() * after.len() <= MAX_SPELLINGS;
    few.then(|| before.iter().flat_map(|one| after.iter().map(move |two| format!("{one}{two}"))).collect())
}

/// How rare the most usual of some literals is in prose; 0 if one of them is empty.
fn rarity(all: &[String]) -> usize {
    let of = |byte: u8| match byte {
        b' ' | b'.' | b',' | b'-' | b'\'' => 1,
        byte if byte.is_ascii_alphabetic() => 2,
        _ => 3,
    };
    all.iter().map(|literal| literal.bytes().map(of).sum()).min().unwrap_or(0)
}

/// Finds in one pass which patterns of some families can match in a text.
pub(super) struct Sieve<const FAMILIES: usize> {
    /// None if it could not be built: then every pattern is tried.
    automaton: Option<AhoCorasick>,
    /// The family of each literal, and the pattern within it.
    owners: Vec<(usize, u32)>,
    /// The patterns without literals.
    always: Possible<FAMILIES>,
    /// All of them.
    all: Possible<FAMILIES>,
}

/// Which patterns of each family can match in a text: a bit each.
#[derive(Clone, Copy)]
pub(super) struct Possible<const FAMILIES: usize>([u128; FAMILIES]);

impl<const FAMILIES: usize> Possible<FAMILIES> {
    fn add(&mut self, family: usize, place: u32) {
        if let Some(places) = self.0.get_mut(family) {
            *places |= bit(place);
        }
    }

    /// The places of a family's patterns that can match.
    pub(super) fn of(&self, family: usize) -> impl Iterator<Item = usize> + use<FAMILIES> {
        let mut left = self.0.get(family).copied().unwrap_or(u128::MAX);
        std::iter::from_fn(move || {
            let place = left.trailing_zeros();
            (left != 0).then(|| {
                left &= left - 1;
                place as usize
            })
        })
    }
}

impl<const FAMILIES: usize> Sieve<FAMILIES> {
    /// From the literals of each family's patterns, up to 128 of them, in their order.
    pub(super) fn new(families: [Vec<Option<Vec<String>>>; FAMILIES]) -> Self {
        let none = Possible([0; FAMILIES]);
        let (mut words, mut owners, mut always, mut all) = (Vec::new(), Vec::new(), none, none);
        for (family, patterns) in families.into_iter().enumerate() {
            for (place, literals) in (0u32..).zip(patterns) {
                all.add(family, place);
                if literals.is_none() {
                    always.add(family, place);
                }
                for literal in literals.into_iter().flatten() {
                    words.push(literal);
                    owners.push((family, place));
                }
            }
        }
        let mut builder = AhoCorasickBuilder::new();
        // A step a byte, whatever the text.
        builder.match_kind(MatchKind::Standard).kind(Some(AhoCorasickKind::DFA));
        Self { automaton: builder.build(&words).ok(), owners, always, all }
    }

    /// What can match in a text, given in lower case.
    pub(super) fn possible(&self, lower: &str) -> Possible<FAMILIES> {
        let Some(automaton) = &self.automaton else { return self.all };
        let mut possible = self.always;
        for hit in automaton.find_overlapping_iter(lower) {
            match self.owners.get(hit.pattern().as_usize()) {
                Some((family, place)) => possible.add(*family, *place),
                None => return self.all,
            }
        }
        possible
    }
}

/// A pattern's bit. Beyond the last, none: a test holds the registries within it.
fn bit(place: u32) -> u128 {
    1u128.checked_shl(place).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_those_that_no_match_can_do_without() {
        let of = |source: &str| literals(source).unwrap_or_default();
        assert_eq!(
            of(r"(?i)\b(?:ignore|forget)\s+(?:all|previous) (?:prompts?|commands)\b"),
            ["all commands", "all prompt", "previous commands", "previous prompt"]
        );
        assert_eq!(of(r"\bAKIA[A-Z2-7]{16}\b"), ["akia"]);
        assert_eq!(of(r"(?:a|b)c?d"), ["acd", "ad", "bcd", "bd"]);
        assert_eq!(of(r"[0-9a-f:]{2,}:x*"), [":"]);
        assert_eq!(of(r"[0-9]{3}"), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        assert_eq!(literals(r"[a-z]+|secret"), None);
        assert_eq!(literals("ü+"), None);
    }

    #[test]
    fn a_sieve_gives_the_patterns_whose_literals_stand_in_a_text_and_those_without() {
        let animals = vec![literals("cat|dog"), None, literals("do+g"), literals("bird")];
        let sieve = Sieve::new([animals, vec![literals("dogma")]]);
        let possible = |text, family| sieve.possible(text).of(family).collect::<Vec<_>>();
        assert_eq!((possible("a dog", 0), possible("a dog", 1)), (vec![0, 1, 2], vec![]));
        assert_eq!((possible("dogma", 0), possible("dogma", 1)), (vec![0, 1, 2], vec![0]));
        assert_eq!((possible("", 0), possible("", 1)), (vec![1], vec![]));
    }
}
