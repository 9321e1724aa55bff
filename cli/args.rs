//! The tree of commands: one variant a noun.

use crate::commands::{
    agents, approvals, audit, budgets, chat, completions, contexts, daemon, docs, documents, eval, feedback,
    flywheel, guardrails, hub, installation, keys, logs, man, mcp, models, openapi, operators, prompts,
    providers, sandbox, schema, search, sessions, sources, teams, tiers, tools, trace, usage, users,
    webhooks,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use contract::wire::admin::TeamListQuery;
use contract::wire::page::ListQuery;

/// Validate, evaluate, promote and serve agents, behind one governed gateway.
#[derive(Debug, Parser)]
#[command(name = "katonic", version, propagate_version = false, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    /// None where `katonic` stands alone: it then says what there is, and what to do next.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// The heading of the options that every command understands.
pub(crate) const EVERYWHERE: &str = "Global options";

/// What every command understands.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Options {
    /// Print one JSON document instead of tables
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) json: bool,
    /// The daemon to talk to [env: KATONIC_URL, KAT_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = EVERYWHERE)]
    pub(crate) url: Option<String>,
    /// Use this daemon: one that was logged in to, or `sandbox`
    #[arg(long, global = true, value_name = "NAME", help_heading = EVERYWHERE)]
    pub(crate) context: Option<String>,
    /// Act for this person [env: KATONIC_USER_EMAIL]
    #[arg(long = "as", global = true, value_name = "EMAIL", help_heading = EVERYWHERE)]
    pub(crate) as_user: Option<String>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, help_heading = EVERYWHERE)]
    pub(crate) color: When,
}

/// When to use colour; `auto` is on a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise.
// Without a word to each value, so that `--help` stays a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    #[default]
    Auto,
    Always,
    Never,
}

/// The nouns.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A local daemon with a sample agent, its documents, suite and key
    Sandbox(sandbox::Sandbox),
    /// Validate, apply and promote agents
    Agents(agents::Agents),
    /// Run suites, and compare their runs
    Eval(eval::Eval),
    /// API keys (operators)
    Keys(keys::Keys),
    /// Talk to an agent
    Chat(chat::Chat),
    /// Conversations with agents
    Sessions(sessions::Sessions),
    /// Search the documents that the acting person may read
    Search(search::Search),
    /// Add, list and remove documents
    Documents(documents::Documents),
    /// Where documents come from by themselves (operators)
    Sources(sources::Sources),
    /// What the eight rails would do with a text
    Guardrails(guardrails::Rails),
    /// Search for better prompts, and apply them
    Prompts(prompts::Prompts),
    /// Rate, correct or comment on an answer
    Feedback(feedback::Feedback),
    /// Traces worth learning from, and datasets made of them
    Flywheel(flywheel::Flywheel),
    /// Tools that agents and callers may run
    Tools(tools::Tools),
    /// Calls of tools that wait for a person (operators)
    Approvals(approvals::Approvals),
    /// Serve agents, search and tools to an MCP client
    Mcp(mcp::Mcp),
    /// Show everything one call did
    Trace(trace::ShowTrace),
    /// The audit log
    Audit(audit::Audit),
    /// What was called, how fast, at what cost
    Usage(usage::Usage),
    /// Follow calls as they happen (operators)
    Logs(logs::Logs),
    /// Teams that share the daemon (operators)
    Teams(teams::Teams),
    /// The people whom calls act for (operators)
    Users(users::Users),
    /// Operators' tokens (operators)
    Operators(operators::Operators),
    /// How much may be spent, by whom (operators)
    Budgets(budgets::Budgets),
    /// Who is told of events, such as a budget nearly spent (operators)
    Webhooks(webhooks::Webhooks),
    /// The models and tiers that the key may use
    Models(models::Models),
    /// Which models stand behind a tier (operators)
    Tiers(tiers::Tiers),
    /// Providers of models, and their keys (operators)
    Providers(providers::Providers),
    /// Start, stop and look at the daemon itself
    Daemon(daemon::Daemon),
    /// The Developer Hub, a page in the browser (operators)
    Hub(hub::Hub),
    /// Keep a daemon's key, from standard input, and use it from now on
    Login(contexts::Login),
    /// Forget a daemon and its key
    Logout(contexts::Logout),
    /// The daemons that are known, and which is used
    Context(contexts::Contexts),
    /// Print a shell's completions
    Completions(completions::Completions),
    /// Print the OpenAPI 3.1 document of the public API
    Openapi(openapi::Openapi),
    /// Look for what is in the way, and say how to mend it
    Doctor,
    /// Print the version
    Version,
    /// Print the JSON Schema of what a command prints with --json
    Schema(schema::OfAnswer),
    /// What was installed of katonic itself
    #[command(name = "self")]
    Installation(installation::Installation),
    /// Write the manual pages into a folder
    #[command(hide = true)]
    Man(man::Man),
    /// Read the file on standard input, as the daemon has its files read
    #[command(hide = true)]
    ReadFile(ReadFile),
    /// Write the reference pages of the documentation
    #[command(hide = true)]
    Docs(docs::WriteDocs),
}

impl Command {
    /// Whether the command itself answers signals, as a daemon that drains, or a delivery that is taken back.
    pub(crate) fn handles_signals(&self) -> bool {
        match self {
            Self::Daemon(daemon) => daemon.handles_signals(),
            Self::Keys(keys) => keys.handles_signals(),
            _ => false,
        }
    }
}

/// A file on standard input.
#[derive(Debug, Args)]
pub(crate) struct ReadFile {
    /// The ending of its name
    #[arg(long, default_value = "")]
    pub(crate) ending: String,
}

/// Which page of a list.
#[derive(Clone, Debug, Args)]
pub(crate) struct PageArgs {
    /// Rows of the page: 1 to 200
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
    limit: u32,
    /// The cursor that the page before ended with
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
}

/// Which page of what a team has.
#[derive(Clone, Debug, Args)]
pub(crate) struct TeamPageArgs {
    #[command(flatten)]
    page: PageArgs,
    /// Of another team than your own
    #[arg(long)]
    team: Option<String>,
}

impl From<TeamPageArgs> for TeamListQuery {
    fn from(args: TeamPageArgs) -> Self {
        Self { page: args.page.into(), team: args.team }
    }
}

impl From<PageArgs> for ListQuery {
    fn from(page: PageArgs) -> Self {
        Self { limit: Some(page.limit), after: page.after }
    }
}

/// A name and what it stands for, as `NAME=VALUE`.
///
/// # Errors
/// If there is no `=` or no name.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".into()),
    }
}
