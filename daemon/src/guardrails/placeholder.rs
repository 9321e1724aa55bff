//! Numbered placeholders, the same value always under the same number, and the redaction of a text.

use std::collections::HashMap;
use std::ops::Range;

/// The placeholders that a request has used so far.
#[derive(Default)]
pub(super) struct Placeholders {
    numbers: HashMap<(&'static str, String), usize>,
    counts: HashMap<&'static str, usize>,
}

impl Placeholders {
    /// The placeholder of a value, such as `[EMAIL_1]`. Case and separators don't make another value.
    fn of(&mut self, label: &'static str, value: &str) -> String {
        let value: String =
            value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let counts = &mut self.counts;
        let number = *self.numbers.entry((label, value)).or_insert_with(|| {
            let count = counts.entry(label).or_default();
            *count += 1;
            *count
        });
        format!("[{label}_{number}]")
    }

    /// The text with placeholders over the spans. Spans that overlap become one, under the label of the first.
    pub(super) fn redact(&mut self, original: &str, mut spans: Vec<(Range<usize>, &'static str)>) -> String {
        if spans.is_empty() {
            return original.to_owned();
        }
        spans.sort_by(|(a, _), (b, _)| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
        let mut merged: Vec<(Range<usize>, &'static str)> = Vec::with_capacity(spans.len());
        for (span, label) in spans {
            match merged.last_mut() {
                Some((last, _)) if span.start < last.end => last.end = last.end.max(span.end),
                _ => merged.push((span, label)),
            }
        }
        let mut text = String::with_capacity(original.len());
        let mut copied = 0;
        for (span, label) in merged {
            text.push_str(original.get(copied..span.start).unwrap_or_default());
            text.push_str(&self.of(label, original.get(span.clone()).unwrap_or_default()));
            copied = span.end;
        }
        text.push_str(original.get(copied..).unwrap_or_default());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_keeps_its_number_and_overlaps_become_one() {
        let mut placeholders = Placeholders::default();
        let spans = vec![(8..11, "NAME"), (0..3, "NAME"), (4..7, "NAME"), (5..9, "LATE")];
        assert_eq!(placeholders.redact("Ann Bob ann.", spans), "[NAME_1] [NAME_2].");
        assert_eq!(placeholders.redact("Bob, ann", vec![(5..8, "NAME")]), "Bob, [NAME_1]");
    }
}
