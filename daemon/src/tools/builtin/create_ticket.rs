//! `create_ticket`: hands something over to people. The ticket stays in the store, and those who listen to `ticket.created`
//! are told.

use super::super::{Bringing, Done, Tool, Wanted, sql};
use contract::id;
use contract::wire::tools::Ticket;
use futures::FutureExt;
use serde_json::{Value, json};

pub(super) struct CreateTicket;

impl Tool for CreateTicket {
    fn name(&self) -> &str {
        "create_ticket"
    }

    fn description(&self) -> &str {
        "Opens a ticket for people to look at, with a title, a description and a priority."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "title": {"type": "string", "minLength": 1, "maxLength": 200, "description": "What it is about, in a line"},
                "description": {"type": "string", "maxLength": 10000, "description": "All that who looks at it needs to know"},
                "priority": {"enum": ["low", "normal", "high"], "description": "normal by default"},
            },
            "required": ["title"],
            "additionalProperties": false,
        })
    }

    fn call<'a>(&'a self, wanted: Wanted<'a>) -> Bringing<'a> {
        let (context, text) = (wanted.context, |name| wanted.text(name).to_owned());
        let priority = Some(text("priority")).filter(|priority| !priority.is_empty());
        let ticket = Ticket {
            object: "ticket".into(),
            id: id::new("tkt"),
            team: context.caller.team.clone(),
            title: text("title"),
            description: text("description"),
            priority: priority.unwrap_or_else(|| "normal".into()),
            opened_by: context.caller.name(),
            agent: wanted.agent.map(|agent| agent.metadata.id.clone()),
            trace_id: context.trace_id(),
            created_at: wanted.app.books.clock.now(),
        };
        let result = json!({"ticket_id": ticket.id});
        let done = sql::insert_ticket(&ticket).map_err(|error| error.message).map(|insert| Done {
            result,
            statements: vec![insert, wanted.app.books.webhooks.ticket_created(&ticket)],
        });
        async { done }.boxed()
    }
}
