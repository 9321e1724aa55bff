//! `/tools`: what may be run, under which policy, and what came of it.

use super::Object;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a tool can do at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// It neither reads nor writes anything.
    None,
    /// It reads what the acting user may read anyway.
    Low,
    /// It writes something inside the daemon.
    Medium,
    /// It reaches other systems.
    High,
    /// It can do what nobody can undo; so does a tool that nobody knows.
    Critical,
}

/// What a policy does with a tool's call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyAction {
    /// It runs.
    Allow,
    /// It does not.
    Deny,
    /// It runs without the personal data and the secrets of its arguments.
    Redact,
    /// It runs once a person approved it.
    RequireApproval,
    /// It runs so often a minute.
    RateLimit,
    /// It is looked at, and not run.
    DryRun,
}

impl PolicyAction {
    /// Its name, as policies write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Redact => "redact",
            Self::RequireApproval => "require_approval",
            Self::RateLimit => "rate_limit",
            Self::DryRun => "dry_run",
        }
    }
}

/// What a policy decided, and by which of its rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ToolVerdict {
    /// What is done with the call.
    pub action: PolicyAction,
    /// What decided: a rule of the policy, `default:` and the risk, `key:tools`, `agent:tools` or `agent:approval`.
    #[schemars(example = &"pass_rate")]
    pub rule: String,
    /// Why, in the rule's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One tool, as the caller may use it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Always `tool`.
    pub object: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Where it comes from: `builtin`, `mcp` or `http`.
    pub kind: String,
    /// What it can do at worst.
    pub risk: Risk,
    /// The JSON Schema of its arguments.
    pub parameters: Value,
    /// Whether each call waits for a person.
    pub approval: bool,
    /// Whether the caller may use it.
    pub allowed: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// `POST /tools/{tool_name}/invoke`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({"arguments": {"expression": "1,250.50 * 12"}}))]
pub struct InvokeToolRequest {
    /// The tool.
    #[schemars(example = &"calculator")]
    pub tool_name: String,
    /// What it is called with.
    #[serde(default)]
    pub arguments: Object,
    /// On behalf of this agent, live in prod: then only what it may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"hr-assistant")]
    pub agent: Option<String>,
    /// Whether only to see what would be decided.
    #[serde(default)]
    pub dry_run: bool,
}

/// What came of a tool's call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InvokedTool {
    /// Always `tool.result`.
    pub object: String,
    /// Which call.
    #[schemars(example = &"call_1")]
    pub call_id: String,
    /// Which tool.
    #[schemars(example = &"knowledge_search")]
    pub tool: String,
    /// Whether it went well.
    pub ok: bool,
    /// What it brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why it did not go well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What decided on it.
    pub policy: ToolVerdict,
    /// The approval that it waits for: approved, the same call goes through once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"apr_01m8ckn3ghe26t63gpkartzckr")]
    pub approval_id: Option<String>,
    /// Until when it may be approved, and made again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Milliseconds it took.
    #[schemars(example = 812.4)]
    pub latency_ms: f64,
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
}

/// A call that a policy is tried on (`katonic tools test`), with what is expected of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialCall {
    /// The tool.
    #[schemars(example = &"knowledge_search")]
    pub tool: String,
    /// What it is called with.
    #[serde(default)]
    pub arguments: Object,
    /// What the tool can do at worst, if it isn't built in; critical without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// The agent that calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"hr-assistant")]
    pub agent: Option<String>,
    /// The acting user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"sarah@example.org")]
    pub user: Option<String>,
    /// The acting user's groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The caller's team.
    #[serde(default = "default_team")]
    #[schemars(example = &"default")]
    pub team: String,
    /// `test` or `prod`.
    #[serde(default = "prod")]
    #[schemars(example = &"prod")]
    pub environment: String,
    /// When; now by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// What the policy is expected to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<PolicyAction>,
}

fn default_team() -> String {
    "default".into()
}

fn prod() -> String {
    "prod".into()
}

/// What was handed over by `create_ticket`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ticket {
    /// Always `ticket`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// The team that it belongs to.
    #[schemars(example = &"default")]
    pub team: String,
    /// What it is about, in a line.
    pub title: String,
    /// The whole of it.
    pub description: String,
    /// `low`, `normal` or `high`.
    pub priority: String,
    /// For whom it was opened: the acting user, else the key.
    pub opened_by: String,
    /// The agent that opened it, if one did.
    #[schemars(example = &"hr-assistant")]
    pub agent: Option<String>,
    /// The call that opened it.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// When.
    pub created_at: Time,
}
