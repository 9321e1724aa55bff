//! Passages that came lately, each with its own terms: so that adding one writes one row. When there are enough, they
//! are put into their segment's postings together.

use super::varint;
use std::collections::HashMap;

/// Fresh passages of a collection at most: as many passages' terms are looked through at each search. Tests have few.
pub(super) const MOST_FRESH: usize = if cfg!(test) { 5 } else { 256 };

/// A passage with its own terms.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fresh {
    pub(super) passage: i64,
    /// How many terms it has, each as often as it counts.
    pub(super) length: u32,
    pub(super) terms: Vec<(String, u32)>,
}

impl Fresh {
    pub(super) fn new(passage: i64, terms: HashMap<String, u32>) -> Self {
        let mut terms: Vec<(String, u32)> = terms.into_iter().collect();
        terms.sort_unstable();
        Self { passage, length: terms.iter().map(|(_, count)| count).sum(), terms }
    }
}

/// Each term as its length, its bytes, and its count.
pub(super) fn encode(terms: &[(String, u32)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (term, count) in terms {
        varint::write(&mut bytes, u32::try_from(term.len()).unwrap_or(u32::MAX));
        bytes.extend_from_slice(term.as_bytes());
        varint::write(&mut bytes, *count);
    }
    bytes
}

/// The next term, as its bytes, and its count.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], u32)> {
    let length = varint::read(rest)? as usize;
    let (term, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some((term, varint::read(rest)?))
}

/// Reads what [`encode`] wrote, term by term.
pub(super) fn decode(mut bytes: &[u8]) -> impl Iterator<Item = (&str, u32)> {
    std::iter::from_fn(move || {
        let (term, count) = next(&mut bytes)?;
        Some((str::from_utf8(term).ok()?, count))
    })
}

/// Those of a passage's terms that are asked for. Both stand in order.
pub(super) fn among<'a>(mut bytes: &[u8], asked: &[&'a str]) -> impl Iterator<Item = (&'a str, u32)> {
    let mut asked = asked.iter().copied().peekable();
    std::iter::from_fn(move || {
        while asked.peek().is_some() {
            let (term, count) = next(&mut bytes)?;
            while asked.next_if(|asked| asked.as_bytes() < term).is_some() {}
            if let Some(found) = asked.peek().filter(|asked| asked.as_bytes() == term) {
                return Some((*found, count));
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passages_terms_are_found_among_those_asked_for() {
        let bytes = encode(&["b", "d", "e"].map(|term| (term.to_owned(), 1)));
        let found =
            |asked: &[&str]| among(&bytes, asked).map(|(term, _)| term.to_owned()).collect::<Vec<_>>();
        assert_eq!(found(&["a", "b", "b", "c", "e", "f"]), ["b", "e"]);
        assert_eq!(found(&["d"]), ["d"]);
        assert!(found(&[]).is_empty() && found(&["a", "c", "z"]).is_empty());
    }

    #[test]
    fn terms_come_back_as_they_were() {
        let terms = vec![("de straß".to_owned(), 1), ("en polici".to_owned(), 300), (String::new(), 2)];
        let bytes = encode(&terms);
        let read: Vec<_> = decode(&bytes).map(|(term, count)| (term.to_owned(), count)).collect();
        assert_eq!(read, terms);
        assert_eq!(decode(&bytes[..5]).count(), 0);
    }
}
