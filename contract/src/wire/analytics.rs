//! Traces and the audit log.

use super::flywheel::Feedback;
use super::page::{Page, flag, limit};
use crate::money::Usd;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A trace by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TracePath {
    /// The trace.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
}

/// Everything one call did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// Always `trace`.
    pub object: String,
    /// Its id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// The HTTP status it ended with, or `completed`, `blocked`, `cancelled`, `failed`.
    pub status: String,
    /// What was asked: endpoint, agent, environment.
    pub request: Value,
    /// The key, as it is shown.
    pub key: Option<String>,
    /// The acting user.
    #[schemars(example = &"sarah@example.org")]
    pub user: Option<String>,
    /// The team.
    #[schemars(example = &"default")]
    pub team: String,
    /// The stages, in order.
    pub spans: Vec<Span>,
    /// What let it through or stopped it.
    pub policy: Value,
    /// What was retrieved.
    pub retrieval: Value,
    /// What was called.
    pub tools: Value,
    /// What the rails found.
    pub guardrails: Value,
    /// The model that ran.
    #[schemars(example = &"katonic/extractive")]
    pub model: Option<String>,
    /// What it used.
    pub usage: Value,
    /// What was asked and answered, redacted, where the daemon keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Value>,
    /// The audit row.
    pub audit_seq: Option<i64>,
    /// What people said of it.
    pub feedback: Vec<Feedback>,
    /// When it began.
    pub created_at: Time,
}

/// One stage of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// Microseconds from the call's start.
    #[schemars(example = 1846)]
    pub start_us: u64,
    /// Microseconds it took.
    #[schemars(example = 14377)]
    pub duration_us: u64,
    /// Figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Value>,
}

/// `GET /analytics/audit`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAuditQuery {
    /// Rows of the page: 1 to 200, 50 by default.
    #[serde(default, deserialize_with = "limit", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 200))]
    #[schemars(example = 50)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"42")]
    pub after: Option<String>,
    /// From this time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// Up to this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Time>,
    /// Only of this key or operator's token, by its id or name, or a key by its secret as it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Only of this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"sarah@example.org")]
    pub user: Option<String>,
    /// Only of this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"default")]
    pub team: Option<String>,
    /// Only of this endpoint's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Chat")]
    pub endpoint: Option<String>,
    /// Only of this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: Option<String>,
    /// Only of this decision: `allowed` or `denied`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"allowed")]
    pub decision: Option<String>,
    /// Also verify the chain.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "std::ops::Not::not")]
    pub verify: bool,
    /// Also give the text of each row that its hash covers, so that it can be verified elsewhere.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "std::ops::Not::not")]
    pub raw: bool,
}

/// One row of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditRow {
    /// Always `audit.row`.
    pub object: String,
    /// Its number, from 1 without a gap.
    pub seq: i64,
    /// When.
    pub at: Time,
    /// The call.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// The key's id.
    #[schemars(example = &"key_01m8ckn3ghe26t63gpkartzckr")]
    pub key_id: Option<String>,
    /// Which secret of the key, from 1.
    pub key_generation: Option<i64>,
    /// The session of the Developer Hub that the call came by, in place of the operator's token itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub_session: Option<String>,
    /// The acting user.
    #[schemars(example = &"sarah@example.org")]
    pub user: Option<String>,
    /// The team.
    #[schemars(example = &"default")]
    pub team: Option<String>,
    /// The endpoint's name.
    #[schemars(example = &"Chat")]
    pub endpoint: String,
    /// `allowed`, or `denied` where the gate, a limit, a budget or a rail stopped it.
    #[schemars(example = &"allowed")]
    pub decision: String,
    /// What each stage decided. The one that refused says by what: `rate_limit_exceeded by rate:minute`,
    /// `insufficient_quota by budget:team/acme/day`, `blocked by rail:pii`.
    pub stages: Value,
    /// What an admin act changed: before and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Value>,
    /// The model that ran.
    #[schemars(example = &"katonic/extractive")]
    pub model: Option<String>,
    /// Tokens.
    pub usage: Value,
    /// Dollars.
    pub cost_usd: Usd,
    /// The rails, such as `8/8 pass`.
    #[schemars(example = &"8/8 pass")]
    pub guardrails: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// Milliseconds it took.
    #[schemars(example = 812.4)]
    pub latency_ms: f64,
    /// The SHA-256 over this row and the hash before.
    #[schemars(example = &"8ee367314897956c3c6203870413a07682141a6598ce383a1c77bf5a45968bce")]
    pub hash: String,
    /// The hash of the row before.
    pub prev: String,
    /// The text that the hash covers beside the columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
}

