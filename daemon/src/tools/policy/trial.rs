//! What a policy would do with a call, said of the two alone: without a daemon (`katonic tools test`).

use super::super::builtin;
use super::{Facts, Policy};
use contract::time::Time;
use contract::wire::tools::{Risk, ToolVerdict, TrialCall};
use serde::Serialize;

/// Why a policy can't be tried.
#[derive(Debug, thiserror::Error)]
#[error("the policy can't be read: {0}")]
pub struct PolicyError(String);

/// A call, and what the policy does with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriedCall {
    /// The tool.
    pub tool: String,
    /// What it can do at worst.
    pub risk: Risk,
    /// What the policy decided.
    pub policy: ToolVerdict,
    /// Whether that was expected, where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_expected: Option<bool>,
}

/// What a policy's text does with calls. A tool that isn't built in is of the risk that its call says.
///
/// # Errors
/// If the policy can't be read.
pub fn try_policy(policy: &str, calls: &[TrialCall]) -> Result<Vec<TriedCall>, PolicyError> {
    let policy = Policy::read(policy).map_err(PolicyError)?;
    let tried = calls.iter().map(|call| {
        let risk = builtin::known_risk(&call.tool).or(call.risk).unwrap_or(Risk::Critical);
        let decision = policy.decide(&Facts {
            tool: &call.tool,
            risk,
            arguments: &call.arguments,
            agent: call.agent.as_deref(),
            user: call.user.as_deref(),
            groups: &call.groups,
            team: &call.team,
            environment: &call.environment,
            at: call.at.unwrap_or_else(Time::now),
        });
        TriedCall {
            tool: call.tool.clone(),
            risk,
            as_expected: call.expect.map(|expected| expected == decision.verdict.action),
            policy: decision.verdict,
        }
    });
    Ok(tried.collect())
}
