//! What tells a credential from a sample, a template, a word and code.

use contract::key::Secret;
use sha2::{Digest, Sha256};

/// Shannon entropy in bits for each character (Shannon 1948, section 6).
fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let all = text.len().max(1) as f64;
    let share = |count: &u32| f64::from(*count) / all;
    counts.iter().filter(|count| **count > 0).map(|count| -share(count) * share(count).log2()).sum()
}

/// Where the form says it all.
pub(super) fn anything(_: &str) -> bool {
    true
}

/// Not a sample such as `xxxx…` or `1111…`: the thresholds are those of gitleaks' default rules.
pub(super) fn random(text: &str) -> bool {
    entropy(text) >= 3.0 && !is_sample(text)
}

/// The same of a longer alphabet.
pub(super) fn strong(text: &str) -> bool {
    entropy(text) >= 3.5 && !is_sample(text)
}

/// An alphabet of letters in both cases: no snake_case name that begins as the credential does.
pub(super) fn mixed(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.bytes().any(|b| test(&b));
    strong(text) && has(u8::is_ascii_lowercase) && (has(u8::is_ascii_uppercase) || has(u8::is_ascii_digit))
}

/// Letters of both cases, as no name in code is.
pub(super) fn both_cases(text: &str) -> bool {
    let body = text.rsplit('_').next().unwrap_or_default();
    random(text)
        && body.bytes().any(|b| b.is_ascii_lowercase())
        && body.bytes().any(|b| b.is_ascii_uppercase())
}

/// What authors write where a credential would stand.
fn is_sample(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.ends_with("example")
        || ["xxxxx", "exampleexample", "redacted"].iter().any(|sample| lower.contains(sample))
}

/// A token of GitHub's or npm's: its last six characters are the CRC-32 of the rest in base 62 (GitHub blog, 5 April
/// 2021, Behind GitHub's new authentication token formats). One that fails this is a token with a slip, if it is random.
pub(super) fn checked(text: &str) -> bool {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let body = text.rsplit('_').next().unwrap_or_default();
    let Some((body, check)) = body.len().checked_sub(6).and_then(|at| body.split_at_checked(at)) else {
        return false;
    };
    let read = check.bytes().try_fold(0u64, |value, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        Some(value * 62 + u64::try_from(digit).ok()?)
    });
    read == Some(u64::from(crc32fast::hash(body.as_bytes()))) || strong(text)
}

/// One of the platform's own, by its checksum.
pub(super) fn ours(text: &str) -> bool {
    Secret::parse(text).is_some()
}

/// A Slack token has numbers of a workspace and a user.
pub(super) fn of_slack(text: &str) -> bool {
    text.len() >= 22 && text.bytes().filter(u8::is_ascii_digit).count() >= 6 && entropy(text) >= 2.5
}

/// `sk-…` of a provider whose own pattern doesn't take it.
pub(super) fn not_anthropic(text: &str) -> bool {
    !text.starts_with("sk-ant-") && strong(text)
}

/// Not one of the keys that stand in Google's published samples (firebase-android-sdk): the beginnings of their SHA-256.
pub(super) fn not_published(text: &str) -> bool {
    const PUBLISHED: [u32; 16] = [
        0x0b47_6bdf,
        0x2037_abca,
        0x27a9_a429,
        0x37f8_f09b,
        0x3a8b_61d0,
        0x3f37_0c9d,
        0x49f7_77db,
        0x4c98_242d,
        0x8731_261c,
        0xa19f_89ab,
        0xa6c8_14bc,
        0xdc0f_cf04,
        0xe4a5_542b,
        0xea9b_b108,
        0xeb54_0d2b,
        0xf56e_3234,
    ];
    let digest = Sha256::digest(text.as_bytes());
    let head = digest.first_chunk().map(|head| u32::from_be_bytes(*head));
    entropy(text) >= 4.0 && !head.is_some_and(|head| PUBLISHED.contains(&head))
}

