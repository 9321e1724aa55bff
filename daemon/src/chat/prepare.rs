//! What must stand before an answer begins: the agent, the right to talk to it, the conversation, the model.

use crate::agents::{self, Deployed};
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::providers::Route;
use crate::sessions;
use contract::agent::ENVIRONMENTS;
use contract::wire::chat::{ChatRequest, Message};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most messages of one request.
const MOST_MESSAGES: usize = 500;

/// A question that can be answered.
pub(crate) struct Asked {
    /// The agent's version.
    pub(crate) agent: Deployed,
    /// The conversation; the last message is the user's.
    pub(crate) messages: Vec<Message>,
    /// The conversation kept by the daemon.
    pub(crate) session_id: Option<String>,
    /// Where its model is.
    pub(crate) route: Route,
    /// `test` or `prod`.
    pub(crate) environment: String,
    /// Whether the answer waits where a tool's call needs approval: where the client is told, as it streams.
    pub(crate) waits_for_approval: bool,
    /// Whether it is asked to see what the agent would do: then tools change nothing.
    pub(crate) is_trial: bool,
    /// What tools bring in a trial, in place of being called.
    pub(crate) mocks: BTreeMap<String, Value>,
}

/// Makes a request ready to be answered.
///
/// # Errors
/// If there is no such agent for this caller, the conversation is malformed, or no provider serves the model.
pub(crate) async fn prepare(app: &App, context: &Context, request: &ChatRequest) -> Result<Asked, Error> {
    let environment = request.environment.as_deref().unwrap_or("prod");
    if !ENVIRONMENTS.contains(&environment) {
        return Err(Error::invalid("environment", "The environment is `test` or `prod`."));
    }
    let (caller, id) = (&context.caller, &request.agent_id);
    // A conversation stays with its version as long as a canary lasts, and so does a user; else each call draws.
    let subject = request.session_id.clone().or_else(|| caller.user.clone());
    let subject = subject.unwrap_or_else(|| context.trace_id());
    let (agent, lane) = agents::drawn(&app.db, caller, (id, environment), &subject).await?;
    if let Some(lane) = &lane {
        let side = if lane.is_canary { "canary" } else { "live" };
        context.recorder.request("canary", json!({"promotion_id": lane.promotion_id, "side": side}));
    }
    context.recorder.with(|record| record.lane = lane);
    context.recorder.request("environment", environment);
    if let Some(metadata) = &request.metadata {
        context.recorder.request("metadata", metadata.clone());
    }
    let mut messages = match &request.session_id {
        Some(id) => sessions::history(&app.db, &context.caller, id, &request.agent_id).await?,
        None => Vec::new(),
    };
    messages.extend(request.messages.iter().cloned());
    let asked = prepare_version(app, context, agent, messages)?;
    if let Some(session) = &request.session_id {
        context.recorder.request("session", session.as_str());
    }
    Ok(Asked {
        session_id: request.session_id.clone(),
        environment: environment.to_owned(),
        waits_for_approval: request.stream,
        is_trial: false,
        mocks: BTreeMap::new(),
        ..asked
    })
}

/// The same for a version at hand, as an evaluation has it.
///
/// # Errors
/// If the caller may not talk to it, the conversation is malformed, or no provider serves the model.
pub(crate) fn prepare_version(
    app: &App,
    context: &Context,
    agent: Deployed,
    messages: Vec<Message>,
) -> Result<Asked, Error> {
    if !agents::may_talk_to(&context.caller, &agent.definition) {
        return Err(Error::not_found("agent", &agent.definition.metadata.id));
    }
    if messages.len() > MOST_MESSAGES {
        return Err(Error::invalid(
            "messages",
            format!("A conversation has {MOST_MESSAGES} messages at most."),
        ));
    }
    if messages.last().is_none_or(|message| message.role != "user" || message.text().trim().is_empty()) {
        return Err(Error::invalid("messages", "The last message must be the user's, and say something."));
    }
    let model = agent.definition.spec.model.settings();
    let route = app.providers.route_or(&context.caller.team, &model.model, &model.fallbacks)?;
    context.recorder.request("agent", agent.definition.metadata.id.clone());
    context.recorder.request("agent_version", agent.version.clone());
    let environment = "test".to_owned();
    let agent = Deployed { definition: app.rail_policy.over(&agent.definition), ..agent };
    Ok(Asked {
        agent,
        messages,
        session_id: None,
        route,
        environment,
        waits_for_approval: false,
        is_trial: true,
        mocks: BTreeMap::new(),
    })
}
