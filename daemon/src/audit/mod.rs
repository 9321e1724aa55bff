//! The audit log: one row a call, each holding the hash of the one before, with signed heads.

mod append;
mod chain;
mod checkpoint;
mod export;
mod filter;
mod head;
mod ledger;
mod new_key;
mod periods;
mod resume;
mod retention;
mod sql;
mod uses;

pub(crate) use chain::verify;
pub(crate) use checkpoint::{AuditKey, list as checkpoints};
pub(crate) use export::export;
pub(crate) use filter::Filter;
pub(crate) use head::{Head, HeadFile};
pub(crate) use ledger::Ledger;
pub(crate) use new_key::{begin as begin_new_key, is_empty};
pub(crate) use periods::Periods;
pub(crate) use retention::keep as keep_to_retention;
pub(crate) use sql::{Logged, list, logged, newer};

use crate::act::Act;
use crate::call::Ending;
use crate::gate::Caller;
use crate::metrics::Ended;
use crate::store::Statement;
use crate::trace::{self, Record, Recorder, Stages};
use contract::chain::{Link, NEW_KEY, RESUME, RETENTION};
use contract::time::Time;
use serde::Serialize;
use serde_json::{Map, Value};
use std::mem;
use std::sync::Arc;

/// The endpoint of a row about what a followed source changed.
pub(crate) const FOLLOW_SOURCE: &str = "FollowSource";

/// The endpoint of a row about a file that was read: from it on, what it says is found.
pub(crate) const READ_FILE: &str = "ReadFile";

/// The endpoint of a row about passages that were embedded, and what that cost.
pub(crate) const EMBED_PASSAGES: &str = "EmbedPassages";

/// The endpoint of a row about a promotion that was decided once broken cases had been asked again.
pub(crate) const CONFIRM_PROMOTION: &str = "ConfirmPromotion";

/// The endpoint of a row about a canary that did worse than what is live.
pub(crate) const ROLL_BACK_CANARY: &str = "RollBackCanary";

/// The endpoint of a row about answers of prod that have changed.
pub(crate) const TELL_DRIFT: &str = "TellDrift";

/// The endpoint of a row about an operator's token that was issued at the machine itself.
pub(crate) const ISSUE_TOKEN: &str = "IssueOperatorToken";

/// The endpoints of rows about browsers that were signed in to the Hub, and out.
pub(crate) const HUB_SIGN_IN: &str = "HubSignIn";
pub(crate) const HUB_SIGN_OUT: &str = "HubSignOut";

/// A request to `/mcp` that shows no key; what others ask there has the rows of the calls that it becomes.
pub(crate) const MCP: &str = "Mcp";

/// The endpoints of rows about what the daemon did by itself, or was told at its machine.
pub(crate) const OWN: [&str; 13] = [
    RESUME,
    RETENTION,
    NEW_KEY,
    FOLLOW_SOURCE,
    READ_FILE,
    EMBED_PASSAGES,
    CONFIRM_PROMOTION,
    ROLL_BACK_CANARY,
    TELL_DRIFT,
    ISSUE_TOKEN,
    HUB_SIGN_IN,
    HUB_SIGN_OUT,
    MCP,
];

/// The status of a call whose row could not be written: what isn't logged isn't answered.
const UNANSWERED: u16 = 503;

/// One call as the log will hold it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    trace_id: String,
    team: String,
    key_id: Option<String>,
    user: Option<String>,
    endpoint: &'static str,
    decision: &'static str,
    status: u16,
    latency_us: u64,
    /// The text that the row's hash covers.
    body: Arc<str>,
    /// The text of the trace.
    trace: Arc<str>,
    /// Which secret of the key.
    generation: i64,
    /// What it adds to the figures.
    ended: Ended,
    /// What is stored with the row, or not at all.
    statements: Vec<Statement>,
    at: Time,
}

/// What a row holds beside its columns.
#[derive(Serialize)]
struct Body<'a> {
    key_generation: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hub_session: Option<&'a str>,
    stages: &'a Stages,
    agent: Option<&'a str>,
    model: Option<&'a str>,
    usage: TokenCounts,
    cost_nanos: i64,
    guardrails: Option<&'a str>,
    status: u16,
    /// How it ended, in one word.
    outcome: &'static str,
    latency_us: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'a Value>,
}

#[derive(Serialize)]
struct TokenCounts {
    input_tokens: u64,
    output_tokens: u64,
}

