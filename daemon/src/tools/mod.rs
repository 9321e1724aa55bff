//! Tools: what agents and callers may run, each under one policy.

pub(crate) mod api;
pub(crate) mod approvals;
mod builtin;
mod http;
mod mcp;
mod policy;
mod results;
mod run;
mod sql;

pub(crate) use builtin::is_arithmetic;
pub(crate) use mcp::Servers;
pub use policy::{PolicyError, TriedCall, try_policy};
pub(crate) use run::{Ended, Outcome, ToolCall, run, verdict_on_search};
pub(crate) use sql::tickets;

use crate::app::App;
use crate::call::Context;
use crate::config::Config;
use crate::error::Error;
use crate::gate::Caller;
use crate::gate::rate::Rates;
use crate::providers::Function;
use crate::schema;
use crate::store::Statement;
use approvals::Approvals;
use contract::agent::{AgentDefinition, Approval, ToolChoice};
use contract::check::Known;
use contract::wire::Object;
use contract::wire::admin::ToolPolicy;
use contract::wire::tools::{PolicyAction, Risk, Tool as Shown};
use futures::future::BoxFuture;
use jsonschema::Validator;
use policy::{Facts, Policy};
use serde_json::Value;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

/// Longest name of a tool: what OpenAI's models are told of.
const LONGEST_NAME: usize = 64;

/// Most tools that come from one server or one file, and the largest schema of one, as JSON.
const MOST_TOOLS: usize = 128;
const LARGEST_SCHEMA: usize = 32_768;

/// The tool that retrieves.
pub(crate) const SEARCH: &str = "knowledge_search";

/// What a tool is called with.
pub(crate) struct Wanted<'a> {
    pub(crate) app: &'a App,
    pub(crate) context: &'a Context,
    /// They are of the form that its schema describes.
    pub(crate) arguments: &'a Object,
    /// The agent that calls; none where a caller does.
    pub(crate) agent: Option<&'a AgentDefinition>,
}

impl<'a> Wanted<'a> {
    /// An argument that is a text; empty where it was left out.
    pub(crate) fn text(&self, name: &str) -> &'a str {
        self.arguments.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// What a tool brought.
pub(crate) struct Done {
    pub(crate) result: Value,
    /// What is stored for it to have happened.
    pub(crate) statements: Vec<Statement>,
}

impl Done {
    /// A result of which nothing is stored.
    pub(crate) fn new(result: Value) -> Self {
        Self { result, statements: Vec::new() }
    }
}

/// A tool under way; why it failed, in words for who called it.
pub(crate) type Bringing<'a> = BoxFuture<'a, Result<Done, String>>;

/// One tool.
pub(crate) trait Tool: Send + Sync {
    /// What it is called.
    fn name(&self) -> &str;

    /// What it does, for the model and the people who choose it.
    fn description(&self) -> &str;

    /// The JSON Schema of its arguments.
    fn parameters(&self) -> Value;

    /// Where it comes from.
    fn kind(&self) -> &'static str {
        "builtin"
    }

    /// What it can do at worst.
    fn risk(&self) -> Risk {
        builtin::risk(self.name())
    }

    /// Whether a team has it at all.
    fn is_for(&self, _team: &str) -> bool {
        true
    }

    /// What a team is told of it beside its description.
    fn note(&self, _team: &str) -> String {
        String::new()
    }

    /// How long a call may take, if not as long as the configuration says of all.
    fn patience(&self) -> Option<Duration> {
        None
    }

    /// Why it can't be used by a team as it is configured, if so.
    fn unavailable(&self, _team: &str) -> Option<String> {
        None
    }

    /// Does its work, once all that governs it let it through.
    fn call<'a>(&'a self, wanted: Wanted<'a>) -> Bringing<'a>;
}

/// A tool, ready to be called.
struct Registered {
    tool: Box<dyn Tool>,
    parameters: Value,
    schema: Validator,
}

