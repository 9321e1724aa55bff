//! An answer's marks as footnotes.

use crate::documents::document::{Document, Run, Style, Text};
use contract::wire::chat::Citation;
use std::mem;

/// Makes the marks `[1]`, `[2]`… of an answer footnotes that tell what it cites.
pub(super) fn cite(document: &mut Document, citations: &[Citation]) {
    let first = document.notes.len();
    let of =
        |number: usize| citations.iter().position(|citation| citation.index == number).map(|at| first + at);
    document.texts(|text| {
        if text.iter().any(|run| run.text.contains('[')) {
            *text = mem::take(text).into_iter().flat_map(|run| marked(run, &of)).collect();
        }
    });
    document.notes.extend(citations.iter().map(note));
}

/// A run, with its marks as runs of their own.
fn marked(run: Run, of: &impl Fn(usize) -> Option<usize>) -> Vec<Run> {
    if run.style.is_code {
        return vec![run];
    }
    let (mut runs, mut from, mut at) = (Vec::new(), 0, 0);
    let part = |text: &str| Run { text: text.to_owned(), ..run.clone() };
    while let Some(open) = run.text[at..].find('[').map(|open| at + open) {
        at = open + 1;
        let Some(close) = run.text[at..].find(']').map(|close| at + close) else { break };
        let Some(note) = run.text[at..close].parse().ok().and_then(of) else { continue };
        // A mark stands at its word, as footnotes do.
        let before = run.text[from..open].trim_end_matches(' ');
        if !before.is_empty() {
            runs.push(part(before));
        }
        runs.push(Run::mark(note));
        (from, at) = (close + 1, close + 1);
    }
    if from < run.text.len() {
        runs.push(part(&run.text[from..]));
    }
    runs
}

/// What a citation tells: document, section, page and the words themselves.
fn note(citation: &Citation) -> Text {
    let italic = Style { is_italic: true, ..Style::default() };
    let mut text = vec![Run { style: italic, ..Run::plain(&citation.title) }];
    let mut place = format!(" ({}", citation.doc_id);
    if let Some(section) = &citation.section {
        place.push_str(&format!(", {section}"));
    }
    if let Some(page) = citation.page {
        place.push_str(&format!(", p. {page}"));
    }
    place.push(')');
    if citation.quote.is_empty() {
        place.push('.');
    } else {
        place.push_str(&format!(": “{}”", citation.quote.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    text.push(Run::plain(place));
    text
}