impl Entry {
    /// The row of a call, from what was recorded of it.
    pub(crate) fn of(record: &Record, caller: Option<&Caller>, ending: Ending) -> Self {
        let denied = matches!(ending.label, "denied" | "blocked") || matches!(ending.status, 401 | 403 | 429);
        let latency_us = (record.elapsed_ms() * 1000.0).round() as u64;
        let body = Body {
            key_generation: caller.map(|caller| caller.generation),
            hub_session: caller.and_then(|caller| caller.hub_session.as_deref()),
            stages: &record.stages,
            agent: record.request.get("agent").and_then(Value::as_str),
            model: record.model.as_deref(),
            usage: TokenCounts {
                input_tokens: record.usage.input_tokens,
                output_tokens: record.usage.output_tokens,
            },
            cost_nanos: record.cost().nanos(),
            guardrails: record.guardrails_summary.as_deref(),
            status: ending.status,
            outcome: ending.label,
            latency_us,
            change: record.change.as_ref(),
        };
        Self {
            trace_id: record.trace_id.clone(),
            team: caller.map(|caller| caller.team.clone()).unwrap_or_default(),
            key_id: caller.map(|caller| caller.key_id.clone()),
            user: caller.and_then(|caller| caller.user.clone()),
            endpoint: record.endpoint,
            decision: if denied { "denied" } else { "allowed" },
            status: ending.status,
            latency_us,
            // Everything in it is text and numbers.
            body: serde_json::to_string(&body).unwrap_or_default().into(),
            trace: trace::body(record, caller, ending).into(),
            generation: caller.map_or(0, |caller| caller.generation),
            ended: Ended {
                endpoint: record.endpoint,
                status: ending.status,
                seconds: record.elapsed_ms() / 1000.0,
                input_tokens: record.usage.input_tokens,
                output_tokens: record.usage.output_tokens,
                cost_usd: record.cost().dollars(),
                is_blocked: ending.label == "blocked",
            },
            statements: Vec::new(),
            at: record.created_at,
        }
    }
}

impl Entry {
    /// A row about the log itself.
    fn own(endpoint: &'static str, change: Value) -> Self {
        let record = Recorder::open(endpoint, Time::now()).with(|record| {
            record.change = Some(change);
            record.clone()
        });
        Self::of(&record, None, Ending { status: 200, label: "completed" })
    }

    /// A row about an act that was done at the machine itself, by nobody's key, with what it stores.
    pub(crate) fn at_the_machine<T>(endpoint: &'static str, team: &str, act: Act<T>) -> (Self, T) {
        let Act { answer, statements, change, .. } = act;
        let entry = Self::own(endpoint, change.unwrap_or_default());
        (Self { team: team.to_owned(), statements, ..entry }, answer)
    }

    /// What the hash of its row covers.
    fn link(&self, seq: i64) -> Link<'_> {
        let columns = [
            &self.team,
            self.key_id.as_deref().unwrap_or_default(),
            self.user.as_deref().unwrap_or_default(),
            self.endpoint,
            self.decision,
        ];
        Link { seq, at: self.at, trace_id: &self.trace_id, columns, entry: &self.body }
    }

    /// The same with statements that are stored with the row, or not at all.
    pub(crate) fn with(self, statements: Vec<Statement>) -> Self {
        Self { statements, ..self }
    }

    /// Adds what stores its row after the last one, in whose place it comes. Its texts are shared, not copied: the entry is
    /// kept until the row is stored.
    fn append(&self, batch: &mut Vec<Statement>, last: &mut Head) {
        let seq = last.0 + 1;
        let next = self.link(seq).hash(&last.1);
        let prev = mem::replace(last, (seq, next.clone())).1;
        batch.push(trace::sql::insert(seq, &self.team, Arc::clone(&self.trace)));
        batch.push(sql::insert(seq, self, prev, next));
        batch.extend_from_slice(&self.statements);
    }

    /// Makes it the row of a call that was told that its row can't be written: that is how it ended.
    fn fail(&mut self) {
        let put = |text: &mut Arc<str>, fields: &[(&str, Value)]| {
            let mut object: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
            object.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            *text = Value::Object(object).to_string().into();
        };
        put(&mut self.body, &[("status", UNANSWERED.into()), ("outcome", "failed".into())]);
        put(&mut self.trace, &[("status", "failed".into())]);
        self.status = UNANSWERED;
    }
}
