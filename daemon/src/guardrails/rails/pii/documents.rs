//! Numbers without check digits: told by what is never issued, or by a word before them.

use super::checksums::{digits, part};

/// Areas, groups and serials that are never issued (US Social Security Administration, POMS RM 10201.035).
pub(super) fn ssn(text: &str) -> Option<usize> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let separators: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let (area, group, serial) = (digits.get(..3)?, digits.get(3..5)?, digits.get(5..)?);
    let issued =
        area != "000" && area != "666" && !area.starts_with('9') && group != "00" && serial != "0000";
    let sample = matches!(digits.as_str(), "123456789" | "078051120" | "219099999");
    let alike = separators.first() == separators.last();
    (issued && !sample && alike).then_some(text.len())
}

/// A taxpayer's number of the same form: 9, and groups that the Internal Revenue Service gives out (IRM 3.21.263).
pub(super) fn itin(text: &str) -> Option<usize> {
    let digits = digits(text);
    let group = part(&digits, 3, 2);
    (digits.first() == Some(&9) && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99))
        .then_some(text.len())
}

/// Prefixes that are never given out (HMRC, NIM39110).
pub(super) fn nino(text: &str) -> Option<usize> {
    let prefix = text.get(..2)?.to_ascii_uppercase();
    (!["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&prefix.as_str())).then_some(text.len())
}

/// The number of a licence, a passport or an account after its name: some digits, and no date.
pub(super) fn named(text: &str) -> Option<usize> {
    let text = text.trim_end_matches(['-', '.', ' ']);
    (digits(text).len() >= 5).then_some(text.len())
}
