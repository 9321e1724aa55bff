//! Rail `pii`: personal data whose form or checksum says what it is.

use super::{Policy, Rail};
use crate::guardrails::pattern::{Family, Fault, Pattern};
use crate::guardrails::session::{Finding, Session, Subject};
use contract::agent::RailAction::{Redact, Warn};
use regex::{Match, Regex};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// See the head of this file.
pub(in crate::guardrails) struct Pii;

/// A kind of personal data.
pub(super) struct Kind {
    label: &'static str,
    reason: &'static str,
    /// The candidate; a group named `v`, where there is one, is what gets redacted.
    pattern: Pattern,
    /// How many bytes of the candidate are one after all; none if it is not.
    accept: fn(&str) -> Option<usize>,
}

static KINDS: [Kind; 11] = [
    Kind {
        label: "CARD",
        reason: "payment card",
        pattern: Pattern::new(r"\b[1-8][0-9]{3}(?:[ -]?[0-9]){8,15}\b"),
        accept: card,
    },
    Kind {
        label: "IBAN",
        reason: "IBAN",
        pattern: Pattern::new(r"\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}"),
        accept: iban,
    },
    Kind {
        label: "SSN",
        reason: "US social security number",
        pattern: Pattern::new(r"\b(?<v>[0-9]{3}([- .])[0-9]{2}[- .][0-9]{4})\b"),
        accept: ssn,
    },
    Kind {
        label: "SSN",
        reason: "US social security number",
        pattern: Pattern::new(
            r"(?i)\b(?:ssn|social security)(?: number| no)?\b(?u:[^0-9\n]){0,20}\b(?<v>[0-9]{9})\b",
        ),
        accept: ssn,
    },
    Kind {
        label: "NINO",
        reason: "UK national insurance number",
        pattern: Pattern::new(
            r"(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b",
        ),
        accept: nino,
    },
    Kind {
        label: "PHONE",
        reason: "phone number",
        pattern: Pattern::new(r"\+[1-9](?:(?:[ ./-]| ?[()] ?)?[0-9]){6,14}\b"),
        accept: whole,
    },
    Kind {
        label: "PHONE",
        reason: "phone number",
        pattern: Pattern::new(concat!(
            r"(?i)\b(?:tel|telephone|phone|mobile|cell|fax|call|dial|text|sms|whatsapp|",
            r"reach|contact|ring|telefon|handy)\b(?u:[^0-9\n+(]){0,24}(?<v>[+(]?[0-9](?:(?:[ ./-]|",
            r" ?[()] ?)?[0-9]){6,14})\b",
        )),
        accept: phone,
    },
    Kind {
        label: "PHONE",
        reason: "phone number",
        pattern: Pattern::new(
            r"(?:\b1[-. ])?(?:\([2-9][0-9]{2}\) ?|\b[2-9][0-9]{2}[-.])[0-9]{3}[-. ][0-9]{4}\b",
        ),
        accept: whole,
    },
    Kind {
        label: "PHONE",
        reason: "phone number",
        pattern: Pattern::new(r"(?:\(0[1-9][0-9]{0,3}\)|\b0[1-9])(?:[ /-]?[0-9]){6,12}\b"),
        accept: trunk,
    },
    Kind {
        label: "IP",
        reason: "IP address",
        pattern: Pattern::new(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b"),
        accept: ipv4,
    },
    Kind {
        label: "IP",
        reason: "IP address",
        pattern: Pattern::new(r"(?i)[0-9a-f:]{2,}:[0-9a-f:.]{1,}"),
        accept: ipv6,
    },
];

pub(super) static FAMILY: Family<Kind> = Family::new(3, &KINDS, |kind| &kind.pattern);

impl Rail for Pii {
    fn policy(&self) -> Policy {
        Policy { name: "pii", input: (Redact, Warn), output: (Redact, Warn) }
    }

    fn is_quiet(&self, subject: &Subject<'_>, _: &Session<'_>) -> bool {
        FAMILY.is_quiet(&subject.seen, subject.text.folded()) && !subject.text.folded().contains('@')
    }

    fn inspect(&self, subject: &Subject<'_>, _: &Session<'_>) -> Result<Vec<Finding>, Fault> {
        let text = subject.text.folded();
        let mut findings: Vec<Finding> =
            emails(text).map(|span| Finding::new(span, "EMAIL", "e-mail address")).collect();
        for possible in FAMILY.possible(&subject.seen) {
            let (kind, pattern) = possible?;
            kind.find(pattern, text, &mut findings);
        }
        Ok(findings)
    }
}

impl Kind {
    fn find(&self, pattern: &Regex, text: &str, findings: &mut Vec<Finding>) {
        for captures in pattern.captures_iter(text) {
            let (Some(all), value) = (captures.get(0), captures.name("v")) else { continue };
            let value: Match<'_> = value.unwrap_or(all);
            let Some(length) = (self.accept)(value.as_str()) else { continue };
            if !inside_a_longer_number(text, value.start(), value.start() + length) {
                let span = value.start()..value.start() + length;
                findings.push(Finding::new(span, self.label, self.reason).claimed_from(all.start()));
            }
        }
    }
}

/// `1.2.3.4.5`, `12-34-…`, hexadecimal ids and account numbers in groups hold digits that look like something
/// shorter.
fn inside_a_longer_number(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
    let mut before = before.chars().rev();
    let mut after = after.chars();
    let joins = |c: char| matches!(c, '.' | '-' | '/' | ':');
    let group = text.get(start..).is_some_and(|value| value.starts_with('0'));
    let ahead = match before.next() {
        Some(c) if joins(c) || (c == ' ' && group) => before.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_ascii_digit(),
        None => false,
    };
    let behind = match after.next() {
        Some(c) if joins(c) => after.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_ascii_alphanumeric(),
        None => false,
    };
    ahead || behind
}

/// Addresses around each `@`, as people write them: RFC 5321 without quoted local parts and address literals, with
/// letters of any script (RFC 6531).
fn emails(text: &str) -> impl Iterator<Item = Range<usize>> {
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

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

fn whole(text: &str) -> Option<usize> {
    Some(text.len())
}

/// Issuer ranges and lengths of ISO/IEC 7812 (Visa, Mastercard, Amex, Discover, JCB, Diners, Maestro, `UnionPay`)
/// and the Luhn checksum (US patent 2,950,048).
fn card(text: &str) -> Option<usize> {
    let digits = digits(text);
    let head = digits.iter().take(4).fold(0, |number, digit| number * 10 + digit);
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
    let luhn = digits.iter().rev().enumerate().map(|(place, digit)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, double) => double / 10 + double % 10,
    });
    (known && luhn.sum::<u32>() % 10 == 0).then_some(text.len())
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
fn iban(text: &str) -> Option<usize> {
    let known = IBAN_LENGTHS.iter().find(|(country, _)| text.starts_with(country));
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

/// Areas, groups and serials that are never issued (US Social Security Administration, POMS RM 10201.035).
fn ssn(text: &str) -> Option<usize> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let separators: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let (area, group, serial) = (digits.get(..3)?, digits.get(3..5)?, digits.get(5..)?);
    let issued =
        area != "000" && area != "666" && !area.starts_with('9') && group != "00" && serial != "0000";
    let sample = matches!(digits.as_str(), "123456789" | "078051120" | "219099999");
    let alike = separators.first() == separators.last();
    (issued && !sample && alike).then_some(text.len())
}

/// Prefixes that are never given out (HMRC, NIM39110).
fn nino(text: &str) -> Option<usize> {
    let prefix = text.get(..2)?.to_ascii_uppercase();
    (!["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&prefix.as_str())).then_some(text.len())
}

/// After a word such as "call": not a date, a year range or a price.
fn phone(text: &str) -> Option<usize> {
    static DATE: Pattern =
        Pattern::new(r"^[0-9]{1,4}([-./])[0-9]{1,2}[-./][0-9]{1,4}\b|^(?:19|20)[0-9]{2} ?-");
    let date = DATE.get().is_ok_and(|date| date.is_match(text));
    let count = digits(text).len();
    (!date && (7..=15).contains(&count)).then_some(text.len())
}

/// With a leading zero (the trunk prefix of ITU-T E.123) and grouped, as people write numbers and not ids.
fn trunk(text: &str) -> Option<usize> {
    let grouped = text.contains([' ', '-', '/', ')']);
    (grouped && digits(text).len() >= 10).then(|| phone(text)).flatten()
}

/// Public addresses alone: private, loopback, link-local, documentation and other special ones name nobody.
fn ipv4(text: &str) -> Option<usize> {
    let address: Ipv4Addr = text.parse().ok()?;
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast();
    (!special && address.octets()[0] != 0).then_some(text.len())
}

fn ipv6(text: &str) -> Option<usize> {
    let text = text.trim_end_matches(['.', ':']);
    let address: Ipv6Addr = text.parse().ok()?;
    let head = address.segments()[0];
    let special = address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || head & 0xfe00 == 0xfc00
        || head & 0xffc0 == 0xfe80
        || (head == 0x2001 && address.segments()[1] == 0xdb8);
    (!special && text.len() >= 7).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::Phase;
    use crate::guardrails::rails::fixture::spans;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        spans(&Pii, Phase::Input, text)
    }

    #[test]
    fn each_kind_is_found_with_its_exact_span() {
        let card = ["4111", "1111", "1111", "1111"].join(" ");
        let iban = ["DE89", "3704", "0044", "0532", "0130", "00"].join(" ");
        for (label, value) in [
            ("EMAIL", "sarah.o'neil+hr@example.org"),
            ("CARD", card.as_str()),
            ("IBAN", iban.as_str()),
            ("SSN", "536-22-8134"),
            ("NINO", "AB 12 34 56 C"),
            ("PHONE", "+49 30 9018 2030"),
            ("PHONE", "(415) 555-2671"),
            ("IP", "93.184.216.34"),
            ("IP", "2606:2800:220:1:248:1893:25c8:1946"),
        ] {
            assert_eq!(found(&format!("It is {value}, you know")), [(label, value.to_owned())]);
        }
        assert_eq!(found("call me on 309 018 203"), [("PHONE", "309 018 203".to_owned())]);
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(KINDS.iter().all(|kind| kind.pattern.get().is_ok()));
    }

    #[test]
    fn dates_sections_prices_ids_and_false_checksums_are_not_personal() {
        for text in [
            "See HR-2024-08, section 2.1.3, of 2024-08-01 to 2025-07-31.",
            "It costs $1,299.00 or 1 299 000 in 2024.",
            "4111 1111 1111 1112 and DE88 3704 0044 0532 0130 00",
            "127.0.0.1, 10.0.0.8, 1.2.3.4.5 and ::1 at 12:30:45",
            "Please contact us before 2024-08-01.",
            "000-12-3456 is no number, @sarah no address",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
