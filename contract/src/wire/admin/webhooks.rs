//! Webhooks: who is told of what, and what came of it.

use crate::time::Time;
use crate::wire::page::ListQuery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// `POST /admin/v1/webhooks`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhookRequest {
    /// Where events are sent: http or https.
    pub url: String,
    /// The team whose events they are; the operator's own by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Which events, such as `budget.threshold`; all by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
}

/// A webhook by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookPath {
    /// The webhook.
    pub webhook_id: String,
}

/// `GET /admin/v1/webhooks/{webhook_id}/deliveries`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListDeliveriesQuery {
    /// The page.
    #[serde(flatten)]
    pub page: ListQuery,
    /// The webhook.
    pub webhook_id: String,
}

/// `POST /admin/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryPath {
    /// The webhook.
    pub webhook_id: String,
    /// The delivery.
    pub delivery_id: String,
}

/// A webhook. Each event is a POST whose `webhook-signature` header is `v1,` and the base64 of HMAC-SHA-256 over
/// `webhook-id`, `webhook-timestamp` and the body, joined by dots (Standard Webhooks 1.0).
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Webhook {
    /// Always `webhook`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// The team whose events they are.
    pub team: String,
    /// Where they are sent, but for path and query: these may hold a token.
    pub url: String,
    /// Which events; all where the list is empty.
    pub events: Vec<String>,
    /// When it was created.
    pub created_at: Time,
    /// What signs the events, `whsec_` and base64: only in the answer that created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhook({}, {})", self.id, self.url)
    }
}

/// One event on its way to one webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// Always `webhook.delivery`.
    pub object: String,
    /// Its id: the `webhook-id` header, the same at every attempt.
    pub id: String,
    /// The webhook.
    pub webhook_id: String,
    /// The event's name.
    pub event: String,
    /// What is sent.
    pub body: Value,
    /// `pending`, `delivered` or `failed`.
    pub status: String,
    /// Attempts so far.
    pub attempts: u32,
    /// What the last attempt was answered: a status, or why there was none.
    pub last_answer: Option<String>,
    /// When the next attempt is due.
    pub next_attempt_at: Option<Time>,
    /// When the event happened.
    pub created_at: Time,
}
