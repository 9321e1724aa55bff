//! How long what calls leave is kept, and copies of the store.

use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long audit rows and traces are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Retention {
    /// Always `retention`.
    pub object: String,
    /// Days that rows of the audit log are kept.
    pub audit_days: u32,
    /// Days that traces are kept, as long as their rows at most.
    pub trace_days: u32,
    /// Who said so: `configuration` or `operator`.
    pub set_by: String,
}

/// `PATCH /admin/v1/retention`: what isn't named stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRetentionRequest {
    /// Days that rows of the audit log are kept: 1 to 3660. What is older goes within the hour, up to a checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3660))]
    pub audit_days: Option<u32>,
    /// Days that traces are kept: as long as their rows at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3660))]
    pub trace_days: Option<u32>,
}

/// How the daemon does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// Always `health`.
    pub object: String,
    /// `ok`, or `degraded` where a check fails.
    pub status: String,
    /// The daemon's version.
    pub version: String,
    /// The store, the audit log, and of the caller's team the providers and the sources of documents.
    pub checks: Vec<HealthCheck>,
}

/// How one part does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HealthCheck {
    /// The part.
    pub name: String,
    /// Whether it works.
    pub ok: bool,
    /// In words.
    pub detail: String,
}

/// A copy of the store. With it belong `pepper`, `audit-key` and, unless it is kept elsewhere, `master-key` of the data
/// directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Backup {
    /// Always `backup`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// Where it is on the daemon's machine.
    pub file: String,
    /// How large it is.
    pub bytes: u64,
    /// When it was made.
    pub created_at: Time,
}

/// A backup by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BackupPath {
    /// The backup.
    pub backup_id: String,
}
