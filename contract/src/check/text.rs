//! A text with its name, in which a byte offset is found back as a line and a column.

use super::finding::{Finding, Fix};
use super::rules::{Rule, secret_in_file};
use std::ops::Range;

/// At most this many bytes lie between two marks, so that finding a column stays cheap in a very long line.
const MARK_EVERY: usize = 1024;

/// The longest piece of a file that a message repeats, in characters.
const MOST_SHOWN: usize = 100;

/// A named text.
pub(crate) struct Text {
    pub(crate) file: Option<String>,
    pub(crate) text: String,
    marks: Vec<Mark>,
}

/// Where a known offset lies.
struct Mark {
    offset: usize,
    line: u32,
    column: u32,
}

impl Text {
    /// A text; an empty name stands for a text without a file.
    pub(crate) fn new(file: &str, text: String) -> Self {
        let file = (!file.is_empty()).then(|| file.to_owned());
        let marks = marks(&text);
        Self { file, text, marks }
    }

    /// A finding in this text.
    pub(crate) fn finding(&self, rule: &Rule, span: &Range<usize>, message: String, help: String) -> Finding {
        let span = self.visible(span);
        let (line, column) = self.place(span.start);
        let (end_line, end_column) = self.place(span.end);
        Finding {
            rule: rule.id.to_owned(),
            severity: rule.severity,
            message,
            help,
            line,
            column,
            end_line,
            end_column,
            file: self.file.clone(),
            fix: None,
            span,
        }
    }

    /// The mend that writes something in the place of a piece.
    pub(crate) fn fix(&self, span: &Range<usize>, replacement: String) -> Fix {
        let (line, column) = self.place(span.start);
        let (end_line, end_column) = self.place(span.end);
        Fix { line, column, end_line, end_column, replacement, span: span.clone() }
    }

    /// The mend that writes another word in the place of a word, in the same quotes; none where the word isn't
    /// written plainly there, as behind an alias.
    pub(crate) fn respell(&self, span: &Range<usize>, wrong: &str, right: &str) -> Option<Fix> {
        let written = self.text.get(span.clone())?;
        let trimmed = written.trim_end();
        let quoted = ['"', '\''].into_iter().find(|quote| trimmed == format!("{quote}{wrong}{quote}"));
        let replacement = match quoted {
            Some(quote) => format!("{quote}{right}{quote}"),
            None if trimmed == wrong => right.to_owned(),
            None => return None,
        };
        Some(self.fix(&(span.start..span.start + trimmed.len()), replacement))
    }

    /// The line that an offset lies in, without its end.
    pub(crate) fn line_at(&self, offset: usize) -> &str {
        let (before, after) = self.text.split_at_checked(offset).unwrap_or((&self.text, ""));
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = before.len() + after.find('\n').unwrap_or(after.len());
        self.text.get(start..end).unwrap_or_default().trim_end_matches('\r')
    }

    fn place(&self, offset: usize) -> (u32, u32) {
        let after = self.marks.partition_point(|mark| mark.offset <= offset);
        let Some(mark) = after.checked_sub(1).and_then(|at| self.marks.get(at)) else { return (1, 1) };
        let between = self.text.get(mark.offset..offset).unwrap_or_default();
        (mark.line, mark.column.saturating_add(count(between)))
    }

    /// A span within the text that is at least a character wide, where there is one to underline.
    fn visible(&self, span: &Range<usize>) -> Range<usize> {
        let start = floor(&self.text, span.start);
        let end = floor(&self.text, span.end).max(start);
        let rest = self.text.get(start..).unwrap_or_default();
        let shown = self.text.get(start..end).unwrap_or_default().trim_end();
        if !shown.is_empty() {
            return start..start + shown.len();
        }
        let letters = rest.char_indices().take(MOST_SHOWN);
        let mut ends = letters.filter(|(_, c)| c.is_whitespace() || *c == ':').map(|(end, _)| end);
        let first = rest.chars().next().filter(|c| !c.is_whitespace()).map_or(0, char::len_utf8);
        let word = ends
            .next()
            .unwrap_or_else(|| rest.char_indices().nth(MOST_SHOWN).map_or(rest.len(), |(end, _)| end));
        start..start + word.max(first)
    }
}

/// A piece of a file as a message repeats it: short, on one line, and never a secret.
pub(crate) fn shown(text: &str) -> String {
    if secret_in_file::first(text).is_some() {
        return "(a secret)".to_owned();
    }
    let mut short: String = text.chars().take(MOST_SHOWN).flat_map(visible_char).collect();
    if text.chars().nth(MOST_SHOWN).is_some() {
        short.push('…');
    }
    short
}

fn visible_char(c: char) -> Vec<char> {
    if c.is_control() { c.escape_default().collect() } else { vec![c] }
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

fn marks(text: &str) -> Vec<Mark> {
    // A byte order mark takes no column.
    let begin = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut marks = vec![Mark { offset: begin, line: 1, column: 1 }];
    let (mut line, mut column, mut last) = (1, 1, begin);
    for (offset, c) in text.char_indices().filter(|(offset, _)| *offset >= begin) {
        if offset - last >= MARK_EVERY {
            marks.push(Mark { offset, line, column });
            last = offset;
        }
        column += 1;
        if c == '\n' {
            (line, column, last) = (line + 1, 1, offset + 1);
            marks.push(Mark { offset: last, line, column });
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_becomes_a_line_and_a_column_in_characters() {
        let text = Text::new("", format!("\u{feff}é: x\n{}ü: y\n", "a".repeat(3000)));
        assert_eq!(text.place(3), (1, 1));
        assert_eq!(text.place(text.text.find('x').unwrap()), (1, 4));
        assert_eq!(text.place(text.text.find('y').unwrap()), (2, 3004));
        assert_eq!(text.line_at(3), "\u{feff}é: x");
    }

    #[test]
    fn a_message_repeats_neither_a_secret_nor_a_book() {
        assert_eq!(shown(&format!("ghp_{}", "a1".repeat(18))), "(a secret)");
        assert_eq!(shown(&"x".repeat(999)).chars().count(), MOST_SHOWN + 1);
        assert_eq!(shown("a\0b"), "a\\u{0}b");
    }
}