/// All tools, and what governs them.
pub(crate) struct Tools {
    /// Those that are there as long as the daemon is.
    own: Vec<Arc<Registered>>,
    /// Those of MCP servers, which come and go.
    pub(crate) servers: Servers,
    pub(crate) policy: Policy,
    /// The file that it stands in.
    file: Option<String>,
    /// How often rules let keys call within a minute.
    rates: Arc<Rates>,
    pub(crate) approvals: Approvals,
    timeout: Duration,
    most_result_bytes: usize,
}

impl Tools {
    /// The tools as they are configured, under the policy that the configuration names.
    ///
    /// # Errors
    /// If the policy can't be read.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        let settings = &config.tools;
        let policy = match &settings.policy {
            None => Policy::default(),
            Some(file) => {
                let file = config.home.join(file);
                let wrong = |error: String| {
                    Error::internal(format_args!("the policy of tools, {}: {error}", file.display()))
                };
                let text = fs::read_to_string(&file).map_err(|error| wrong(error.to_string()))?;
                Policy::read(&text).map_err(wrong)?
            }
        };
        let mut own = builtin::all(settings).map_err(Error::internal)?;
        own.extend(http::all(&config.home, settings).map_err(Error::internal)?);
        let own: Vec<_> =
            own.into_iter().map(registered).collect::<Result<_, _>>().map_err(Error::internal)?;
        Ok(Self {
            own,
            servers: Servers::new(settings).map_err(Error::internal)?,
            policy,
            file: settings.policy.as_ref().map(|file| file.display().to_string()),
            rates: Arc::default(),
            approvals: Approvals::new(settings.approval_seconds),
            timeout: Duration::from_secs(settings.timeout_seconds),
            most_result_bytes: settings.most_result_bytes,
        })
    }

    /// The policy in force, as operators see it.
    pub(crate) fn shown_policy(&self) -> ToolPolicy {
        let Policy { text, version, .. } = &self.policy;
        ToolPolicy {
            object: "tool_policy".into(),
            file: self.file.clone(),
            version: version.clone(),
            text: text.clone(),
        }
    }

    /// Every tool that a team has.
    fn of(&self, team: &str) -> impl Iterator<Item = Arc<Registered>> {
        let all = self.own.iter().cloned().chain(self.servers.tools());
        all.filter(move |registered| registered.tool.is_for(team))
    }

    fn find(&self, team: &str, name: &str) -> Option<Arc<Registered>> {
        self.of(team).find(|registered| registered.tool.name() == name)
    }

    /// Every tool, and whether a caller, or an agent on its behalf, may use it, as far as its arguments don't decide on that.
    pub(crate) fn shown_to(
        &self,
        app: &App,
        caller: &Caller,
        agent: Option<&AgentDefinition>,
        environment: &str,
    ) -> Vec<Shown> {
        let shown = |registered: Arc<Registered>| {
            let nothing = Object::new();
            let (name, risk) = (registered.tool.name(), registered.tool.risk());
            let facts = facts(app, caller, risk, name, &nothing, agent, environment);
            let decision = self.policy.outlook(&facts);
            let action = decision.verdict.action;
            let why = match () {
                () if !caller.may_use(name) => Some("the key's tools don't have it".into()),
                () if action == PolicyAction::Deny => Some(format!("denied by {}", decision.verdict.rule)),
                () => registered.tool.unavailable(&caller.team),
            };
            Shown {
                object: "tool".into(),
                name: name.into(),
                description: registered.description(&caller.team),
                kind: registered.tool.kind().into(),
                risk,
                parameters: registered.parameters.clone(),
                approval: action == PolicyAction::RequireApproval,
                allowed: why.is_none(),
                why,
            }
        };
        self.of(&caller.team).map(shown).collect()
    }

    /// What a team's definitions may name beside the built-in tools: also what servers may list that aren't connected.
    pub(crate) fn known(&self, team: &str) -> Known {
        let own = self.own.iter().filter(|registered| registered.tool.is_for(team));
        let own = own.map(|registered| registered.tool.name().to_owned());
        Known { tools: own.chain(self.servers.names(team)).collect(), ..Known::default() }
    }

    /// A result as a tool would bring it: bounded, redacted, and set aside where it speaks to the model.
    ///
    /// # Errors
    /// If it is too large, or carries instructions.
    pub(crate) fn seen(&self, app: &App, result: Value) -> Result<Value, String> {
        results::checked(&app.rails, result, self.most_result_bytes)
    }

    /// Whether a tool changes nothing, and reaches nothing beyond what the acting user may read.
    pub(crate) fn is_harmless(&self, team: &str, name: &str) -> bool {
        self.find(team, name).is_some_and(|registered| registered.tool.risk() <= Risk::Low)
    }

    /// The tools that an agent's model is told of: those of its definition that its caller could use. What it retrieves from
    /// is searched before it is asked.
    pub(crate) fn offered(
        &self,
        app: &App,
        caller: &Caller,
        agent: &AgentDefinition,
        environment: &str,
    ) -> Vec<Function> {
        let named = |name: &str| agent.spec.tools.iter().any(|tool| tool.name() == name);
        let is_meant = |tool: &Shown| tool.allowed && tool.name != SEARCH && named(&tool.name);
        let usable = self.shown_to(app, caller, Some(agent), environment).into_iter().filter(is_meant);
        let offered = usable.map(|tool| Function {
            name: tool.name,
            description: tool.description,
            parameters: tool.parameters,
        });
        offered.collect()
    }
}

