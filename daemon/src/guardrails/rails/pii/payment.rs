//! Payment cards and bank accounts.

use super::checksums::{digits, luhn, value, weighted};

/// Issuer ranges and lengths of ISO/IEC 7812 (Visa, Mastercard, Amex, Discover, JCB, Diners, Maestro, `UnionPay`)
/// and the Luhn checksum.
pub(super) fn card(text: &str) -> Option<usize> {
    let digits = digits(text);
    let head = value(digits.get(..4)?);
    let known = matches!(
        (head, digits.len()),
        (4000..=4999, 13 | 16 | 19)
            | (2221..=2720 | 5100..=5599, 16)
            | (3400..=3499 | 3700..=3799, 15)
            | (3500..=3599, 16..=19) | (1800 | 2131, 15)
            | (3000..=3059 | 3095 | 3600..=3699 | 3800..=3999, 14..=19)
            | (5000 | 5018 | 5020 | 5038 | 5600..=5899 | 6300..=6399 | 6700..=6799, 12..=19)
            | (6011 | 6440..=6599 | 6200..=6299 | 8100..=8171, 16..=19)
    );
    (known && luhn(&digits)).then_some(text.len())
}

/// Lengths by country (SWIFT IBAN registry), in the order of [`iban`]'s look-up.
const IBAN_LENGTHS: [(&str, usize); 36] = [
    ("AD", 24),
    ("AE", 23),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("BR", 29),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IT", 27),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SA", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("TR", 26),
];

/// ISO 13616: the country's length, and 1 modulo 97 with the head moved to the end (ISO 7064).
pub(super) fn iban(text: &str) -> Option<usize> {
    let country = text.get(..2)?.to_ascii_uppercase();
    let known = IBAN_LENGTHS.iter().find(|(code, _)| country == *code);
    let lengths = known.map_or(15..=34, |(_, length)| *length..=*length);
    let symbols: Vec<(usize, char)> =
        text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).collect();
    lengths.rev().find_map(|length| {
        let used = symbols.get(..length)?;
        let rotated = used.iter().skip(4).chain(used.iter().take(4));
        let rest = rotated
            .filter_map(|(_, c)| c.to_digit(36))
            .fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97);
        (rest == 1).then(|| used.last().map(|(at, _)| at + 1)).flatten()
    })
}

/// A US bank's routing number: the prefixes of the Federal Reserve's districts, and weights 3, 7 and 1 (American
/// Bankers Association, Routing Number Policy).
pub(super) fn routing(digits: &[u8]) -> bool {
    let district = value(digits.get(..2).unwrap_or_default());
    matches!(district, 1..=12 | 21..=32 | 61..=72 | 80)
        && weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}
