//! Webhooks: events to those who listen, signed, tried again, and kept in a log (Standard Webhooks 1.0).

mod deliver;
mod sql;

pub(crate) use deliver::run;

use crate::act::Act;
use crate::error::Error;
use crate::gate::budget::Crossed;
use crate::master::MasterKey;
use crate::store::{Db, Statement};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::id;
use contract::time::Time;
use contract::version::{hex, unhex};
use contract::wire::admin::{Approval, CreateWebhookRequest, Delivery, Webhook};
use contract::wire::page::{DEFAULT_LIMIT, ListQuery, Page};
use contract::wire::tools::Ticket;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Notify;

/// The events there are.
const EVENTS: [&str; 5] =
    ["budget.threshold", "approval.required", "ticket.created", "canary.rolled_back", "quality.drifted"];

/// The handle to the webhooks of all teams.
#[derive(Clone, Debug)]
pub(crate) struct Webhooks {
    db: Db,
    master: MasterKey,
    due: Arc<Notify>,
}

impl Webhooks {
    /// Over a store.
    pub(crate) fn new(db: Db, master: MasterKey) -> Self {
        Self { db, master, due: Arc::default() }
    }

    /// Something may be due now.
    pub(crate) fn wake(&self) {
        self.due.notify_one();
    }

    /// Writes that so much of a budget is spent to all who listen.
    pub(crate) fn budget_crossed(&self, crossed: &Crossed) -> Statement {
        let body = json!({
            "type": "budget.threshold",
            "timestamp": Time::now(),
            "data": {"percent": crossed.percent, "budget": crossed.budget},
        });
        sql::tell(&id::new("evt"), &crossed.budget.team, "budget.threshold", &body, Time::now().0)
    }

    /// Tells all who listen that a tool's call waits for a person.
    pub(crate) fn approval_required(&self, approval: &Approval) -> Statement {
        let body = json!({"type": "approval.required", "timestamp": approval.created_at, "data": {"approval": approval}});
        sql::tell(&id::new("evt"), &approval.team, "approval.required", &body, Time::now().0)
    }

    /// Tells all who listen that a canary did worse than what is live, and is no longer.
    pub(crate) fn canary_rolled_back(&self, team: &str, told: &Value) -> Statement {
        let body = json!({"type": "canary.rolled_back", "timestamp": Time::now(), "data": told});
        sql::tell(&id::new("evt"), team, "canary.rolled_back", &body, Time::now().0)
    }

    /// Tells all who listen that the answers of an agent have changed.
    pub(crate) fn quality_drifted(&self, team: &str, told: &Value) -> Statement {
        let body = json!({"type": "quality.drifted", "timestamp": Time::now(), "data": told});
        sql::tell(&id::new("evt"), team, "quality.drifted", &body, Time::now().0)
    }

    /// Hands a ticket over to all who listen.
    pub(crate) fn ticket_created(&self, ticket: &Ticket) -> Statement {
        let body =
            json!({"type": "ticket.created", "timestamp": ticket.created_at, "data": {"ticket": ticket}});
        sql::tell(&id::new("evt"), &ticket.team, "ticket.created", &body, Time::now().0)
    }

    /// The webhooks of a team.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn list(&self, team: &str) -> Result<Vec<Webhook>, Error> {
        sql::list(&self.db, team).await
    }

    /// Adds a webhook; the answer holds what signs its events, this once.
    ///
    /// # Errors
    /// If its address or an event is none.
    pub(crate) fn create(&self, team: &str, request: CreateWebhookRequest) -> Result<Act<Webhook>, Error> {
        if read(&request.url).is_none() {
            return Err(Error::invalid("url", "The address begins with http:// or https://."));
        }
        if let Some(unknown) = request.events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
            let message = format!("There is no event `{unknown}`. The events are {}.", EVENTS.join(", "));
            return Err(Error::invalid("events", message));
        }
        let secret: [u8; 24] = rand::random();
        let secret = format!("whsec_{}", STANDARD.encode(secret));
        let webhook = Webhook {
            object: "webhook".into(),
            id: id::new("whk"),
            team: team.to_owned(),
            url: request.url,
            events: request.events,
            created_at: Time::now(),
            secret: Some(secret.clone()),
        };
        let sealed = hex(&self.master.seal(&place(&webhook.id), &secret)?);
        let insert = sql::insert(&webhook, &sealed)?;
        let webhook = Webhook { url: shown(&webhook.url), ..webhook };
        Ok(Act::new(webhook.clone(), vec![insert]).changing((), webhook))
    }

    /// Removes a webhook, with what was to be sent to it.
    ///
    /// # Errors
    /// If the team has none of this id.
    pub(crate) async fn delete(&self, team: &str, id: &str) -> Result<Act<()>, Error> {
        let webhook = self.find(team, id).await?;
        Ok(Act::new((), vec![sql::delete(id)]).changing(webhook, ()))
    }

    async fn find(&self, team: &str, id: &str) -> Result<Webhook, Error> {
        let found = sql::list(&self.db, team).await?.into_iter().find(|webhook| webhook.id == id);
        found.ok_or_else(|| Error::not_found("webhook", id))
    }

    /// A page of what was sent to a webhook, the newest first.
    ///
    /// # Errors
    /// If the team has none of this id.
    pub(crate) async fn deliveries(
        &self,
        team: &str,
        id: &str,
        page: &ListQuery,
    ) -> Result<Page<Delivery>, Error> {
        self.find(team, id).await?;
        let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
        let rows = sql::deliveries(&self.db, id, page.after.as_deref(), limit + 1).await?;
        Ok(Page::of(rows, limit, |delivery| delivery.id.clone()))
    }

    /// Sends an event again, as soon as may be.
    ///
    /// # Errors
    /// If the team has no such webhook, or it no such delivery.
    pub(crate) async fn resend(&self, team: &str, id: &str, delivery: &str) -> Result<Act<Delivery>, Error> {
        self.find(team, id).await?;
        let sent = sql::delivery(&self.db, id, delivery).await?;
        let sent = sent.ok_or_else(|| Error::not_found("delivery", delivery))?;
        let now = Time::now();
        let (due, webhooks) = (sql::resend(id, delivery, now.0), self.clone());
        let again = Delivery { status: "pending".into(), attempts: 0, next_attempt_at: Some(now), ..sent };
        let noted = json!({"webhook_id": id, "delivery_id": delivery});
        Ok(Act::new(again, vec![due]).changing((), noted).then(move || webhooks.wake()))
    }

    fn open(&self, webhook: &str, sealed: &str) -> Option<SecretString> {
        let secret = self.master.open(&place(webhook), &unhex(sealed)?)?;
        let bytes = STANDARD.decode(secret.expose_secret().strip_prefix("whsec_")?).ok()?;
        Some(SecretString::from(hex(&bytes)))
    }
}

fn read(url: &str) -> Option<Url> {
    Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// An address as people and the log see it: who has the whole of it may post there, as to a chat's incoming webhook.
fn shown(url: &str) -> String {
    let Some(url) = read(url) else { return "…".into() };
    let origin = url.origin().ascii_serialization();
    let is_bare = url.path() == "/" && url.query().is_none() && url.username().is_empty();
    if is_bare { origin } else { format!("{origin}/…") }
}

fn place(webhook: &str) -> String {
    format!("webhook\0{webhook}")
}
