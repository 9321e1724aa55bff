//! What another policy of rails would have done with the calls that were made, as far as their texts are kept.

mod sql;

use super::sql as agents;
use crate::app::App;
use crate::error::Error;
use crate::guardrails::{Engine, Outcome, Phase, Scene, policy};
use contract::agent::{AgentDefinition, Guardrails};
use contract::wire::admin::{RailChange, RailDecisions, RailPolicyTrial, TryRailPolicyRequest};
use sql::Called;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::task;

/// Calls where a request doesn't say, and the most.
const USUAL: u32 = 1000;
const MOST: u32 = 20_000;

/// Traces that are named.
const MOST_EXAMPLES: usize = 20;

/// Definitions by their ids and versions; none for those that are gone.
type Definitions = HashMap<(String, String), Option<Arc<AgentDefinition>>>;

/// A text as the rails look at it.
struct Looked<'a> {
    phase: Phase,
    text: &'a str,
    question: &'a str,
    instructions: &'a str,
}

/// How often each rail decides so: by the policy in force, and by another.
type Counts = BTreeMap<(&'static str, &'static str), (RailDecisions, RailDecisions)>;

/// Tries a policy on the newest calls of a team.
///
/// # Errors
/// If the policy is none, or the store fails.
pub(crate) async fn try_policy(
    app: &App,
    team: &str,
    request: TryRailPolicyRequest,
) -> Result<RailPolicyTrial, Error> {
    policy::check(&request.guardrails)?;
    let mut left = request.last.unwrap_or(USUAL).clamp(1, MOST);
    let mut trial = RailPolicyTrial { object: "rail_policy_trial".into(), ..RailPolicyTrial::default() };
    let (mut counts, mut definitions, mut before) = (Counts::new(), Definitions::new(), i64::MAX);
    let wanted = Arc::new(request.guardrails);
    while left > 0 {
        let page = sql::calls(&app.db, team, request.agent.as_deref(), before, left.min(sql::PAGE)).await?;
        let Some(last) = page.last() else { break };
        before = last.seq;
        left -= u32::try_from(page.len()).unwrap_or(left).min(left);
        for called in &page {
            know(app, team, called, &mut definitions).await?;
        }
        let (app, wanted, known) = (app.clone(), Arc::clone(&wanted), definitions.clone());
        let look = move || {
            for called in &page {
                one(&app, &wanted, &known, called, (&mut counts, &mut trial));
            }
            (counts, trial)
        };
        (counts, trial) = task::spawn_blocking(look).await.map_err(Error::internal)?;
    }
    trial.changes = counts
        .into_iter()
        .filter(|(_, (before, after))| before != after)
        .map(|((rail, phase), (before, after))| RailChange {
            rail: rail.into(),
            phase: phase.into(),
            before,
            after,
        })
        .collect();
    trial.notes = notes(&trial);
    Ok(trial)
}

fn notes(trial: &RailPolicyTrial) -> Vec<String> {
    let mut notes = vec![
        "Kept texts hold placeholders in place of personal data and secrets: of these rails nothing can be said."
            .to_owned(),
    ];
    if trial.without_text > 0 {
        notes.push(format!(
            "{} of {} calls have no texts: `content = \"redacted\"` under [audit] keeps them.",
            trial.without_text, trial.calls
        ));
    }
    notes
}

async fn know(app: &App, team: &str, called: &Called, definitions: &mut Definitions) -> Result<(), Error> {
    let Some((agent, version)) = &called.agent else { return Ok(()) };
    let key = (agent.clone(), version.clone());
    if let Entry::Vacant(place) = definitions.entry(key) {
        let found = agents::version(&app.db, team, agent, version).await?;
        place.insert(found.map(|deployed| deployed.definition));
    }
    Ok(())
}

/// Looks at a call's texts under both policies.
fn one(
    app: &App,
    wanted: &Guardrails,
    known: &Definitions,
    called: &Called,
    (counts, trial): (&mut Counts, &mut RailPolicyTrial),
) {
    trial.calls += 1;
    let definition = called.agent.as_ref().and_then(|agent| known.get(agent)?.clone());
    let is_known = called.agent.is_none() || definition.is_some();
    let Some(content) = called.content.as_ref().filter(|_| is_known) else {
        trial.without_text += 1;
        return;
    };
    let (now, then) = match &definition {
        Some(definition) => {
            let now = app.rail_policy.over(definition).spec.guardrails.clone();
            (now, definition.spec.guardrails.tightened(wanted))
        }
        None => ((*app.rail_policy.completions()).clone(), app.rail_policy.completions_under(wanted)),
    };
    let instructions =
        definition.as_ref().and_then(|one| one.spec.instructions.as_deref()).unwrap_or_default();
    let texts = [(Phase::Input, content.question.as_str()), (Phase::Output, content.answer.as_str())];
    let (mut differs, mut blocks) = (false, (false, false));
    for (phase, text) in texts {
        let looked = Looked { phase, text, question: &content.question, instructions };
        let (before, after) = (looked.under(&app.rails, &now), looked.under(&app.rails, &then));
        differs |= before != after;
        blocks.0 |= before.iter().any(|(_, outcome)| stops(*outcome));
        blocks.1 |= after.iter().any(|(_, outcome)| stops(*outcome));
        for ((rail, before), (_, after)) in before.into_iter().zip(after) {
            let count = counts.entry((rail, phase.as_str())).or_default();
            add(&mut count.0, before);
            add(&mut count.1, after);
        }
    }
    trial.would_block += u64::from(!blocks.0 && blocks.1);
    if differs && trial.examples.len() < MOST_EXAMPLES {
        trial.examples.push(called.trace_id.clone());
    }
}

impl Looked<'_> {
    /// What each rail does with the text under such settings.
    fn under(&self, rails: &Engine, settings: &Guardrails) -> Vec<(&'static str, Outcome)> {
        let scene = Scene {
            settings,
            instructions: self.instructions,
            question: self.question,
            passages: &[],
            grounded: false,
            trusted: false,
        };
        let report = rails.check(self.phase, self.text, &scene);
        report.rails.iter().map(|rail| (rail.name, rail.result)).collect()
    }
}

fn stops(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Block | Outcome::Error)
}

fn add(decisions: &mut RailDecisions, outcome: Outcome) {
    match outcome {
        Outcome::Pass => decisions.pass += 1,
        Outcome::Redact => decisions.redact += 1,
        Outcome::Warn => decisions.warn += 1,
        Outcome::Error | Outcome::Block => decisions.block += 1,
    }
}