/// The parameter of `Authorization: Basic`: user and password, in base64 (RFC 7617, section 2).
pub(super) fn basic(text: &str) -> bool {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    let bytes = STANDARD_NO_PAD.decode(text.trim_end_matches('=')).unwrap_or_default();
    std::str::from_utf8(&bytes).is_ok_and(|pair| pair.contains(':') && !pair.contains(char::is_control))
}

/// Not a name, a variable or a placeholder where a password would stand.
pub(super) fn not_a_template(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_matches(['{', '}', '<', '>', '[', ']', '%', '*']);
    let is_name = bare.len() < lower.len()
        && bare.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.' | b' '));
    !["password", "pass", "passwd", "pwd", "secret", "token"].contains(&bare)
        && !lower.starts_with("xxx")
        && !text.starts_with(['$', '%'])
        && !is_name
        && !["${", "$(", "{{", "<%"].iter().any(|mark| text.contains(mark))
}

/// A word or a key of an application alone, without a password after its colon.
pub(super) fn key_without_password(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.bytes().any(|b| test(&b));
    has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && entropy(text) >= 3.0 && not_a_template(text)
}

/// What is assigned to a name such as `api_key`: random enough, with letters and digits, and no code or sample.
pub(super) fn named(text: &str) -> bool {
    let value = text.trim_end_matches([',', ';', '.', ')', '}', ']', '`', '>', '\\']);
    let lower = value.to_ascii_lowercase();
    let letters = value.bytes().any(|b| b.is_ascii_alphabetic());
    let digits = value.bytes().any(|b| b.is_ascii_digit());
    let code = value.contains(['(', '{', '[', '<']) || value.starts_with(['$', '%']) || value.contains("://");
    let sample =
        ["example", "your", "changeme", "placeholder", "redacted", "xxxx", "secret_", "0123456", "abcdef"];
    if code || is_wordy(value) || sample.iter().any(|word| lower.contains(word)) {
        return false;
    }
    letters && digits && entropy(value) >= 3.5 || is_a_password(value)
}

/// Words and versions with joints between: `jackson-core-2.15.3`, `prod.eu.cluster-12`.
fn is_wordy(value: &str) -> bool {
    let mut parts = value.split(['-', '_', '.', ':', '/']);
    let word = |part: &str| {
        part.bytes().all(|b| b.is_ascii_lowercase())
            || (part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit()))
    };
    parts.clone().count() > 2 && parts.all(word)
}

/// Shorter than entropy can judge, but with all four kinds of characters.
fn is_a_password(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.bytes().any(|b| test(&b));
    value.len() >= 8
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_punctuation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_that_fits_needs_no_entropy() {
        let body = "a".repeat(30);
        let mut rest = u64::from(crc32fast::hash(body.as_bytes()));
        let digits: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
        let mut check = String::new();
        for _ in 0..6 {
            check.insert(0, digits[(rest % 62) as usize]);
            rest /= 62;
        }
        assert!(checked(&format!("ghp_{body}{check}")));
        assert!(!checked(&format!("ghp_{body}000000")) && !checked("ghp_"));
    }

    #[test]
    fn passwords_are_told_from_templates_and_words() {
        for password in ["hunter2x", "P@ss$1word", "{ZqL5k}", "s3cret"] {
            assert!(not_a_template(password), "{password}");
        }
        for template in
            ["$PASS", "${PASS}", "<password>", "{password}", "{{ x }}", "%PW%", "pass", "$(cat f)", "xxx"]
        {
            assert!(!not_a_template(template), "{template}");
        }
        assert!(basic("dXNlcjpwYXNz") && !basic("dXNlcnBhc3M") && !basic("not base64"));
        assert!(is_wordy("jackson-core-2.15.3") && !is_wordy("a1b2-c3d4-e5f6") && !is_wordy("word-1"));
    }
}
