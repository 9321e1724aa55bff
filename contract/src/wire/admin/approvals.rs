//! Approvals of tools' calls, and tickets that were opened.

use crate::time::Time;
use crate::wire::Object;
use crate::wire::page::ListQuery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The policy of tools in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolPolicy {
    /// Always `tool_policy`.
    pub object: String,
    /// The file that it stands in; none where the defaults by risk decide.
    pub file: Option<String>,
    /// The SHA-256 of its text.
    pub version: String,
    /// The text.
    pub text: String,
}

/// How an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    /// It waits for a person.
    Pending,
    /// The call may be made, once.
    Approved,
    /// It may not.
    Denied,
    /// The call was made.
    Used,
    /// Nobody decided, or nobody made the call, in time.
    Expired,
}

impl ApprovalStatus {
    /// Its name, as the store has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Used => "used",
            Self::Expired => "expired",
        }
    }
}

/// A tool's call that a person is to decide on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Approval {
    /// Always `approval`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// The team whose call it is.
    pub team: String,
    /// How it stands.
    pub status: ApprovalStatus,
    /// The tool.
    pub tool: String,
    /// What it is called with, without personal data and secrets.
    pub arguments: Object,
    /// The agent that calls it, if one does.
    pub agent: Option<String>,
    /// Which rule wants a person to decide.
    pub rule: String,
    /// Who asks: the acting user, else the key.
    pub asked_by: String,
    /// The call that asked first.
    pub trace_id: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Why, in their words.
    pub reason: Option<String>,
    /// When it was asked.
    pub created_at: Time,
    /// Until when it may be decided, and the call be made.
    pub expires_at: Time,
}

/// `GET /admin/v1/approvals`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListApprovalsQuery {
    /// The page.
    #[serde(flatten)]
    pub page: ListQuery,
    /// Of which team; the operator's own by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Only those that stand so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ApprovalStatus>,
}

/// `POST /admin/v1/approvals/{approval_id}/approve`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveRequest {
    /// The approval.
    pub approval_id: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /admin/v1/approvals/{approval_id}/deny`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DenyRequest {
    /// The approval.
    pub approval_id: String,
    /// Why: who asked is told.
    pub reason: String,
}
