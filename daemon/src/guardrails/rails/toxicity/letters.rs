//! Spellings that hide a word: letters replaced by digits and signs, and letters repeated.

use std::borrow::Cow;

/// The text with the digits and signs that stand for letters inside a word replaced, byte for byte in their places.
pub(in crate::guardrails) fn plain_letters(lower: &str) -> Cow<'_, str> {
    if !lower.bytes().any(|byte| matches!(byte, b'0' | b'1' | b'3' | b'4' | b'5' | b'7' | b'@' | b'$')) {
        return Cow::Borrowed(lower);
    }
    let mut before = ' ';
    let mut chars = lower.chars().peekable();
    let mut plain = String::with_capacity(lower.len());
    while let Some(c) = chars.next() {
        let in_word = before.is_ascii_alphabetic() || chars.peek().is_some_and(char::is_ascii_alphabetic);
        let letter = match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            _ => c,
        };
        before = if in_word { letter } else { c };
        plain.push(before);
    }
    Cow::Owned(plain)
}

/// Without letters that repeat the one before: what stretched words have in common with plain ones.
pub(super) fn squeezed(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    let mut before = None;
    for c in text.chars() {
        if before.replace(c) != Some(c) {
            squeezed.push(c);
        }
    }
    squeezed
}
