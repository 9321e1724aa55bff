//! What a promotion must wait for beside the gate: days on which nothing goes live, and another person's word.

use super::{ConfigError, wrong};
use contract::agent::ENVIRONMENTS;
use contract::time::Time;
use jiff::{Timestamp, tz::Offset};
use serde::Deserialize;

/// What a promotion must wait for beside the gate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotions {
    /// Environments where another person than who asks must approve.
    pub approvals: Vec<String>,
    /// Seconds until one that waits is given up.
    pub approval_seconds: u64,
    /// When nothing goes live.
    #[serde(default)]
    pub freezes: Vec<Freeze>,
}

/// A time in which nothing goes live, but for what was live before.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Where.
    pub environment: String,
    /// From when on.
    #[serde(default)]
    pub from: Option<Time>,
    /// Until when.
    #[serde(default)]
    pub until: Option<Time>,
    /// On these days of the week alone, in UTC: 1 is Monday.
    #[serde(default)]
    pub weekdays: Vec<i8>,
    /// Why.
    pub reason: String,
}

impl Freeze {
    /// Whether nothing goes live in an environment at a time.
    pub(crate) fn holds(&self, environment: &str, at: Time) -> bool {
        let weekday = Timestamp::from_millisecond(at.0)
            .map(|at| Offset::UTC.to_datetime(at).weekday().to_monday_one_offset())
            .unwrap_or_default();
        self.environment == environment
            && self.from.is_none_or(|from| from <= at)
            && self.until.is_none_or(|until| at < until)
            && (self.weekdays.is_empty() || self.weekdays.contains(&weekday))
    }
}

impl Promotions {
    /// Checks what can't be meant.
    ///
    /// # Errors
    /// If an environment is none, a weekday is none, or a freeze has neither a time nor a day.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let named = self.approvals.iter().chain(self.freezes.iter().map(|freeze| &freeze.environment));
        for environment in named {
            if !ENVIRONMENTS.contains(&environment.as_str()) {
                return Err(wrong("promotions", &format!("`{environment}` is neither test nor prod")));
            }
        }
        for freeze in &self.freezes {
            if freeze.from.is_none() && freeze.until.is_none() && freeze.weekdays.is_empty() {
                return Err(wrong("promotions.freezes", "give `from`, `until` or `weekdays`"));
            }
            if freeze.weekdays.iter().any(|day| !(1..=7).contains(day)) {
                return Err(wrong("promotions.freezes", "a weekday is 1 (Monday) to 7"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freeze_holds_from_its_beginning_to_its_end_on_its_days() {
        let at = |text: &str| Time(text.parse::<Timestamp>().unwrap().as_millisecond());
        let freeze: Freeze = toml::from_str(
            "environment = \"prod\"\nfrom = \"2026-12-18T00:00:00Z\"\nuntil = \"2027-01-02T00:00:00Z\"\nweekdays = [5, 6, 7]\nreason = \"holidays\"",
        )
        .unwrap();
        for (when, holds) in [
            ("2026-12-18T00:00:00Z", true),
            ("2026-12-20T23:59:59Z", true),
            ("2026-12-21T00:00:00Z", false),
            ("2026-12-17T23:59:59Z", false),
            ("2027-01-02T00:00:00Z", false),
        ] {
            assert_eq!(freeze.holds("prod", at(when)), holds, "{when}");
        }
        assert!(!freeze.holds("test", at("2026-12-18T00:00:00Z")));
    }
}
