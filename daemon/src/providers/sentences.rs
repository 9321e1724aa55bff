//! A passage's sentences: of prose by their ends, of tables row by row, each with its exact source.

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
    let mut paragraph: Vec<&str> = Vec::new();
    let mut header: Option<Vec<&str>> = None;
    for line in passage.lines().map(str::trim) {
        if line.starts_with('|') {
            prose(&mut paragraph, &mut found);
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
            prose(&mut paragraph, &mut found);
        } else if let Some(item) = list_item(line) {
            prose(&mut paragraph, &mut found);
            paragraph.push(item);
        } else {
            paragraph.push(line);
        }
    }
    prose(&mut paragraph, &mut found);
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

fn prose(paragraph: &mut Vec<&str>, found: &mut Vec<Sentence>) {
    let text = paragraph.join(" ");
    paragraph.clear();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if matches!(c, '.' | '!' | '?') && ends_sentence(&text, start, at) {
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

fn push(text: &str, found: &mut Vec<Sentence>) {
    let text = text.trim();
    if text.chars().any(char::is_alphanumeric) {
        found.push(Sentence { text: text.to_owned(), source: text.to_owned() });
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
        assert_eq!(sentences(passage)[2].source, "| Field staff | 2 |");
    }
}
