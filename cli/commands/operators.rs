//! `katonic operators`: tokens of the admin API.

use crate::args::TeamPageArgs;
use crate::commands::daemon::configuration;
use crate::failure::{Answer, Exit, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use ::daemon::issue_operator_token;
use clap::{Args, Subcommand};
use contract::admin::{CreateOperator, ListOperators, RevokeOperator};
use contract::duration::Span;
use contract::time::Time;
use contract::wire::admin::{CreateOperatorRequest, OperatorPath};
use serde_json::json;
use tokio::task::spawn_blocking;

/// Operators' tokens.
#[derive(Debug, Args)]
pub(crate) struct Operators {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List tokens
    List(TeamPageArgs),
    /// Create a token; it is shown this once
    Create {
        /// What to call it
        name: String,
        /// Its role: operator, super_admin, org_admin, auditor
        #[arg(long, default_value = "operator")]
        role: String,
        /// Its team
        #[arg(long)]
        team: Option<String>,
        /// After how long it ends by itself, such as 90d
        #[arg(long, value_name = "DURATION")]
        expires: Option<Span>,
    },
    /// Make the first token, in this home's own store, while no daemon runs; it is shown this once
    First {
        /// What to call it
        #[arg(default_value = "first")]
        name: String,
    },
    /// Revoke a token: it stops working at once
    Revoke {
        /// The token's id
        id: String,
    },
}

pub(super) async fn run(session: &Session, operators: Operators) -> Result<Answer, Failure> {
    if let Command::First { name } = operators.command {
        return first(session, name).await;
    }
    let client = session.client()?;
    match operators.command {
        Command::List(args) => {
            let page = client.call::<ListOperators>(&args.into()).await?;
            session.output.either(&page, || {
                let rows = page.data.iter().map(|operator| {
                    let expires = or_dash(operator.expires_at);
                    let created = operator.created_at.to_string();
                    let [id, name] = [&operator.id, &operator.name].map(String::clone);
                    [id, name, operator.role.clone(), operator.status.clone(), expires, created]
                });
                table(["id", "name", "role", "status", "expires", "created"], rows)
            })?;
            session.output.more(page.next.as_deref());
        }
        Command::Create { name, role, team, expires } => {
            let expires_at = expires.map(|span| Time(Time::now().0.saturating_add(span.millis())));
            let request = CreateOperatorRequest { name, role, team, expires_at };
            let operator = client.call::<CreateOperator>(&request).await?;
            session.output.either(&operator, || operator.secret.clone().unwrap_or_default())?;
            session.output.note("The token is shown this once. Keep it where secrets are kept.");
        }
        // It needs no daemon.
        Command::First { .. } => {}
        Command::Revoke { id } => {
            client.call::<RevokeOperator>(&OperatorPath { operator_id: id.clone() }).await?;
            session.output.either(&json!({"id": id, "revoked": true}), || format!("{id} is revoked."))?;
        }
    }
    Ok(Answer::Yes)
}

/// A daemon that nobody has a token of can't be asked for one.
async fn first(session: &Session, name: String) -> Result<Answer, Failure> {
    let config = configuration(session)?;
    let called = name.clone();
    let issued = spawn_blocking(move || issue_operator_token(&config, &called)).await;
    let failed = |why: String| {
        Failure::new(Exit::Unavailable, why)
            .hint("Stop the daemon first (katonic daemon stop), and run this as its user.")
    };
    let token =
        issued.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
    let value = json!({"name": name, "secret": token.expose()});
    session.output.either(&value, || token.expose().to_owned())?;
    session
        .output
        .note("The token is shown this once: keep it by `katonic login --url http://127.0.0.1:8320`.");
    Ok(Answer::Yes)
}
