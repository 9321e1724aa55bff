//! A search begins: what is searched is settled, the versions are fixed, the plan stored.

use super::split::{Parts, split};
use super::{engine, sql, view};
use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::error::Error;
use crate::evaluations::{self, Random};
use crate::flywheel;
use crate::gate::Caller;
use crate::gate::purse::Bounds;
use crate::providers::{Route, Tokens};
use contract::agent::{AgentDefinition, Example};
use contract::id;
use contract::money::Usd;
use contract::suite::SuiteDefinition;
use contract::time::Time;
use contract::wire::evaluations::RunStatus;
use contract::wire::prompts::{Algorithm, Dimension, Optimisation, OptimisationBudget, OptimiseRequest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The share of the cases that decide, where the caller doesn't say.
const HOLDOUT: f64 = 0.3;

/// The seed where the caller gives none.
const SEED: u64 = 1;

/// Fewer cases can't be split into what is learnt from, what is chosen by and what decides.
const FEWEST_CASES: usize = 12;

/// Most calls of one search, whatever its budget.
const MOST_CALLS: u64 = 20_000;

/// The tiers that may answer in place of an agent's own model, and the one that writes instructions.
const TIERS: [&str; 3] = ["fast", "balanced", "powerful"];

/// How a search is to go, as it is stored with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) agent: String,
    pub(super) agent_version: String,
    pub(super) suite: String,
    pub(super) suite_version: String,
    pub(super) algorithm: Algorithm,
    pub(super) search: Vec<Dimension>,
    pub(super) budget: OptimisationBudget,
    pub(super) holdout: f64,
    pub(super) seed: u64,
    /// The other tiers that may answer.
    pub(super) tiers: Vec<String>,
    /// The model that writes instructions, where there is one.
    pub(super) writer: Option<String>,
    /// What people accepted of a dataset.
    pub(super) accepted: Vec<Example>,
    /// The dataset that they come from.
    #[serde(default)]
    pub(super) dataset: Option<String>,
    pub(super) notes: Vec<String>,
}

impl Plan {
    /// What the search may use in all.
    pub(super) fn bounds(&self) -> Bounds {
        let OptimisationBudget { usd, calls, tokens, .. } = self.budget;
        Bounds {
            calls: Some(calls.unwrap_or(MOST_CALLS).min(MOST_CALLS)),
            tokens,
            usd: usd.map(|usd| Usd::from_nanos((usd * 1e9) as i64)),
        }
    }

    /// Whether some cases are learnt from.
    fn learns(&self) -> bool {
        self.searches(Dimension::Instructions) || self.searches(Dimension::Examples)
    }

    /// The suite's cases by their use.
    pub(super) fn split(&self, suite: &SuiteDefinition, random: &mut Random) -> Parts {
        split(&suite.spec.cases, self.holdout, self.learns(), random)
    }

    pub(super) fn searches(&self, dimension: Dimension) -> bool {
        self.search.contains(&dimension)
    }
}

/// A search as it is stored.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) plan: Plan,
    pub(super) caller: Caller,
    pub(super) created_at: Time,
    /// As it is shown.
    pub(super) shown: Optimisation,
}

/// Starts a search.
///
/// # Errors
/// If agent or suite aren't there, nothing of the agent can be searched, the budget is none, or the caller may not act for
/// a user of the suite.
pub(super) async fn start(
    app: &App,
    caller: &Caller,
    request: OptimiseRequest,
) -> Result<Act<Optimisation>, Error> {
    let (db, team) = (&app.db, &caller.team);
    agents::check_reach(caller, &request.agent)?;
    let version = agents::resolve_version(db, team, &request.agent, request.version.as_deref()).await?;
    let agent = agents::version(db, team, &request.agent, &version).await?;
    let suite = evaluations::current_suite(db, team, &request.suite).await?;
    let (suite_version, suite) = suite.ok_or_else(|| Error::not_found("suite", &request.suite))?;
    let cases: Vec<String> = suite.spec.cases.iter().map(|case| case.id.clone()).collect();
    evaluations::check_users(caller, &suite, &cases)?;
    let accepted = match &request.dataset {
        Some(dataset) => flywheel::accepted_examples(db, caller, dataset).await?,
        None => Vec::new(),
    };
    let mut plan = Plan {
        agent: request.agent.clone(),
        agent_version: version,
        suite: request.suite.clone(),
        suite_version,
        algorithm: request.algorithm,
        search: Vec::new(),
        budget: request.budget,
        holdout: request.holdout.unwrap_or(HOLDOUT),
        seed: request.seed.unwrap_or(SEED),
        tiers: tiers(app, team, &agent.definition),
        writer: writer(app, team, &agent.definition),
        accepted,
        dataset: request.dataset,
        notes: Vec::new(),
    };
    settle(&mut plan, &agent.definition, request.search)?;
    check(&plan, &suite)?;
    check_price(app, team, &agent.definition, &plan)?;
    let (id, created_at) = (id::new("opt"), app.books.clock.now());
    let stored = Stored {
        shown: view::new(&id, &plan, created_at),
        id: id.clone(),
        plan,
        caller: caller.clone(),
        created_at,
    };
    let statements = vec![sql::insert(&stored, RunStatus::Queued)?];
    let app = app.clone();
    let began = json!({
        "optimisation_id": id, "agent": stored.plan.agent, "agent_version": stored.plan.agent_version,
        "suite": stored.plan.suite, "suite_version": stored.plan.suite_version, "budget": stored.plan.budget,
    });
    Ok(Act::new(stored.shown, statements).changing((), began).then(move || engine::spawn(app, id)))
}

