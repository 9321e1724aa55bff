//! A text with the places marked that rails found.

use super::{DIM, WRONG, clean};
use contract::wire::guardrails::RailSpan;

/// The text with each place between brackets, and its label behind it. Of places that overlap, the first is marked.
pub(crate) fn marked(text: &str, spans: &[&RailSpan]) -> String {
    let mut spans = spans.to_vec();
    spans.sort_by_key(|span| (span.0, std::cmp::Reverse(span.1)));
    let (mut shown, mut rest, mut at) = (String::new(), text, 0);
    for RailSpan(start, end, label) in spans {
        if *start < at {
            continue;
        }
        let (before, after) = rest.split_at(characters(rest, start - at));
        let (found, after) = after.split_at(characters(after, end.saturating_sub(*start)));
        let (before, found, label) = (clean(before), clean(found), clean(label));
        shown.push_str(&format!("{before}{WRONG}⟦{found}⟧{WRONG:#}{DIM}{label}{DIM:#}"));
        (rest, at) = (after, (*end).max(*start));
    }
    shown + &clean(rest)
}

/// The bytes of so many characters.
fn characters(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_marked_in_any_script_and_order() {
        let (first, second) = (RailSpan(0, 5, "NAME".into()), RailSpan(10, 12, "ID".into()));
        let inside = RailSpan(1, 3, "LATE".into());
        let plain =
            anstream::adapter::strip_str(&marked("Grüße an  42.", &[&second, &inside, &first])).to_string();
        assert_eq!(plain, "⟦Grüße⟧NAME an  ⟦42⟧ID.");
    }
}
