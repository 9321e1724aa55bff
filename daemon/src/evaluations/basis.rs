//! What a run is judged for beside the agent's and the suite's versions: whatever else could change its answers.

use super::EVALUATOR_VERSION;
use crate::app::App;
use crate::error::Error;
use crate::guardrails;
use crate::knowledge;
use contract::agent::AgentDefinition;
use contract::suite::SuiteDefinition;
use contract::version;
use serde_json::json;

/// A fingerprint of the evaluators, the rails, the policies of rails and tools, the model that the agent's tier leads to, the revisions of
/// the collections that it reads, and the models that embed them and that judge, if any. A run whose fingerprint is another is stale.
///
/// # Errors
/// If no provider serves the model, or the store fails.
pub(crate) async fn basis(
    app: &App,
    team: &str,
    definition: &AgentDefinition,
    suite: &SuiteDefinition,
) -> Result<String, Error> {
    let model = app.providers.route(team, definition.spec.model.name())?.model();
    let collections = match &definition.spec.knowledge {
        Some(knowledge) => knowledge::collection_revisions(&app.db, team, &knowledge.collections).await?,
        None => Vec::new(),
    };
    let policy = &app.tools.policy.version;
    let mut parts = json!([EVALUATOR_VERSION, guardrails::VERSION, policy, model, collections]);
    if let (Some(policy), Some(parts)) = (app.rail_policy.version()?, parts.as_array_mut()) {
        parts.push(json!({"rails": policy}));
    }
    let embedding = definition.spec.knowledge.as_ref().and_then(|_| knowledge::embedding_model(app, team));
    if let (Some(embedding), Some(parts)) = (embedding, parts.as_array_mut()) {
        parts.push(embedding.into());
    }
    for model in suite.judging_models() {
        let judge = json!({"judge": app.providers.route(team, model)?.model()});
        parts.as_array_mut().into_iter().for_each(|parts| parts.push(judge.clone()));
    }
    Ok(version::of(&parts)?)
}
