//! E-mail addresses.

use std::ops::Range;

/// Addresses around each `@`, as people write them: RFC 5321 without quoted local parts and address literals, with
/// letters of any script (RFC 6531).
pub(super) fn emails(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('@').filter_map(|(at, _)| {
        let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
        let in_local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'');
        let local = before.rsplit(|c| !in_local(c)).next()?.trim_start_matches(['.', '\'', '-']);
        let in_domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
        let domain = domain_length(after.split(|c| !in_domain(c)).next()?)?;
        (!local.is_empty()).then(|| at - local.len()..at + 1 + domain)
    })
}

/// How much of a text is a domain: at least two labels, the last one beginning with a letter.
fn domain_length(text: &str) -> Option<usize> {
    let mut ends = Vec::new();
    let mut at = 0;
    for label in text.split('.').take_while(|label| !label.is_empty()) {
        at += label.len();
        ends.push((at, label.chars().count() >= 2 && label.starts_with(char::is_alphabetic)));
        at += 1;
    }
    let (end, _) = ends.into_iter().skip(1).rfind(|(_, top)| *top)?;
    Some(text.get(..end)?.trim_end_matches('-').len())
}
