//! Values as PostgreSQL reads and writes them, each by the type that the server infers.

use super::super::Value;
use std::borrow::Cow;
use std::error::Error;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

type Failure = Box<dyn Error + Sync + Send>;

/// What begins an escape in a text: a noncharacter of Unicode, which no text has a reason to hold.
const ESCAPE: char = '\u{10FFFF}';

/// PostgreSQL's texts hold no NUL, and SQLite's do: it is escaped, so that a text comes back as it was.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => out.extend([ESCAPE, '0']),
            ESCAPE => out.extend([ESCAPE, ESCAPE]),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

fn unescaped(text: &str) -> String {
    if !text.contains(ESCAPE) {
        return text.to_owned();
    }
    let (mut out, mut characters) = (String::with_capacity(text.len()), text.chars());
    while let Some(character) = characters.next() {
        match character {
            ESCAPE => out.push(if characters.next() == Some('0') { '\0' } else { ESCAPE }),
            other => out.push(other),
        }
    }
    out
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(int) => int_to_sql(*int, kind, out),
            Self::Real(real) if *kind == Type::FLOAT4 => (*real as f32).to_sql(kind, out),
            Self::Real(real) if *kind == Type::FLOAT8 => real.to_sql(kind, out),
            Self::Text(text) if <&str as ToSql>::accepts(kind) => escaped(text).as_ref().to_sql(kind, out),
            Self::Shared(text) if <&str as ToSql>::accepts(kind) => escaped(text).as_ref().to_sql(kind, out),
            Self::Bytes(bytes) if *kind == Type::BYTEA => bytes.as_slice().to_sql(kind, out),
            Self::Real(_) | Self::Text(_) | Self::Shared(_) | Self::Bytes(_) => Err(misplaced(self, kind)),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Which value fits which type is known only with the value.
        true
    }

    to_sql_checked!();
}

fn int_to_sql(int: i64, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
    match *kind {
        Type::INT8 => int.to_sql(kind, out),
        Type::INT4 => i32::try_from(int)?.to_sql(kind, out),
        Type::INT2 => i16::try_from(int)?.to_sql(kind, out),
        Type::BOOL => (int != 0).to_sql(kind, out),
        Type::FLOAT8 => (int as f64).to_sql(kind, out),
        // As SQLite keeps a number in a column of texts.
        Type::TEXT => int.to_string().to_sql(kind, out),
        _ => Err(misplaced(&Value::Int(int), kind)),
    }
}

/// The value itself may be a secret.
fn misplaced(value: &Value, kind: &Type) -> Failure {
    let what = match value {
        Value::Null => "a null",
        Value::Int(_) => "an integer",
        Value::Real(_) => "a real number",
        Value::Text(_) | Value::Shared(_) => "a text",
        Value::Bytes(_) => "bytes",
    };
    format!("{what} where the server expects {kind}").into()
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        Ok(match *kind {
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(kind, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(kind, raw)?),
            Type::FLOAT4 => Self::Real(f32::from_sql(kind, raw)?.into()),
            Type::NUMERIC => numeric(raw)?,
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            ref text if <&str as FromSql>::accepts(text) => {
                Self::Text(unescaped(<&str>::from_sql(text, raw)?))
            }
            ref other => return Err(format!("a column of {other}, which the store doesn't read").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A number such as a sum, in the server's binary form: digits to the base 10,000, the first of which counts
/// 10,000^weight (numeric_send in PostgreSQL's src/backend/utils/adt/numeric.c).
fn numeric(raw: &[u8]) -> Result<Value, Failure> {
    const NEGATIVE: u16 = 0x4000;
    let words: Vec<u16> =
        raw.chunks_exact(2).map(|pair| pair.try_into().map(u16::from_be_bytes)).collect::<Result<_, _>>()?;
    let (&[count, weight, sign, _scale], digits) =
        words.split_first_chunk().ok_or("a number without its head")?;
    if sign != 0 && sign != NEGATIVE || digits.len() != usize::from(count) {
        return Err("a number that is none".into());
    }
    let sign = if sign == NEGATIVE { "-" } else { "" };
    let written: String = digits.iter().map(|digit| format!("{digit:04}")).collect();
    let exponent = 4 * (i64::from(weight.cast_signed()) + 1 - i64::from(count));
    let number = format!("{sign}0{written}");
    if let (Ok(zeros), Ok(int)) = (u32::try_from(exponent), number.parse::<i64>())
        && let Some(int) = 10i64.checked_pow(zeros).and_then(|power| int.checked_mul(power))
    {
        return Ok(Value::Int(int));
    }
    Ok(Value::Real(format!("{number}e{exponent}").parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_as_it_was() {
        for text in ["", "plain", "a\0b", "\0", "\u{10FFFF}0", "\u{10FFFF}\0\u{10FFFF}", "Zürich\u{10FFFF}"]
        {
            let kept = escaped(text);
            assert!(!kept.contains('\0'));
            assert_eq!(unescaped(&kept), text);
        }
    }

    #[test]
    fn numbers_are_integers_where_they_can_be() {
        let number = |words: &[u16]| {
            numeric(&words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>()).unwrap()
        };
        assert_eq!(number(&[0, 0, 0, 0]), Value::Int(0));
        assert_eq!(number(&[2, 1, 0, 0, 12, 3456]), Value::Int(123_456));
        assert_eq!(number(&[1, 2, 0x4000, 0, 7]), Value::Int(-700_000_000));
        assert_eq!(number(&[2, 0, 0, 2, 1, 2500]), Value::Real(1.25));
        assert_eq!(number(&[1, u16::MAX, 0, 4, 1]), Value::Real(0.0001));
        assert_eq!(number(&[1, 6, 0, 0, 1]), Value::Real(1e24));
    }
}
