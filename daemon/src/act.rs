//! What a call changes of what the daemon governs: stored in one transaction with the call's audit row, or not at all.

use crate::store::{Db, Statement, StoreError};
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt;

/// What the daemon holds of an act in memory. It happens once the act is stored, in the log's order, in the one task that
/// appends to the log: so it must not wait.
pub(crate) type Then = Box<dyn FnOnce() + Send>;

/// An act that is ready to be stored. What it was decided on may change until then, so its statements say what they
/// expect ([`Statement::expect`]): where that is so no longer, the act is decided on anew.
pub(crate) struct Act<T> {
    /// What is answered once it is stored.
    pub(crate) answer: T,
    pub(crate) statements: Vec<Statement>,
    /// What was and what is, for the audit log.
    pub(crate) change: Option<Value>,
    pub(crate) then: Vec<Then>,
    /// Whether it has happened already, outside the store.
    pub(crate) has_happened: bool,
}

impl<T> fmt::Debug for Act<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Act({} statements)", self.statements.len())
    }
}

impl<T> Act<T> {
    /// An act that answers so.
    pub(crate) fn new(answer: T, statements: Vec<Statement>) -> Self {
        Self { answer, statements, change: None, then: Vec::new(), has_happened: false }
    }

    /// The same, of which the work outside the store is done: it is noted, and not decided anew, even if its caller may no
    /// longer do it.
    pub(crate) fn happened(self) -> Self {
        Self { has_happened: true, ..self }
    }

    /// The same with what was and what is, `()` where there is nothing. Secrets are left out.
    pub(crate) fn changing(self, before: impl Serialize, after: impl Serialize) -> Self {
        let change = json!({"before": shown(before), "after": shown(after)});
        Self { change: Some(change), ..self }
    }

    /// The same with what happens in memory, once it is stored.
    pub(crate) fn then(mut self, then: impl FnOnce() + Send + 'static) -> Self {
        self.then.push(Box::new(then));
        self
    }

    /// The same, which keeps something held, such as a lock, until it is stored or failed.
    pub(crate) fn holding(self, guard: impl Send + 'static) -> Self {
        self.then(move || drop(guard))
    }

    /// Stores what is noted of a call on its way, which has its row when it ends.
    ///
    /// # Errors
    /// If the store fails, or what it expects is so no longer.
    pub(crate) async fn store(self, db: &Db) -> Result<T, StoreError> {
        let Self { answer, statements, then, .. } = self;
        db.batch(statements).await?;
        then.into_iter().for_each(|then| then());
        Ok(answer)
    }

    /// Its answer, and the act without it.
    pub(crate) fn split(self) -> (T, Act<()>) {
        let Self { answer, statements, change, then, has_happened } = self;
        (answer, Act { answer: (), statements, change, then, has_happened })
    }

    /// The same with another answer.
    pub(crate) fn map<U>(self, answer: impl FnOnce(T) -> U) -> Act<U> {
        let (before, act) = self.split();
        let Act { statements, change, then, has_happened, .. } = act;
        Act { answer: answer(before), statements, change, then, has_happened }
    }
}

fn shown(value: impl Serialize) -> Value {
    let mut value = serde_json::to_value(value).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.shift_remove("secret");
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_no_secret() {
        let act = Act::new((), Vec::new()).changing((), json!({"name": "app", "secret": "kapi_live_1"}));
        assert_eq!(act.change.unwrap(), json!({"before": null, "after": {"name": "app"}}));
    }
}
