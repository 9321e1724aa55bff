//! A text's sentences with the citations that they carry. A row of a table and an item of a list are
//! sentences.

use super::dates;
use super::text::normalise;

/// One sentence.
#[derive(Debug, PartialEq)]
pub(super) struct Sentence {
    /// Its text without citation marks, a row's cells side by side.
    pub(super) text: String,
    /// The numbers of its marks `[1]`, each once, in order.
    pub(super) marks: Vec<usize>,
    /// For a row of a table, which sentence heads the table.
    pub(super) head: Option<usize>,
}

/// Short forms whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 24] = [
    "approx", "art", "bzw", "ca", "cf", "dr", "eg", "etc", "fig", "ie", "inkl", "max", "min", "mr", "mrs",
    "ms", "nr", "par", "prof", "resp", "sec", "sr", "st", "vs",
];

/// The sentences of a text, in order. Lines end a sentence unless the next one goes on in lower case.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut splitter = Splitter { text, start: None, out: Vec::new(), head: None };
    let mut offset = 0;
    for line in text.split('\n') {
        splitter.line(offset, line);
        offset += line.len() + 1;
    }
    splitter.close(text.len());
    splitter.out
}

struct Splitter<'a> {
    text: &'a str,
    /// Where the open sentence begins.
    start: Option<usize>,
    out: Vec<Sentence>,
    /// Which sentence heads the table that is being read.
    head: Option<usize>,
}

impl Splitter<'_> {
    fn line(&mut self, offset: usize, line: &str) {
        let body = line.trim();
        if is_row(body) {
            self.close(offset);
            return self.row(body);
        }
        self.head = None;
        let at = offset + (line.len() - line.trim_start().len());
        let marker = marker_len(body);
        if body.is_empty() || marker > 0 || !body.starts_with(char::is_lowercase) {
            self.close(offset);
        }
        if body.is_empty() {
            return;
        }
        self.start.get_or_insert(at + marker);
        let content = body.get(marker..).unwrap_or_default();
        for end in ends(content) {
            self.close(at + marker + end);
            self.start = Some(at + marker + end);
        }
    }

    fn row(&mut self, body: &str) {
        if body.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')) {
            return;
        }
        let cells = body.replace('|', " ");
        let before = self.out.len();
        let head = self.head;
        self.push(&cells, head);
        if self.head.is_none() && self.out.len() > before {
            self.head = Some(before);
        }
    }

    fn close(&mut self, end: usize) {
        if let Some(sentence) = self.start.take().and_then(|start| self.text.get(start..end)) {
            self.push(sentence, None);
        }
    }

    fn push(&mut self, raw: &str, head: Option<usize>) {
        let (text, marks) = without_marks(raw);
        if text.chars().any(char::is_alphanumeric) {
            self.out.push(Sentence { text, marks, head });
        } else if let Some(last) = self.out.last_mut() {
            let new: Vec<usize> = marks.into_iter().filter(|mark| !last.marks.contains(mark)).collect();
            last.marks.extend(new);
        }
    }
}

/// A row of a Markdown table.
fn is_row(body: &str) -> bool {
    body.starts_with('|') || body.matches('|').count() >= 2
}

/// How long the sign of a heading, a list or a quotation at a line's start is.
fn marker_len(body: &str) -> usize {
    let rest = body.trim_start_matches(['#', '>', '*', '-', '+', '•', '·']);
    if rest.len() < body.len() && (rest.starts_with(char::is_whitespace) || body.starts_with(['•', '·'])) {
        return body.len() - rest.trim_start().len();
    }
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let after = body.get(digits..).unwrap_or_default();
    let item = after.strip_prefix(['.', ')']).filter(|item| item.starts_with(' '));
    match item {
        Some(item) if (1..=2).contains(&digits) && !begins_with_month(item) => {
            body.len() - item.trim_start().len()
        }
        _ => 0,
    }
}

fn begins_with_month(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| dates::is_month_name(&normalise(word)))
}