/// The tiers that lead to other models than the agent's own.
fn tiers(app: &App, team: &str, agent: &AgentDefinition) -> Vec<String> {
    let model = |name: &str| app.providers.route(team, name).ok().map(|route| route.model());
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    let own = model(agent.spec.model.name());
    for tier in TIERS {
        if let Some(model) = model(tier).filter(|model| Some(model) != own.as_ref()) {
            known.entry(model).or_insert(tier);
        }
    }
    TIERS.into_iter().filter(|tier| known.values().any(|one| one == tier)).map(str::to_owned).collect()
}

/// The model that writes instructions: the most powerful tier, or the agent's own model.
fn writer(app: &App, team: &str, agent: &AgentDefinition) -> Option<String> {
    let is_model = |name: &&str| matches!(app.providers.route(team, name), Ok(Route::Targets(_)));
    let [.., powerful] = TIERS;
    [powerful, agent.spec.model.name()].into_iter().find(is_model).map(str::to_owned)
}

/// Settles what is searched, and how; and notes what can't be, and why.
fn settle(plan: &mut Plan, agent: &AgentDefinition, wanted: Option<Vec<Dimension>>) -> Result<(), Error> {
    let reads = plan.writer.is_some();
    let without = |dimension: Dimension| match dimension {
        Dimension::Instructions if !reads => Some("no model is configured that could write instructions"),
        Dimension::Examples if !reads => Some("the built-in answerer reads no examples"),
        Dimension::Retrieval if agent.spec.knowledge.is_none() => Some("the agent retrieves nothing"),
        Dimension::Model if plan.tiers.is_empty() => Some("all tiers lead to the agent's own model"),
        _ => None,
    };
    let mut dimensions = wanted.unwrap_or_else(|| Dimension::ALL.to_vec());
    dimensions.sort_unstable();
    dimensions.dedup();
    let mut notes = Vec::new();
    for dimension in dimensions {
        match without(dimension) {
            None => plan.search.push(dimension),
            Some(why) => notes.push(format!("Not searched: {}, as {why}.", dimension.as_str())),
        }
    }
    plan.notes = notes;
    if plan.search.is_empty() {
        let message = format!("Nothing of this agent can be searched. {}", plan.notes.join(" "));
        return Err(Error::invalid("search", message));
    }
    if plan.algorithm == Algorithm::Gepa && !plan.searches(Dimension::Instructions) {
        let message = "`gepa` has a model write instructions: search these, with a model configured.";
        return Err(Error::invalid("algorithm", message));
    }
    if plan.algorithm == Algorithm::Auto {
        let is_small = !plan.searches(Dimension::Instructions) && !plan.searches(Dimension::Examples);
        plan.algorithm = if is_small { Algorithm::Random } else { Algorithm::Mipro };
    }
    Ok(())
}

/// Dollars can't bound calls whose price isn't known.
fn check_price(app: &App, team: &str, agent: &AgentDefinition, plan: &Plan) -> Result<(), Error> {
    let models = plan.writer.iter().map(String::as_str).chain([agent.spec.model.name()]);
    let names =
        models.chain(plan.tiers.iter().map(String::as_str).filter(|_| plan.searches(Dimension::Model)));
    for name in names.filter(|_| plan.budget.usd.is_some()) {
        let route = app.providers.route(team, name)?;
        if route.first().is_some_and(|target| target.cost(&Tokens::default()).is_none()) {
            let message = format!(
                "The price of {} isn't known: bound calls or tokens instead of dollars.",
                route.model()
            );
            return Err(Error::invalid("budget.usd", message));
        }
    }
    Ok(())
}

fn check(plan: &Plan, suite: &SuiteDefinition) -> Result<(), Error> {
    let OptimisationBudget { usd, calls, tokens, minutes } = plan.budget;
    if usd.is_none() && calls.is_none() && tokens.is_none() && minutes.is_none() {
        let message = "Bound the search: by `usd`, `calls`, `tokens` or `minutes`.";
        return Err(Error::invalid("budget", message));
    }
    if minutes == Some(0) || tokens == Some(0) {
        return Err(Error::invalid("budget", "A budget is more than nothing."));
    }
    if usd.is_some_and(|usd| !(usd > 0.0 && usd <= 1e9)) {
        return Err(Error::invalid("budget.usd", "A budget is more than 0 dollars."));
    }
    if !(0.1..=0.8).contains(&plan.holdout) {
        return Err(Error::invalid("holdout", "The held-out share is from 0.1 to 0.8."));
    }
    let cases = suite.spec.cases.len();
    if cases < FEWEST_CASES {
        let message = format!(
            "The suite has {cases} cases: some are learnt from, some chosen by, and some decide. Have {FEWEST_CASES} at \
             least."
        );
        return Err(Error::invalid("suite", message));
    }
    let parts = plan.split(suite, &mut Random::new(plan.seed));
    if parts.dev.is_empty() || parts.holdout.is_empty() || (plan.learns() && parts.train.is_empty()) {
        let message = "The suite's groups, and cases that ask the same, stay together: they are too few to learn from some, \
                       to choose by some, and to decide by others.";
        return Err(Error::invalid("suite", message));
    }
    // The agent as it is on every case, and the best candidate on those that decide.
    let least = (cases + parts.holdout.len()) as u64;
    if calls.is_some_and(|calls| calls <= least) {
        let message =
            format!("{least} calls are needed before and after any search of this suite: give more.");
        return Err(Error::invalid("budget.calls", message));
    }
    Ok(())
}
