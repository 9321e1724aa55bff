//! What each stage of a call's way decided, in order.

use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;

/// The decisions, by stage. They are few, and their names are known: so a list, which is written as a map.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stages(Vec<(&'static str, Cow<'static, str>)>);

impl Stages {
    /// Notes what a stage decided; what it decided before is forgotten.
    pub(super) fn note(&mut self, stage: &'static str, decision: Cow<'static, str>) {
        match self.0.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, noted)) => *noted = decision,
            None => self.0.push((stage, decision)),
        }
    }

    /// Adds a decision to those of a stage before.
    pub(super) fn add(&mut self, stage: &'static str, decision: String) {
        match self.0.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, noted)) => *noted = format!("{noted}; {decision}").into(),
            None => self.0.push((stage, decision.into())),
        }
    }

    /// Each stage with its decision.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(stage, decision)| (*stage, decision.as_ref()))
    }
}

impl Serialize for Stages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_decision_of_a_stage_counts_and_all_keep_their_order() {
        let mut stages = Stages::default();
        for (stage, decision) in [("scope", "chat"), ("rate", "pass"), ("scope", "search")] {
            stages.note(stage, decision.into());
        }
        assert_eq!(serde_json::to_string(&stages).unwrap(), r#"{"scope":"search","rate":"pass"}"#);
    }
}
