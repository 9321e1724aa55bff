//! Phone numbers: by their country's numbering plan, or by a word that says what they are.

use super::checksums::digits;
use crate::guardrails::pattern::Pattern;
use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

/// The plans that a number without a country's prefix is looked up in.
const REGIONS: [Region; 12] = [
    Region::GB,
    Region::DE,
    Region::FR,
    Region::IT,
    Region::ES,
    Region::NL,
    Region::SE,
    Region::AU,
    Region::IN,
    Region::JP,
    Region::BR,
    Region::IL,
];

/// With a country's prefix: as many digits as its plan has (ITU-T E.164). Written with 00 instead of a plus sign, it must
/// be one of the plan.
pub(super) fn international(text: &str) -> Option<usize> {
    let plus = text.starts_with('+');
    let number =
        bare(text.replacen("(0)", "", 1).trim_start_matches("00").trim_start_matches([' ', '-', '.', '/']));
    let number = PHONE_NUMBER_UTIL.parse(format!("+{}", number.trim_start_matches('+')), None).ok()?;
    let fits =
        PHONE_NUMBER_UTIL.is_valid_number(&number) || (plus && PHONE_NUMBER_UTIL.is_possible_number(&number));
    fits.then_some(text.len())
}

/// In groups of three, three and four, as North America writes them: one of its plan, or with the area in brackets.
pub(super) fn american(text: &str) -> Option<usize> {
    (text.contains('(') || is_of(text, Region::US)).then_some(text.len())
}

/// With a leading zero (the trunk prefix of ITU-T E.123) and grouped, as people write numbers and not ids.
pub(super) fn trunk(text: &str) -> Option<usize> {
    let groups = text.matches([' ', '-', '/', ')']).count();
    let least = if groups >= 3 { 9 } else { 10 };
    let grouped = groups >= 1 && digits(text).len() >= least;
    let known = |region: &Region| is_of(text, *region);
    (grouped && named(text).is_some() && REGIONS.iter().any(known)).then_some(text.len())
}

/// Beside a word such as "call": not a date, a year range or a price.
pub(super) fn named(text: &str) -> Option<usize> {
    static DATE: Pattern =
        Pattern::new(r"^[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}(?:$|[ T])|^(?:19|20)[0-9]{2} ?-");
    let date = DATE.get().is_ok_and(|date| date.is_match(text));
    let count = digits(text.split(['x', 'X']).next().unwrap_or_default()).len();
    (!date && (7..=15).contains(&count)).then_some(text.len())
}

fn is_of(text: &str, region: Region) -> bool {
    let number = bare(text.split(['x', 'X']).next().unwrap_or_default());
    PHONE_NUMBER_UTIL
        .parse(number, Some(region))
        .is_ok_and(|number| PHONE_NUMBER_UTIL.is_valid_number(&number))
}

/// Digits and a leading plus sign.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}