/// A page of the audit log, with the chain where it was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditPage {
    /// The rows.
    #[serde(flatten)]
    pub page: Page<AuditRow>,
    /// Whether the chain holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<Chain>,
}

/// A signed head of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Checkpoint {
    /// Always `audit.checkpoint`.
    pub object: String,
    /// The row whose hash it bears.
    pub seq: i64,
    /// That hash.
    #[schemars(example = &"8ee367314897956c3c6203870413a07682141a6598ce383a1c77bf5a45968bce")]
    pub hash: String,
    /// When it was signed.
    pub at: Time,
    /// The Ed25519 signature, in hex.
    pub signature: String,
    /// The public key, in hex.
    pub public_key: String,
}

/// Whether the chain of hashes holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Chain {
    /// Whether every row holds the hash of the one before.
    pub ok: bool,
    /// Rows checked.
    pub checked: u64,
    /// The first row that doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_break: Option<i64>,
    /// Why it doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Ends of the log that were lost or written anew while no daemon ran.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
    /// Where the log went on with a new key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<NewKey>,
    /// The first row that is kept; what retention removed before it is proven by a checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<i64>,
    /// Signed checkpoints that agree with their rows.
    #[serde(default)]
    pub checkpoints: u64,
    /// Whose signatures they bear, in hex.
    #[serde(default)]
    pub public_key: String,
}

/// A row from which on the log is signed with a new key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NewKey {
    /// The row that says so.
    pub row: i64,
    /// The public key before, in hex, which signed the new one; none where it was lost, so that what stands before is
    /// proven by nobody.
    pub before: Option<String>,
    /// The new public key, in hex.
    #[schemars(example = &"42")]
    pub after: String,
}

/// An end of the log that a start did not find as the daemon had left it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Loss {
    /// The row that says so.
    pub row: i64,
    /// The last row that had been written.
    pub written: i64,
    /// The last row that was found.
    pub found: i64,
}

/// `GET /admin/v1/audit/export`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportAuditQuery {
    /// From this time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// Up to this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Time>,
}

/// The last line of an export, which signs all before it: without it, the file is not whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportEnd {
    /// Always `audit.end`.
    pub object: String,
    /// How many rows there were.
    pub rows: u64,
    /// Whether they are a part of the log: of a time, or of one team.
    pub is_part: bool,
    /// The SHA-256 over all lines before, in hex.
    pub digest: String,
    /// When it was signed.
    pub at: Time,
    /// The Ed25519 signature, in hex.
    pub signature: String,
    /// The public key, in hex.
    pub public_key: String,
}

/// `GET /admin/v1/logs`: the calls to follow, or a page of the newest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TailLogsQuery {
    /// Rows of the page: 1 to 200, 50 by default.
    #[serde(default, deserialize_with = "limit", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 200))]
    #[schemars(example = 50)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"42")]
    pub after: Option<String>,
    /// Only of this key or operator's token, by its id or name, or a key by its secret as it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Only of this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"sarah@example.org")]
    pub user: Option<String>,
    /// Only of this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"default")]
    pub team: Option<String>,
    /// Only of this endpoint's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Chat")]
    pub endpoint: Option<String>,
    /// Only of this decision: `allowed` or `denied`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"allowed")]
    pub decision: Option<String>,
}
