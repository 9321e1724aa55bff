//! Conversations kept by the daemon.

use super::Object;
use super::chat::Citation;
use super::page::ListQuery;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// `POST /sessions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"agent_id": "hr-assistant", "title": "Leave"}))]
pub struct CreateSessionRequest {
    /// The agent to talk to.
    #[schemars(example = &"hr-assistant")]
    pub agent_id: String,
    /// What to call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Kept with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Object>,
}

/// A session by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionPath {
    /// The session.
    #[schemars(example = &"ses_01m8ckn3ghe26t63gpkartzckr")]
    pub session_id: String,
    /// The page of its messages.
    #[serde(flatten)]
    pub page: ListQuery,
}

/// A session that is to go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeleteSessionPath {
    /// The session.
    #[schemars(example = &"ses_01m8ckn3ghe26t63gpkartzckr")]
    pub session_id: String,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// Always `session`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent_id: String,
    /// Whose it is.
    #[schemars(example = &"sarah@example.org")]
    pub user: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// How many messages it holds.
    pub messages: u64,
    /// When it was opened.
    pub created_at: Time,
}

/// A conversation with a page of its messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionDetail {
    /// The conversation.
    #[serde(flatten)]
    pub session: Session,
    /// Its messages, the oldest first.
    pub data: Vec<SessionMessage>,
    /// Whether there are more.
    pub has_more: bool,
    /// What to send as `after` for the next page.
    #[schemars(example = &"42")]
    pub next: Option<String>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionMessage {
    /// Always `session.message`.
    pub object: String,
    /// `user` or `assistant`.
    pub role: String,
    /// What was said.
    pub content: String,
    /// Where its claims come from.
    pub citations: Vec<Citation>,
    /// The call it was part of.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// When.
    pub at: Time,
}
