//! A passage's sentences: of prose by their ends, of tables row by row, each with its exact source.

use std::ops::Range;

/// One sentence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sentence {
    /// How it reads: for a table's row, `Header: value; Header: value.`
    pub(crate) text: String,
    /// The exact text of the source.
    pub(crate) source: String,
}

/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: &[&str] =
    &["e.g", "i.e", "etc", "no", "nr", "approx", "vs", "dr", "mr", "mrs", "ms", "prof", "st"];

/// The sentences of a passage, in order. Headings and rules are none.
pub(crate) fn sentences(passage: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut paragraph: Option<Range<usize>> = None;
    let mut header: Option<Vec<&str>> = None;
    let mut next = 0;
    for whole in passage.split_inclusive('\n') {
        let line = whole.trim();
        let start = next + (whole.len() - whole.trim_start().len());
        let end = start + line.len();
        next += whole.len();
        if line.starts_with('|') {
            prose(passage, paragraph.take(), &mut found);
            let cells = cells(line);
            match &header {
                _ if cells.iter().all(|cell| cell.chars().all(|c| matches!(c, '-' | ':' | ' '))) => {}
                None => header = Some(cells),
                Some(names) => found.push(Sentence { text: row(names, &cells), source: line.to_owned() }),
            }
            continue;
        }
        header = None;
        if line.is_empty() || line.starts_with('#') {
            prose(passage, paragraph.take(), &mut found);
        } else if let Some(item) = list_item(line) {
            prose(passage, paragraph.replace(end - item.len()..end), &mut found);
        } else {
            paragraph = Some(paragraph.map_or(start, |so_far| so_far.start)..end);
        }
    }
    prose(passage, paragraph, &mut found);
    found
}

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

fn row(names: &[&str], cells: &[&str]) -> String {
    let pairs = names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
    let pairs: Vec<String> = pairs.map(|(name, cell)| format!("{name}: {cell}")).collect();
    format!("{}.", pairs.join("; "))
}

fn list_item(line: &str) -> Option<&str> {
    let bullet =
        line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).or_else(|| line.strip_prefix("> "));
    bullet.or_else(|| {
        let (number, rest) = line.split_once(". ")?;
        (!number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit()))
            .then_some(rest)
    })
}

fn prose(passage: &str, paragraph: Option<Range<usize>>, found: &mut Vec<Sentence>) {
    let text = paragraph.map_or("", |paragraph| &passage[paragraph]);
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if matches!(c, '.' | '!' | '?') && ends_sentence(text, start, at) {
            push(&text[start..=at], found);
            start = at + 1;
        }
    }
    push(&text[start..], found);
}

fn ends_sentence(text: &str, start: usize, at: usize) -> bool {
    let mut after = text[at + 1..].chars();
    let (next, then) = (after.next(), after.next());
    if next.is_some_and(|c| !c.is_whitespace()) {
        return false;
    }
    let word = text[start..at].rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let abbreviated = ABBREVIATIONS.contains(&word.to_lowercase().as_str());
    !abbreviated || then.is_none()
}

fn push(source: &str, found: &mut Vec<Sentence>) {
    if source.chars().any(char::is_alphanumeric) {
        let text = source.split_whitespace().collect::<Vec<_>>().join(" ");
        found.push(Sentence { text, source: source.trim().to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_tables_and_lists_become_sentences() {
        let passage = "Leave is paid, e.g. for moving. It ends at 15.30 on\nFridays.\n\n\
            | Role | Days |\n|---|---|\n| Field staff | 2 |\n\n- Bring a note.\n1. Call first\n";
        let texts: Vec<String> = sentences(passage).into_iter().map(|s| s.text).collect();
        assert_eq!(
            texts,
            [
                "Leave is paid, e.g. for moving.",
                "It ends at 15.30 on Fridays.",
                "Role: Field staff; Days: 2.",
                "Bring a note.",
                "Call first",
            ]
        );
        let sources: Vec<String> = sentences(passage).into_iter().map(|s| s.source).collect();
        assert_eq!(sources[2], "| Field staff | 2 |");
        assert!(sources.iter().all(|source| passage.contains(source.as_str())), "{sources:?}");
    }
}
