//! Rail `pii`: personal data whose form or checksum says what it is.

mod americas;
mod asia;
mod candidate;
mod checksums;
mod documents;
mod email;
mod europe;
mod letters;
mod network;
mod numbers;
mod payment;
mod phone;
mod wallets;

use super::{Policy, Rail};
use crate::guardrails::Phase;
use crate::guardrails::pattern::{Family, Fault, Pattern};
use crate::guardrails::session::{Finding, Session, Subject};
use candidate::Candidate;
use contract::agent::RailAction::{Redact, Warn};
use regex::{Match, Regex};

/// See the head of this file.
pub(in crate::guardrails) struct Pii;

/// Where to look for a kind of personal data, or several.
pub(super) struct Kind {
    /// The candidate; a group named `v`, where there is one, is what gets redacted.
    pattern: Pattern,
    /// How many digits a candidate has at least, one after another or with separators between.
    digits: usize,
    test: Test,
}

/// What a candidate must pass.
enum Test {
    /// How many bytes of the candidate are one after all; none if it is not.
    Form { label: &'static str, reason: &'static str, accept: fn(&str) -> Option<usize> },
    /// Notes which of several identifiers the candidate is.
    Identifier(fn(&Candidate<'_>, &mut Vec<Finding>)),
}

const fn form(
    label: &'static str,
    reason: &'static str,
    digits: usize,
    source: &'static str,
    accept: fn(&str) -> Option<usize>,
) -> Kind {
    Kind { pattern: Pattern::new(source), digits, test: Test::Form { label, reason, accept } }
}

const fn identifiers(
    digits: usize,
    source: &'static str,
    find: fn(&Candidate<'_>, &mut Vec<Finding>),
) -> Kind {
    Kind { pattern: Pattern::new(source), digits, test: Test::Identifier(find) }
}

static KINDS: [Kind; 24] = [
    form("CARD", "payment card", 12, r"\b[1-8][0-9]{3}(?:[ -]?[0-9]){8,15}\b", payment::card),
    form("IBAN", "IBAN", 0, r"(?i)\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}", payment::iban),
    form(
        "SSN",
        "US social security number",
        9,
        r"\b(?<v>[0-9]{3}([- .])[0-9]{2}[- .][0-9]{4})\b",
        documents::ssn,
    ),
    form(
        "SSN",
        "US social security number",
        0,
        r"(?i)\b(?:ssn|social security)(?: number| no)?\b(?u:[^0-9\n]){0,20}\b(?<v>[0-9]{9})\b",
        documents::ssn,
    ),
    form(
        "ID",
        "US taxpayer number",
        9,
        r"\b9[0-9]{2}(?:[ -][0-9]{2}[ -]?|[0-9]{2}[ -])[0-9]{4}\b",
        documents::itin,
    ),
    form(
        "NINO",
        "UK national insurance number",
        6,
        r"(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b",
        documents::nino,
    ),
    identifiers(9, r"\b[0-9](?:[ ./:-]?[0-9]){8,24}\b", numbers::find),
    identifiers(0, letters::FORMS, letters::find),
    form(
        "ID",
        "passport number",
        0,
        concat!(
            r"(?i)\b(?:passport|travel document|reisepass|passeport|pasaporte)(?u:[^0-9\n]){0,24}?",
            r"\b(?<v>[A-Z]{0,2}[0-9]{6,9})\b",
        ),
        documents::named,
    ),
    form(
        "ID",
        "driving licence number",
        0,
        concat!(
            r"(?i)\b(?:driver'?s?'?|driving) licen[cs]e(?u:[^0-9\n]){0,24}?",
            r"\b(?<v>[A-Z]{0,5}[0-9](?:-?[A-Z0-9]){4,20})\b",
        ),
        documents::named,
    ),
    form(
        "ACCOUNT",
        "bank account number",
        0,
        concat!(
            r"(?i)\b(?:account|acct|a/c|konto)(?:[ -]?(?:number|no|nr|num|nummer))?(?u:[^0-9a-z\n]{1,4}|",
            r"(?: is|:)[^0-9a-z\n]{1,4})(?<v>[0-9](?:[ -]?[0-9]){6,16})\b",
        ),
        documents::named,
    ),
    form("PHONE", "phone number", 7, r"\+[1-9](?:(?:[ ./-]| ?[()] ?)?[0-9]){6,14}\b", phone::international),
    form("PHONE", "phone number", 10, r"\b00[ -]?[1-9](?:[ ./-]?[0-9]){7,13}\b", phone::international),
    form(
        "PHONE",
        "phone number",
        0,
        concat!(
            r"(?i)\b(?:tel|telephone|phone|mobile|cell|fax|call|dial|text|sms|whatsapp|reach|contact|ring|",
            r"desk|hotline|telefon|handy|(?:answer(?:ing)?|messages?) (?:at|on|to))\b",
            r"(?:(?u:[^0-9\n+(]){0,24}|:\s{0,4})(?<v>[+(]?[0-9](?:(?:[ ./-]| ?[()] ?)?[0-9]){6,14}",
            r"(?: ?x[0-9]{1,5})?)\b",
        ),
        phone::named,
    ),
    form(
        "PHONE",
        "phone number",
        0,
        concat!(
            r"(?i)\b(?<v>[0-9](?:(?:[ ./-]| ?[()] ?)?[0-9]){6,14})[ -]?",
            r"(?:office|fax|mobile|cell)(?:(?u:[^a-z0-9 -])|$)",
        ),
        phone::named,
    ),
    form(
        "PHONE",
        "phone number",
        10,
        concat!(
            r"(?:\b1[-. ])?(?:\([2-9][0-9]{2}\) ?|\b[2-9][0-9]{2}[-.])[0-9]{3}[-. ][0-9]{4}",
            r"(?: ?x[0-9]{1,5})?\b",
        ),
        phone::american,
    ),
    form(
        "PHONE",
        "phone number",
        9,
        r"(?:\(0[1-9][0-9]{0,3}\)|\b0[1-9])(?:[ /-]?[0-9]){6,12}\b",
        phone::trunk,
    ),
    form("IP", "IP address", 4, r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b", network::ipv4),
    form("IP", "IP address", 0, r"(?i)[0-9a-f:]{2,}:[0-9a-f:.]{1,}", network::ipv6),
    form("MAC", "hardware address", 0, r"(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b", network::mac),
    form("MAC", "hardware address", 0, r"(?i)\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b", network::mac),
    // One in two hundred of the others has no digit, but no address of Bitcoin.
    form(
        "WALLET",
        "crypto-currency address",
        1,
        r"\b[13LMDTA9][1-9A-HJ-NP-Za-km-z]{25,34}\b",
        wallets::base58,
    ),
    form(
        "WALLET",
        "crypto-currency address",
        0,
        r"(?i)\b(?:bc|ltc|tb)1[02-9ac-hj-np-z]{11,87}\b",
        wallets::bech32,
    ),
    form("WALLET", "crypto-currency address", 0, r"\b0x[0-9a-fA-F]{40}\b", wallets::ethereum),
];

pub(super) static FAMILY: Family<Kind> = Family::new(3, &KINDS, |kind| &kind.pattern);

impl Rail for Pii {
    fn policy(&self) -> Policy {
        Policy { name: "pii", input: (Redact, Warn), output: (Redact, Warn) }
    }

    fn is_quiet(&self, subject: &Subject<'_>, _: &Session<'_>) -> bool {
        let text = subject.text.folded();
        let most = longest_number(text);
        FAMILY.is_quiet_but_for(&subject.seen, text, |kind| kind.digits > most) && !text.contains('@')
    }

    fn inspect(&self, subject: &Subject<'_>, session: &Session<'_>) -> Result<Vec<Finding>, Fault> {
        let text = subject.text.folded();
        let most = longest_number(text);
        let mut findings: Vec<Finding> =
            email::emails(text).map(|span| Finding::new(span, "EMAIL", "e-mail address")).collect();
        for possible in FAMILY.possible(&subject.seen) {
            let (kind, pattern) = possible?;
            if kind.digits <= most {
                kind.find(pattern, subject, session.phase, &mut findings);
            }
        }
        Ok(findings)
    }
}

/// The most digits that follow each other with no more than three separators between.
fn longest_number(text: &str) -> usize {
    let (mut most, mut count, mut gap) = (0, 0, 0);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => (count, gap) = (count + 1, 0),
            b' ' | b'.' | b'/' | b':' | b'-' | b'(' | b')' if count > 0 && gap < 3 => gap += 1,
            _ => {
                most = most.max(count);
                (count, gap) = (0, 0);
            }
        }
    }
    most.max(count)
}

impl Kind {
    fn find(&self, pattern: &Regex, subject: &Subject<'_>, phase: Phase, findings: &mut Vec<Finding>) {
        let text = subject.text.folded();
        match &self.test {
            Test::Identifier(find) => {
                for found in pattern.find_iter(text) {
                    // Output comes in pieces, of which one may happen to be a number alone.
                    find(&Candidate::new(subject, found.range(), phase == Phase::Input), findings);
                }
            }
            Test::Form { label, reason, accept } => {
                for captures in pattern.captures_iter(text) {
                    let (Some(all), value) = (captures.get(0), captures.name("v")) else { continue };
                    let value: Match<'_> = value.unwrap_or(all);
                    let Some(length) = accept(value.as_str()) else { continue };
                    let span = value.start()..value.start() + length;
                    if !inside_a_longer_number(text, span.start, span.end) {
                        findings.push(Finding::new(span, label, *reason).claimed_by(all.range()));
                    }
                }
            }
        }
    }
}

/// `1.2.3.4.5`, `12-34-…`, hexadecimal ids and account numbers in groups hold digits that look like something
/// shorter. What stands after the slash of a network is its size.
fn inside_a_longer_number(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
    let value = text.get(start..end).unwrap_or_default();
    let mut before = before.chars().rev();
    let mut after = after.chars();
    let joins = |c: char| matches!(c, '.' | '-' | '/' | ':');
    let group = value.starts_with('0');
    let ahead = match before.next() {
        Some(c) if joins(c) || (c == ' ' && group) => before.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_ascii_digit(),
        None => false,
    };
    let is_address = value.matches('.').count() == 3 || value.contains("::");
    let behind = match after.next() {
        Some('/') if is_address => false,
        Some(c) if joins(c) => after.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_ascii_alphanumeric(),
        None => false,
    };
    ahead || behind
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
    fn an_identifier_is_told_by_its_check_digits_and_where_others_pass_them_too_by_a_word() {
        for (text, value) in [
            ("She has 871220-2384 now", "871220-2384"),
            ("the NIR 2 55 08 14 168 025 38 of France", "2 55 08 14 168 025 38"),
            ("as 85.07.30-033.28 says", "85.07.30-033.28"),
            ("X-1 has 756.9217.0769.85", "756.9217.0769.85"),
            ("CPF 529.982.247-25", "529.982.247-25"),
            ("BSN: 111222333", "111222333"),
            ("the SIN is 046 454 286? No, 130 692 544", "130 692 544"),
            ("หมายเลขประชาชน: 3456789012347", "3456789012347"),
            ("of 131052-308T or", "131052-308T"),
            ("NIE x9613851n", "x9613851n"),
            ("passport no. 912803456", "912803456"),
        ] {
            assert_eq!(found(text), [("ID", value.to_owned())], "{text}");
        }
        for text in [
            "order 111222333 of 130692544 pieces",
            "871220-2385 and 85.07.30-033.29",
            "order 3123 4567 8909 and 221 395 1837",
            "job-871220-2384 of task 550e8400-e29b-41d4-a716-19871220238",
            "single 130692544, basin 130692544",
            "HR-198112189876, item-12345678Z and +198112189876",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn an_answer_that_is_nothing_but_a_number_needs_no_word_on_the_way_in() {
        for value in ["3123 4567 8909", "221 395 1837", "130 692 544", "44051401458"] {
            assert_eq!(found(value), [("ID", value.to_owned())]);
            assert_eq!(found(&format!(" {value}.\n")), [("ID", value.to_owned())]);
            assert_eq!(spans(&Pii, Phase::Output, value), [], "{value}");
            assert_eq!(found(&format!("about {value}")), [], "{value}");
        }
        assert_eq!(found("130692544"), [], "one in ten numbers of nine digits passes");
    }

    #[test]
    fn machines_and_wallets_are_found_by_their_whole_form() {
        for (label, value) in [
            ("IP", "10.0.0.8"),
            ("IP", "fe80::5054:ff:fe1b:b031"),
            ("MAC", "00:1A:2B:3C:4D:5E"),
            ("MAC", "aabb.ccdd.eeff"),
            ("WALLET", "0x52908400098527886E0F7030069857D2E4169EE7"),
        ] {
            assert_eq!(found(&format!("It is {value}, you know")), [(label, value.to_owned())]);
        }
        assert_eq!(found("net 10.0.0.0/8 and 2001:db8::/32").len(), 2);
        assert_eq!(found("00-11-22-33-44-55 and 00:1A:2B:3C:4D and 00:1A:2B-3C-4D-5E"), []);
    }

    #[test]
    fn phones_follow_their_plan_or_stand_beside_a_word() {
        for value in
            ["+46 (0)157 548 89", "0494 92 82 32", "(898)666-3621x0135", "905-674-3793", "001-518-640-0854"]
        {
            assert_eq!(found(&format!("see {value} there")), [("PHONE", value.to_owned())]);
        }
        for text in ["Phone:\n51 516 33 75", "781 1704 office\n", "not answering at 71-33-52-22"] {
            assert_eq!(found(text).len(), 1, "{text}");
        }
        for text in [
            "401-023-2138",
            "+99 1234 5678",
            "078 00 1123",
            "01 0000 0000 00",
            "781 1704 office chairs",
            "call on 2024-08-01 10:00",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(KINDS.iter().all(|kind| kind.pattern.get().is_ok()));
    }

    #[test]
    fn no_candidate_has_fewer_digits_than_its_kind_says() {
        use proptest::strategy::{Strategy, ValueTree};
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let (_, sources) = FAMILY.sources();
        for (kind, source) in KINDS.iter().zip(sources).filter(|(kind, _)| kind.digits > 0) {
            let matches =
                proptest::string::string_regex(&format!("(?-u){}", source.replace(r"\b", ""))).unwrap();
            for _ in 0..200 {
                let text = matches.new_tree(&mut runner).unwrap().current();
                // A phone's trunk prefix alone may be shorter; then it is none.
                let most = longest_number(&text);
                let accepted = match &kind.test {
                    Test::Form { accept, .. } => accept(&text).is_some(),
                    Test::Identifier(_) => true,
                };
                assert!(most >= kind.digits || !accepted, "{source}: {text:?}");
            }
        }
    }

    #[test]
    fn dates_sections_prices_ids_and_false_checksums_are_not_personal() {
        for text in [
            "See HR-2024-08, section 2.1.3, of 2024-08-01 to 2025-07-31.",
            "It costs $1,299.00 or 1 299 000 in 2024.",
            "4111 1111 1111 1112 and DE88 3704 0044 0532 0130 00",
            "127.0.0.1, 0.0.0.0, 255.255.255.0, 1.2.3.4.5, ::1 and std::cout at 12:30:45",
            "Please contact us before 2024-08-01.",
            "000-12-3456 is no number, @sarah no address",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
