//! Money, in whole nano-dollars, so that sums are exact.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::ops::{Add, AddAssign};

/// An amount of US dollars, exact to 1e-9; on the wire a JSON number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd {
    nanos: i64,
}

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self { nanos: 0 };

    /// From whole nano-dollars.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self { nanos }
    }

    /// In whole nano-dollars.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.nanos
    }

    /// In dollars, as the nearest double.
    #[must_use]
    pub fn dollars(self) -> f64 {
        self.nanos as f64 / 1e9
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_add(other.nanos) }
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.dollars())
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let dollars = f64::deserialize(deserializer)?;
        if !dollars.is_finite() || dollars.abs() > 9e9 {
            return Err(serde::de::Error::custom("an amount in dollars must be finite and under 9e9"));
        }
        Ok(Self { nanos: (dollars * 1e9).round() as i64 })
    }
}

impl JsonSchema for Usd {
    fn schema_name() -> Cow<'static, str> {
        "Usd".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "number", "format": "double", "description": "US dollars, exact to 1e-9.", "examples": [0.00215],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Usd;

    #[test]
    fn a_nano_dollar_survives_the_wire() {
        for nanos in [0, 1, 999_999_999, 1_234_567_890_123, -5] {
            let text = serde_json::to_string(&Usd::from_nanos(nanos)).unwrap();
            assert_eq!(serde_json::from_str::<Usd>(&text).unwrap().nanos(), nanos, "{text}");
        }
    }
}
