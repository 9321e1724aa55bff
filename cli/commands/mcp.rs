//! `katonic mcp`: the daemon's own MCP server for clients that start a program and speak on its standard input and output.
//! Messages are passed on, and answers back, each as soon as it comes.

use crate::client::Client;
use crate::failure::{Answer, Exit, Failure};
use crate::session::Session;
use clap::Args;
use futures::future::AbortHandle;
use futures::stream::{Abortable, FuturesUnordered};
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use std::collections::HashMap;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, stdin};

/// Longest message, in bytes.
const LONGEST: u64 = 4 << 20;

/// Messages that are under way at the same time; past that, no more are read.
const MOST: usize = 32;

/// JSON-RPC's codes (its specification, section 5.1): what isn't JSON, and what failed inside.
const PARSE_ERROR: i64 = -32_700;
const INTERNAL_ERROR: i64 = -32_603;

/// An MCP server on standard input and output
#[derive(Debug, Args)]
pub(crate) struct Mcp {
    /// Offer only these agents; those that the key may list and that are live in prod, without it
    #[arg(long = "agent", value_name = "AGENT", value_delimiter = ',')]
    agents: Vec<String>,
}

pub(super) async fn run(session: &Session, mcp: Mcp) -> Result<Answer, Failure> {
    let client = session.client_for_person()?;
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Unavailable, format!("The client can't be served: {error}."))
    };
    let mut input = BufReader::new(stdin());
    let (mut under_way, mut stops) = (FuturesUnordered::new(), HashMap::new());
    // Kept over turns: an answer that comes first leaves a line half read.
    let (mut line, mut is_open) = (Vec::new(), true);
    while is_open || !under_way.is_empty() {
        let mut rest = (&mut input).take(LONGEST.saturating_sub(line.len() as u64));
        tokio::select! {
            read = rest.read_until(b'\n', &mut line), if is_open && under_way.len() < MOST => {
                is_open = read.map_err(failed)? > 0;
                if line.len() as u64 >= LONGEST {
                    return Err(Failure::usage(format!("A message has {LONGEST} bytes at most.")));
                }
                if line.is_empty() {
                    continue;
                }
                let message: Result<Value, _> = serde_json::from_slice(&std::mem::take(&mut line));
                let Ok(message) = message else {
                    say(session, &error(&Value::Null, PARSE_ERROR, "The line is no JSON."))?;
                    continue;
                };
                if let Some(stop) = cancelled(&message).and_then(|id| stops.remove(&id)) {
                    AbortHandle::abort(&stop);
                    continue;
                }
                let id = message["id"].clone();
                let (stop, registration) = AbortHandle::new_pair();
                stops.insert(id.to_string(), stop);
                let answer = pass_on(&client, &mcp.agents, message);
                under_way.push(Abortable::new(answer, registration).map(move |answer| (id, answer)));
            }
            Some((id, answer)) = under_way.next() => {
                stops.remove(&id.to_string());
                for answer in answer.unwrap_or_default() {
                    say(session, &answer)?;
                }
            }
        }
    }
    Ok(Answer::Yes)
}

fn say(session: &Session, message: &Value) -> Result<(), Failure> {
    session.output.piece(&format!("{message}\n"))
}

/// The call that a message takes back: the daemon sees that when nobody waits for its answer.
fn cancelled(message: &Value) -> Option<String> {
    (message["method"] == "notifications/cancelled").then(|| message["params"]["requestId"].to_string())
}

/// What the daemon answers to a message; nothing where it wants no answer.
async fn pass_on(client: &Client, agents: &[String], message: Value) -> Vec<Value> {
    let id = message.get("id").filter(|id| !id.is_null());
    match client.mcp(agents, &message).await {
        Ok(answers) => answers,
        Err(failure) => id.map(|id| error(id, INTERNAL_ERROR, &failure.message)).into_iter().collect(),
    }
}

fn error(id: &Value, code: i64, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}
