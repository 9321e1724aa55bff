//! What a provider says of a failure, without what it must not repeat.

use crate::guardrails::Redactor;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashSet;

/// Longest that is passed on, in characters.
const LONGEST: usize = 500;

/// Longest that is looked at, in characters: more than what is passed on, so that what is cut is no secret's half.
const LONGEST_LOOKED_AT: usize = 4 * LONGEST;

/// So many bytes in a row that stand in a key are a piece of it.
const PIECE: usize = 8;

/// Its words without pieces of the key that it was shown, and without what the rails `secrets` and `pii` find.
pub(super) fn cleaned(said: &str, key: Option<&SecretString>) -> String {
    let said: String = said.chars().filter(|c| !c.is_control()).take(LONGEST_LOOKED_AT).collect();
    let said = match key {
        Some(key) => without_pieces(&said, key.expose_secret()),
        None => said,
    };
    Redactor::default().redact(&said).chars().take(LONGEST).collect()
}

/// A text with `…` for what stands in the key, as it is or in Base64, in any case.
fn without_pieces(text: &str, key: &str) -> String {
    let forms = [key.to_ascii_lowercase(), BASE64_STANDARD.encode(key).to_ascii_lowercase()];
    let pieces: HashSet<&[u8]> = forms.iter().flat_map(|form| form.as_bytes().windows(PIECE)).collect();
    let lower = text.to_ascii_lowercase();
    let mut is_piece = vec![false; lower.len()];
    for (at, window) in lower.as_bytes().windows(PIECE).enumerate() {
        if pieces.contains(window) {
            is_piece[at..at + PIECE].fill(true);
        }
    }
    let mut clean = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match is_piece[at] {
            false => clean.push(c),
            true if clean.ends_with('…') => {}
            true => clean.push('…'),
        }
    }
    clean
}

/// Whether a provider's code or field is the name of something, as a program gives it, and no prose.
pub(super) fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | '[' | ']');
    (1..=64).contains(&text.len()) && text.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_repeats_no_key_in_any_form() {
        let key = SecretString::from("sk-9f8e7d6c5b4a39281706");
        let encoded = BASE64_STANDARD.encode(key.expose_secret());
        for (said, clean) in [
            (
                "Incorrect API key provided: sk-9f8e7d6c5b4a39281706.",
                "Incorrect API key provided: ….".to_owned(),
            ),
            ("Key SK-9F8E7D6C***** is wrong", "Key …***** is wrong".to_owned()),
            (&format!("Basic {encoded}"), "Basic …".to_owned()),
            ("temperature must be at most 2", "temperature must be at most 2".to_owned()),
        ] {
            assert_eq!(cleaned(said, Some(&key)), clean);
        }
    }

    #[test]
    fn another_s_secret_is_told_by_the_rail_and_the_length_is_bounded() {
        let token = format!("ghp_{}", "16C7e42F292c6912E7710c838347Ae178B4a");
        assert!(!cleaned(&format!("bad header {token}"), None).contains("16C7e42F"));
        assert_eq!(cleaned(&"word ".repeat(5000), None).chars().count(), LONGEST);
        assert!(
            is_name("context_length_exceeded")
                && is_name("messages[0].content")
                && !is_name("my secret plan")
        );
    }
}
