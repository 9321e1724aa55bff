//! Ids that the daemon gives: a prefix and a UUIDv7 in Crockford's base32, so that they sort by time.

use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new id such as `run_06a1v3…`: 26 base32 digits of a UUIDv7 (RFC 9562, section 5.7).
#[must_use]
pub fn new(prefix: &str) -> String {
    let mut bits = Uuid::now_v7().as_u128();
    let mut digits = [0u8; 26];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(bits & 31) as usize];
        bits >>= 5;
    }
    format!("{prefix}_{}", digits.iter().map(|&b| char::from(b)).collect::<String>())
}

/// Whether a name that an author chose is well formed: `[a-z0-9-]`, 3 to 63 characters.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (3..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether a name is the pattern, or begins with what stands before its `*`.
#[must_use]
pub fn is_meant(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

/// Whether a document's id is well formed: letters, digits, `.`, `_` and `-`, 1 to 128 characters.
#[must_use]
pub fn is_document_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_never_repeat() {
        let ids: Vec<String> = (0..1000).map(|_| new("run")).collect();
        let mut sorted = ids.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(ids, sorted);
        assert_eq!(ids[0].len(), 4 + 26);
    }

    #[test]
    fn names_are_short_and_plain() {
        assert!(is_name("hr-assistant"));
        for bad in ["hr", "HR-assistant", "hr assistant", "", &"a".repeat(64)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
