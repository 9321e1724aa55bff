//! `katonic agents list` and `get`.

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table, version};
use crate::session::Session;
use contract::agent::ENVIRONMENTS;
use contract::catalogue::{GetAgent, ListAgents};
use contract::wire::agents::{AgentDetail, AgentPath, AgentSummary, CanaryCounts, ListAgentsQuery, Live};

pub(super) async fn list(session: &Session, page: PageArgs) -> Result<Answer, Failure> {
    let query = ListAgentsQuery { page: page.into(), environment: None };
    let page = session.client()?.call::<ListAgents>(&query).await?;
    session.output.either(&page, || {
        table(["agent", "name", "versions", "test", "prod", ""], page.data.iter().map(row))
    })?;
    session.output.more(page.next.as_deref());
    Ok(Answer::Yes)
}

fn row(agent: &AgentSummary) -> [String; 6] {
    let live =
        |environment: &str| or_dash(agent.environments.get(environment).map(|live| version(&live.version)));
    let [test, prod] = ENVIRONMENTS.map(live);
    let archived = if agent.archived { "archived" } else { "" };
    [
        agent.id.clone(),
        or_dash(agent.name.as_ref()),
        agent.versions.to_string(),
        test,
        prod,
        archived.to_owned(),
    ]
}

pub(super) async fn get(session: &Session, agent_id: String) -> Result<Answer, Failure> {
    let agent = session.client()?.call::<GetAgent>(&AgentPath { agent_id }).await?;
    session.output.either(&agent, || describe(&agent))?;
    Ok(Answer::Yes)
}

fn describe(agent: &AgentDetail) -> String {
    let live_in = |wanted: &str| {
        let live = agent.environments.iter().filter(|(_, live)| live.version == wanted);
        live.map(|(environment, _)| environment.as_str()).collect::<Vec<_>>().join(" ")
    };
    let versions = agent.versions.iter().map(|known| {
        let (at, by) = (known.created_at.to_string(), known.created_by.clone());
        [version(&known.version), at, by, known.origin.clone(), live_in(&known.version)]
    });
    let promotions = agent.promotions.iter().map(|promotion| {
        let from = or_dash(promotion.from.as_deref().map(version));
        let (at, by) = (promotion.at.to_string(), promotion.by.clone());
        [at, promotion.environment.clone(), from, version(&promotion.to), promotion.status.clone(), by]
    });
    let canaries: String = agent.environments.iter().filter_map(canary).collect();
    let title = agent.name.as_deref().unwrap_or(&agent.id);
    let archived = if agent.archived { ", archived" } else { "" };
    format!(
        "{title} ({}), owned by {}{archived}\n{canaries}\n{}\n\n{}",
        agent.id,
        or_dash(agent.owner.as_ref()),
        table(["version", "applied", "by", "came by", "live in"], versions),
        table(["promoted", "to", "from", "version", "status", "by"], promotions)
    )
}

/// A canary in a line: how its calls go, beside those of what is live.
fn canary((environment, live): (&String, &Live)) -> Option<String> {
    let canary = live.canary.as_ref()?;
    let told = |counts: &CanaryCounts| {
        let CanaryCounts { calls, failed, blocked, disliked } = counts;
        format!("{calls} calls, {failed} failed, {blocked} blocked, {disliked} disliked")
    };
    Some(format!(
        "{} gets {} of 100 calls of {environment} since {}: {}; live: {}\n",
        version(&canary.version),
        canary.percent,
        canary.since,
        told(&canary.canary),
        told(&canary.live)
    ))
}