/// Where in a line sentences end: after the stop, closing quotes and the marks that follow.
fn ends(line: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut skip_to = 0;
    for (at, c) in line.char_indices() {
        if at < skip_to || !matches!(c, '.' | '!' | '?' | '…' | '。') {
            continue;
        }
        let stop = at + c.len_utf8();
        let after = line.get(stop..).unwrap_or_default();
        let closed = after.trim_start_matches(['.', '!', '?', '…', '"', '\'', '”', '’', ')', '»', '*', '_']);
        let rest = after_marks(closed);
        let end = line.len() - rest.len();
        skip_to = end;
        let full_stop = c == '.' && end == stop;
        let marked = rest.len() < closed.len();
        if rest.is_empty() || (rest.starts_with(char::is_whitespace) || c == '。' || marked) {
            let before = line.get(..at).unwrap_or_default();
            if !(full_stop && goes_on(before, rest)) {
                ends.push(end);
            }
        }
    }
    ends
}

/// What follows the marks at the start of a text, if there are any.
fn after_marks(text: &str) -> &str {
    let mut rest = text;
    while let Some((_, after)) = mark_at(rest.trim_start()) {
        rest = after;
    }
    rest
}

/// Whether a full stop belongs to a short form, an initial, or a German ordinal before its month.
fn goes_on(before: &str, rest: &str) -> bool {
    let next = rest.trim_start();
    if next.is_empty() {
        return false;
    }
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.starts_with(char::is_uppercase);
    let is_ordinal = word.len() <= 2 && dates::is_day(word) && begins_with_month(next);
    next.starts_with(char::is_lowercase)
        || is_initial
        || is_ordinal
        || ABBREVIATIONS.contains(&normalise(word).as_str())
}

/// A mark at the start of a text, `[1]` or `[1, 2]`: its numbers and what follows. Four digits are a year, no
/// mark.
fn mark_at(text: &str) -> Option<(Vec<usize>, &str)> {
    let inner = text.strip_prefix('[')?;
    let end = inner.bytes().take(64).position(|b| b == b']')?;
    let numbers = inner.get(..end)?.split([',', ';']).map(|part| {
        let digits = part.trim();
        let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    });
    Some((numbers.collect::<Option<Vec<usize>>>()?, inner.get(end + 1..)?))
}

/// A text without its citation marks, and their numbers, each once.
pub(super) fn without_marks(raw: &str) -> (String, Vec<usize>) {
    let (mut text, mut marks) = (String::with_capacity(raw.len()), Vec::new());
    let mut rest = raw;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        match mark_at(from) {
            Some((numbers, after)) => {
                for number in numbers {
                    if !marks.contains(&number) {
                        marks.push(number);
                    }
                }
                rest = after;
            }
            None => {
                text.push('[');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    text.push_str(rest);
    (text.trim().to_owned(), marks)
}

#[cfg(test)]
mod tests {
    use super::{sentences, without_marks};

    fn texts(text: &str) -> Vec<String> {
        sentences(text).into_iter().map(|sentence| sentence.text).collect()
    }

    #[test]
    fn a_mark_belongs_to_the_sentence_before_it() {
        let split = sentences("Ten a year [1]. Full pay. [2][3] No more (see [2024]).\n[4]");
        let marks: Vec<_> = split.iter().map(|sentence| sentence.marks.clone()).collect();
        assert_eq!(marks, [vec![1], vec![2, 3], vec![4]]);
        assert_eq!(split[0].text, "Ten a year .");
        assert_eq!(without_marks("a [1, 2] b [1] c[x]"), ("a  b  c[x]".to_owned(), vec![1, 2]));
    }

    #[test]
    fn short_forms_decimals_and_ordinals_end_no_sentence() {
        assert_eq!(
            texts("Claim e.g. 5.5 km, approx. 10 by 1. August 2024. Then J. Smith pays."),
            ["Claim e.g. 5.5 km, approx. 10 by 1. August 2024.", "Then J. Smith pays."]
        );
        assert_eq!(
            texts("a line that\ngoes on\nStops\n\n- one\n2. two"),
            ["a line that\ngoes on", "Stops", "one", "two"]
        );
    }

    #[test]
    fn rows_of_a_table_know_their_head() {
        let rows = sentences("Limits:\n| Role | Days |\n|---|---|\n| Field | 2 |\n| Lab | 1 |");
        assert_eq!(rows[2].text, "Field   2");
        assert_eq!(rows.iter().map(|row| row.head).collect::<Vec<_>>(), [None, None, Some(1), Some(1)]);
    }
}
