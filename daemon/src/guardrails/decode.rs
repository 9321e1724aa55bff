//! Texts hidden in a text: base64 and percent-encoded runs, decoded once, for the rails that look behind them.

use super::pattern::{Fault, Pattern};
use std::ops::Range;

/// Runs of both base64 alphabets (RFC 4648, sections 4 and 5) that can hold a phrase: 16 bytes and more.
static BASE64: Pattern = Pattern::new(r"[A-Za-z0-9+/_-]{22,}={0,2}");

/// A word with at least three percent-encoded bytes (RFC 3986, section 2.1).
static PERCENT: Pattern =
    Pattern::new(r"[!-~]*%[0-9A-Fa-f]{2}[!-~]*%[0-9A-Fa-f]{2}[!-~]*%[0-9A-Fa-f]{2}[!-~]*");

/// What an encoded run says.
pub(super) struct Decoded {
    /// What stands behind the encoding.
    pub(super) text: String,
    /// The encoded run in the folded text.
    pub(super) span: Range<usize>,
}

/// All readable texts behind encoded runs. Together they are shorter than the text itself.
///
/// # Errors
/// If a pattern does not compile.
pub(super) fn decoded(folded: &str) -> Result<Vec<Decoded>, Fault> {
    let mut found = Vec::new();
    for run in BASE64.get()?.find_iter(folded) {
        found.extend(base64(run.as_str()).map(|text| Decoded { text, span: run.range() }));
    }
    if folded.contains('%') {
        for run in PERCENT.get()?.find_iter(folded) {
            found.extend(percent(run.as_str()).map(|text| Decoded { text, span: run.range() }));
        }
    }
    Ok(found)
}

fn base64(run: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(run.len() / 4 * 3 + 3);
    let mut bits = 0u32;
    let mut held = 0u32;
    for symbol in run.trim_end_matches('=').bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'+' | b'-' => 62,
            _ => 63,
        };
        bits = (bits << 6 | u32::from(value)) & 0x3fff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap_or_default());
        }
    }
    readable(bytes)
}

fn percent(run: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(run.len());
    let mut rest = run.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = hex.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    readable(bytes)
}

/// Text that a person could read: valid UTF-8, nine characters in ten letters, digits, spaces or punctuation.
fn readable(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok()?;
    let (mut plain, mut all) = (0usize, 0usize);
    for c in text.chars() {
        all += 1;
        plain += usize::from(c.is_alphanumeric() || c.is_ascii_punctuation() || c.is_whitespace());
    }
    (plain * 10 >= all * 9).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_sentences_are_read_and_random_bytes_are_not() {
        let texts = |text: &str| decoded(text).unwrap().into_iter().map(|d| d.text).collect::<Vec<_>>();
        assert_eq!(texts("run aGVsbG8gb2xkIGZyaWVuZCBvZiBtaW5l now"), ["hello old friend of mine"]);
        assert_eq!(texts("go hello%20old%20friend%21 now"), ["hello old friend!"]);
        assert!(texts("sha 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b").is_empty());
    }
}
