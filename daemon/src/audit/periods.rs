//! How long the log's rows and their traces are kept: as configured, or as an operator set it since.

use crate::act::Act;
use crate::error::Error;
use crate::store::{Db, set, settings};
use contract::wire::admin::{Retention, UpdateRetentionRequest};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Notify;

/// The name of what was set.
const NAME: &str = "retention";

/// Most days: ten years.
const MOST_DAYS: u32 = 3660;

/// Days that rows and traces are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Days {
    audit: u32,
    traces: u32,
}

/// The periods, in memory as in the store.
#[derive(Debug)]
pub(crate) struct Periods {
    configured: Days,
    set: RwLock<Option<Days>>,
    /// Told when they were set.
    pub(super) changed: Notify,
}

impl Periods {
    /// Those that are set; else as many days as are configured, for both.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn open(db: &Db, configured: u32) -> Result<Arc<Self>, Error> {
        let set = settings(db, NAME).await?.pop().map(|(_, days)| days);
        let configured = Days { audit: configured, traces: configured };
        Ok(Arc::new(Self { configured, set: RwLock::new(set), changed: Notify::new() }))
    }

    fn set(&self) -> Option<Days> {
        *self.set.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Days that rows are kept, and traces.
    pub(crate) fn days(&self) -> (u32, u32) {
        let days = self.set().unwrap_or(self.configured);
        (days.audit, days.traces)
    }

    /// As it is shown.
    pub(crate) fn shown(&self) -> Retention {
        let (audit_days, trace_days) = self.days();
        let set_by = if self.set().is_some() { "operator" } else { "configuration" };
        Retention { object: "retention".into(), audit_days, trace_days, set_by: set_by.into() }
    }

    /// Sets them; what isn't named stays.
    ///
    /// # Errors
    /// If a period is too short or too long, or traces were kept longer than the rows that lead to them.
    pub(crate) fn update(self: &Arc<Self>, wanted: &UpdateRetentionRequest) -> Result<Act<Retention>, Error> {
        let (before, (audit, traces)) = (self.set(), self.days());
        let audit = wanted.audit_days.unwrap_or(audit);
        let after = Days { audit, traces: wanted.trace_days.unwrap_or(traces.min(audit)) };
        if !(1..=MOST_DAYS).contains(&after.audit) {
            return Err(Error::invalid("audit_days", format!("Rows are kept for 1 to {MOST_DAYS} days.")));
        }
        if !(1..=after.audit).contains(&after.traces) {
            let message =
                format!("Traces are kept for 1 day at least, and {audit} at most, as their rows are.");
            return Err(Error::invalid("trace_days", message));
        }
        let shown = Retention { audit_days: after.audit, trace_days: after.traces, ..self.shown() };
        let shown = Retention { set_by: "operator".into(), ..shown };
        let periods = Arc::clone(self);
        let act = Act::new(shown.clone(), vec![set(NAME, before.as_ref(), Some(&after))?]);
        Ok(act.changing(self.shown(), shown).then(move || {
            *periods.set.write().unwrap_or_else(PoisonError::into_inner) = Some(after);
            periods.changed.notify_one();
        }))
    }
}