impl Registered {
    fn description(&self, team: &str) -> String {
        format!("{}{}", self.tool.description(), self.tool.note(team))
    }
}

/// A tool with what its arguments are checked by.
fn registered(tool: Box<dyn Tool>) -> Result<Arc<Registered>, String> {
    let parameters = tool.parameters();
    let schema =
        schema::compile(&parameters).map_err(|error| format!("the schema of {}: {error}", tool.name()))?;
    Ok(Arc::new(Registered { tool, parameters, schema }))
}

/// Whether a tool that comes from elsewhere can be told to a model.
///
/// # Errors
/// If its name has other signs, or more of them, or its schema is too large.
fn check_shape(name: &str, schema: &Value) -> Result<(), String> {
    let is_plain = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'_' || sign == b'-';
    if name.len() > LONGEST_NAME || !name.bytes().all(is_plain) {
        return Err(format!("`{name}` is not of a-z, A-Z, 0-9, _ and -, {LONGEST_NAME} at most"));
    }
    match schema.to_string().len() {
        size if size > LARGEST_SCHEMA => {
            Err(format!("its schema has {size} bytes, and {LARGEST_SCHEMA} are the most"))
        }
        _ => Ok(()),
    }
}

/// What a policy looks at of a call.
fn facts<'a>(
    app: &App,
    caller: &'a Caller,
    risk: Risk,
    tool: &'a str,
    arguments: &'a Object,
    agent: Option<&'a AgentDefinition>,
    environment: &'a str,
) -> Facts<'a> {
    Facts {
        tool,
        risk,
        arguments,
        agent: agent.map(|agent| agent.metadata.id.as_str()),
        user: caller.user.as_deref(),
        groups: &caller.groups,
        team: &caller.team,
        environment,
        at: app.books.clock.now(),
    }
}

/// Whether an agent's definition names a tool, and whether it wants a person to approve each of its calls.
fn choice(agent: &AgentDefinition, tool: &str) -> Option<bool> {
    let choice = agent.spec.tools.iter().find(|choice| choice.name() == tool)?;
    let needs_approval = match choice {
        ToolChoice::Name(_) => false,
        ToolChoice::Conditional(tool) => tool.approval == Some(Approval::Required),
    };
    Some(needs_approval)
}
