//! The agent endpoints, without promotion.

use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::catalogue::{ApplyAgent, ArchiveAgent, GetAgent, ListAgents};
use contract::wire::agents::{AgentDetail, AgentSummary, AppliedAgent};
use contract::wire::page::Page;

/// How a definition came that a caller sent.
const APPLY: &str = "apply";

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<ListAgents, _, _>(list)
        .act::<ApplyAgent, _, _>(apply)
        .mount::<GetAgent, _, _>(get)
        .act::<ArchiveAgent, _, _>(archive)
}

async fn list(app: App, call: Call<ListAgents>) -> Result<Out<Page<AgentSummary>>, Error> {
    Ok(Out::Body(agents::list(&app.db, &call.context.caller, &call.input).await?))
}

async fn apply(app: App, call: Call<ApplyAgent>) -> Result<Act<Out<AppliedAgent>>, Error> {
    let input = call.input;
    let act = agents::apply(&app, &call.context.caller, &input.definition, APPLY, input.dry_run).await?;
    Ok(act.map(|applied| Out::Status(if applied.new && !input.dry_run { 201 } else { 200 }, applied)))
}

async fn get(app: App, call: Call<GetAgent>) -> Result<Out<AgentDetail>, Error> {
    let id = &call.input.agent_id;
    let caller = &call.context.caller;
    let found =
        agents::detail(&app.db, &caller.team, id).await?.filter(|agent| caller.may_talk_to(&agent.id));
    found.map(Out::Body).ok_or_else(|| Error::not_found("agent", id))
}

async fn archive(app: App, call: Call<ArchiveAgent>) -> Result<Act<Out<()>>, Error> {
    agents::check_reach(&call.context.caller, &call.input.agent_id)?;
    let act = agents::archive(&app.db, &call.context.caller.team, &call.input.agent_id).await?;
    Ok(act.map(Out::Body))
}
