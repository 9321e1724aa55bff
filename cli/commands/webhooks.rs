//! `katonic webhooks`: who is told of events, and what came of it.

use crate::args::{PageArgs, TeamPageArgs};
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::{CreateWebhook, DeleteWebhook, ListDeliveries, ListWebhooks, ResendDelivery};
use contract::wire::admin::{
    CreateWebhookRequest, Delivery, DeliveryPath, ListDeliveriesQuery, Webhook, WebhookPath,
};
use serde_json::json;

/// Who is told of events, such as a budget nearly spent.
#[derive(Debug, Args)]
pub(crate) struct Webhooks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List webhooks
    List(TeamPageArgs),
    /// Add a webhook; what signs its events is shown this once
    Create {
        /// Where events are sent: http or https
        #[arg(value_name = "URL")]
        address: String,
        /// Only these events, such as budget.threshold
        #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
        events: Vec<String>,
        /// For another team than your own
        #[arg(long)]
        team: Option<String>,
    },
    /// Remove a webhook, and what was to be sent to it
    Delete {
        /// The webhook's id
        id: String,
    },
    /// List what was sent to a webhook, the newest first
    Deliveries {
        /// The webhook's id
        id: String,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Send an event again
    Resend {
        /// The webhook's id
        id: String,
        /// The delivery's id
        delivery: String,
    },
}

pub(super) async fn run(session: &Session, webhooks: Webhooks) -> Result<Answer, Failure> {
    let client = session.client()?;
    match webhooks.command {
        Command::List(args) => {
            let page = client.call::<ListWebhooks>(&args.into()).await?;
            session.output.either(&page, || shown(&page.data))?;
            session.output.more(page.next.as_deref());
        }
        Command::Create { address, events, team } => {
            let request = CreateWebhookRequest { url: address, team, events };
            let webhook = client.call::<CreateWebhook>(&request).await?;
            session.output.either(&webhook, || {
                format!("{}\n{}", webhook.id, webhook.secret.as_deref().unwrap_or_default())
            })?;
            session.output.note("The secret signs every event, and is shown this once.");
        }
        Command::Delete { id } => {
            client.call::<DeleteWebhook>(&WebhookPath { webhook_id: id.clone() }).await?;
            session.output.either(&json!({"id": id, "deleted": true}), || format!("{id} is deleted."))?;
        }
        Command::Deliveries { id, page } => {
            let query = ListDeliveriesQuery { page: page.into(), webhook_id: id };
            let page = client.call::<ListDeliveries>(&query).await?;
            session.output.either(&page, || sent(&page.data))?;
            session.output.more(page.next.as_deref());
        }
        Command::Resend { id, delivery } => {
            let path = DeliveryPath { webhook_id: id, delivery_id: delivery };
            let delivery = client.call::<ResendDelivery>(&path).await?;
            session.output.either(&delivery, || format!("{} is sent again.", delivery.id))?;
        }
    }
    Ok(Answer::Yes)
}

fn shown(webhooks: &[Webhook]) -> String {
    let rows = webhooks.iter().map(|webhook| {
        let events = if webhook.events.is_empty() { "all".to_owned() } else { webhook.events.join(" ") };
        [webhook.id.clone(), webhook.url.clone(), events, webhook.created_at.to_string()]
    });
    table(["id", "url", "events", "created"], rows)
}

fn sent(deliveries: &[Delivery]) -> String {
    let rows = deliveries.iter().map(|delivery| {
        [
            delivery.id.clone(),
            delivery.event.clone(),
            delivery.status.clone(),
            delivery.attempts.to_string(),
            or_dash(delivery.last_answer.as_ref()),
            or_dash(delivery.next_attempt_at),
            delivery.created_at.to_string(),
        ]
    });
    table(["id", "event", "status", "attempts", "answer", "next attempt", "created"], rows)
}
