//! Versions by content: the SHA-256 of the canonical form.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The SHA-256, in hex, of a value's canonical JSON: keys sorted, nothing between them, nulls left out.
///
/// # Errors
/// If the value can't be written as JSON.
pub fn of<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    write_canonical(&serde_json::to_value(value)?, &mut text);
    Ok(hex(&Sha256::digest(text.as_bytes())))
}

/// Bytes as lowercase hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}

/// The bytes of hex digits; none if it is no hex.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|p| p.len() == 2)?, 16).ok())
        .collect()
}

/// The first twelve digits, as tables show a version.
#[must_use]
pub fn short(version: &str) -> &str {
    version.get(..12).unwrap_or(version)
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().filter(|(_, v)| !v.is_null()).collect();
            fields.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (i, (name, field)) in fields.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_canonical(field, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::json;

    #[test]
    fn order_and_absence_do_not_matter() {
        let one = of(&json!({"a": 1, "b": [true, null], "c": null})).unwrap();
        let two = of(&json!({"b": [true, null], "a": 1})).unwrap();
        assert_eq!(one, two);
        assert_ne!(one, of(&json!({"a": 2, "b": [true, null]})).unwrap());
        assert_eq!(one.len(), 64);
    }
}
