//! What the flywheel reads of a trace.

use crate::error::Error;
use crate::store::Row;
use crate::trace::Content;
use contract::time::Time;
use serde::Deserialize;

/// A call that was answered, or should have been.
pub(super) struct Traced {
    pub(super) seq: i64,
    pub(super) trace_id: String,
    pub(super) user: String,
    pub(super) at: Time,
    pub(super) body: Body,
}

/// Its trace, as far as the flywheel looks at it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    pub(super) status: String,
    pub(super) request: Request,
    pub(super) retrieval: Vec<Retrieval>,
    pub(super) guardrails: Vec<Checked>,
    pub(super) usage: Usage,
    pub(super) content: Option<Content>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Request {
    pub(super) agent: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) session: Option<String>,
    /// The evaluation that asked, if one did.
    pub(super) run: Option<String>,
    /// The search for a better prompt that did.
    pub(super) optimisation: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Retrieval {
    pub(super) used: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Checked {
    pub(super) rails: Vec<Rail>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Rail {
    pub(super) name: String,
    pub(super) result: String,
    pub(super) score: f64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Usage {
    pub(super) cost_usd: f64,
    pub(super) latency_ms: f64,
}

impl Traced {
    /// From `seq, trace_id, user_email, created_at, body`.
    pub(super) fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            seq: row.int(0),
            trace_id: row.text(1),
            user: row.optional_text(2).unwrap_or_default(),
            at: Time(row.int(3)),
            body: row.json(4)?,
        })
    }

    /// Whether it is of production, and no evaluation's.
    pub(super) fn is_real(&self) -> bool {
        self.body.request.run.is_none() && self.body.request.optimisation.is_none()
    }

    /// Whether it was looked for passages, and none was found.
    pub(super) fn found_nothing(&self) -> bool {
        !self.body.retrieval.is_empty() && self.body.retrieval.iter().all(|retrieval| retrieval.used == 0)
    }
}
