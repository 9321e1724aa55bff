//! What a promotion waits for beside its gate: the end of a freeze, another person's word.

use crate::agents;
use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use crate::store::Statement;
use crate::tools::approvals::Standing;
use contract::wire::agents::{GateRule, PromoteRequest};
use serde_json::Value;

/// The rule on times when nothing goes live: what was live before still does, as it mends what went live after it.
pub(super) async fn frozen(
    app: &App,
    team: &str,
    agent: &str,
    environment: &str,
    version: &str,
) -> Result<Option<GateRule>, Error> {
    let now = app.books.clock.now();
    let freeze = app.config.promotions.freezes.iter().find(|freeze| freeze.holds(environment, now));
    let Some(freeze) = freeze else { return Ok(None) };
    let ok = agents::was_live(&app.db, team, agent, environment, version).await?;
    let until = freeze.until.map_or_else(String::new, |until| format!(" until {until}"));
    let detail = match ok {
        true => format!("{}{until}, and this version was live before", freeze.reason),
        false => format!("nothing new goes live{until}: {}", freeze.reason),
    };
    Ok(Some(GateRule { rule: "freeze".into(), value: None, bound: None, ok, detail }))
}

/// What another person's word does to a promotion.
pub(super) enum Approval {
    NotNeeded,
    Granted(Statement),
    Waits(String, Vec<Statement>),
}

/// Whether another person than who asks approved a promotion, where that is needed.
pub(super) async fn approval(
    app: &App,
    context: &Context,
    request: &PromoteRequest,
    version: &str,
    canary: Option<u64>,
) -> Result<Approval, Error> {
    let (agent, environment) = (request.agent_id.as_str(), request.environment.as_str());
    if !app.config.promotions.approvals.iter().any(|one| one == environment) {
        return Ok(Approval::NotNeeded);
    }
    let fields = [("agent", agent), ("environment", environment), ("version", version)];
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
    let canary = canary.map(|percent| ("canary_percent".to_owned(), Value::from(percent)));
    let arguments = fields.chain(canary).collect();
    let standing = app.tools.approvals.standing(app, context, arguments, environment).await?;
    match standing {
        Standing::Granted(taken) => Ok(Approval::Granted(taken)),
        Standing::Waits(approval, statements) => Ok(Approval::Waits(approval.id, statements)),
        Standing::Denied(reason) => {
            let message = format!("A person denied this promotion: {reason}");
            Err(Error::new(Kind::Forbidden, "promotion_denied", message).by("approval"))
        }
    }
}
