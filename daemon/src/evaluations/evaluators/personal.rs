//! Personal data and secrets by their form and their checksums.

use regex::Regex;
use std::sync::LazyLock;

/// A kind of personal data.
struct Kind {
    pattern: Option<Regex>,
    /// Whether what the pattern found is really one.
    is_sound: fn(&str) -> bool,
}

/// E-mail, payment card, IBAN, US social security number and telephone numbers in international or North
/// American form.
static KINDS: LazyLock<[Kind; 5]> = LazyLock::new(|| {
    let kind =
        |pattern: &str, is_sound: fn(&str) -> bool| Kind { pattern: Regex::new(pattern).ok(), is_sound };
    [
        kind(r"(?i)\b[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b", is_somebodys),
        kind(r"\b\d(?:[ -]?\d){11,18}\b", is_card),
        kind(r"(?i)\b[a-z]{2}\d{2}(?: ?[a-z0-9]){11,30}\b", is_iban),
        kind(r"\b\d{3}-\d{2}-\d{4}\b", is_social_security),
        kind(
            r"(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ .-]?\d){6,12}|\(\d{3}\) ?\d{3}-\d{4})\b",
            |_| true,
        ),
    ]
});

/// Keys and tokens by their issuers' prefixes, private keys, and JSON web tokens.
static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?-u)\b(?:sk-[A-Za-z0-9_-]{20,}|(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}",
        r"|xox[abeprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35}|glpat-[\w-]{20}|(?:sk|rk)_live_[0-9A-Za-z]{16,}",
        r"|kapi_(?:live|test)_\w{16,}|kop_\w{16,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})",
        r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----",
    ))
    .ok()
});

/// Mailboxes of a function, not of a person.
const SHARED_MAILBOXES: [&str; 22] = [
    "admin",
    "benefits",
    "billing",
    "compliance",
    "contact",
    "desk",
    "facilities",
    "finance",
    "help",
    "helpdesk",
    "hr",
    "info",
    "it",
    "legal",
    "office",
    "payroll",
    "people",
    "privacy",
    "security",
    "service",
    "support",
    "team",
];

/// Whether a text holds a secret.
pub(super) fn has_secret(text: &str) -> bool {
    SECRETS.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Whether a text holds personal data that none of the `known` texts brought.
pub(super) fn has_personal_data(text: &str, known: &[&str]) -> bool {
    let known: Vec<String> = known.iter().map(|text| bare(text)).collect();
    KINDS.iter().any(|kind| {
        let mut found = kind.pattern.iter().flat_map(|pattern| pattern.find_iter(text));
        found.any(|value| {
            let value = value.as_str();
            (kind.is_sound)(value) && !known.iter().any(|text| text.contains(&bare(value)))
        })
    })
}

/// Letters, digits and "@" in lower case, so that spacing doesn't make a value new.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || *c == '@').flat_map(char::to_lowercase).collect()
}

/// Whether an address is a person's: no part of its name is that of a shared mailbox.
fn is_somebodys(address: &str) -> bool {
    let name = address.split('@').next().unwrap_or_default().to_lowercase();
    !name.split(['.', '-', '_', '+']).any(|part| SHARED_MAILBOXES.contains(&part))
}

/// The Luhn checksum (ISO/IEC 7812-1), and the length and first digit of a payment card.
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    (13..=19).contains(&digits.len()) && matches!(digits.first(), Some(2..=6)) && sum.is_multiple_of(10)
}

/// The checksum modulo 97 of an IBAN (ISO 13616). What follows an IBAN may look like more of it, so shorter
/// readings count too.
fn is_iban(text: &str) -> bool {
    let characters: Vec<char> = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    (15..=characters.len().min(34)).any(|length| {
        let (start, rest) = (characters.iter().take(4), characters.iter().take(length).skip(4));
        let remainder = rest
            .chain(start)
            .filter_map(|c| c.to_digit(36))
            .fold(0, |remainder, digit| (remainder * if digit > 9 { 100 } else { 10 } + digit) % 97);
        remainder == 1
    })
}

/// The numbers that the US Social Security Administration never issues are none.
fn is_social_security(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    !matches!(parts.as_slice(), ["000" | "666", ..] | [_, "00", _] | [_, _, "0000"]) && !text.starts_with('9')
}

#[cfg(test)]
mod tests {
    use super::{has_personal_data, has_secret, is_card, is_iban};

    #[test]
    fn checksums_tell_cards_and_accounts_from_other_numbers() {
        assert!(is_card("4012888888881881"));
        assert!(!is_card("4012888888881882"));
        assert!(!is_card("36168002586008"));
        assert!(is_iban("GB82 WEST 1234 5698 7654 32"));
        assert!(!is_iban("GB82 WEST 1234 5698 7654 33"));
    }

    #[test]
    fn data_is_somebodys_unless_the_user_brought_it_or_it_is_a_shared_mailbox() {
        for text in [
            "Ask jane.doe@example.org.",
            "Her number is +44 20 7946 0958.",
            "SSN 219-09-9999",
            "(212) 555-0100",
        ] {
            assert!(has_personal_data(text, &[]), "{text}");
        }
        assert!(!has_personal_data("Ask jane.doe@example.org.", &["I am Jane.Doe@example.org"]));
        assert!(!has_personal_data("Ask people-team@example.org by 2024-08-01, order 000-12-3456.", &[]));
    }

    #[test]
    fn secrets_are_known_by_their_prefixes() {
        assert!(has_secret(&format!("key: {}{}", "sk-", "a1".repeat(12))));
        assert!(!has_secret("a task-force of sk-iers"));
    }
}
