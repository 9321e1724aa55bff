//! The commands, one file or folder a noun.

pub(crate) mod agents;
pub(crate) mod approvals;
pub(crate) mod audit;
pub(crate) mod budgets;
pub(crate) mod chat;
pub(crate) mod completions;
pub(crate) mod contexts;
pub(crate) mod daemon;
pub(crate) mod docs;
mod doctor;
pub(crate) mod documents;
pub(crate) mod eval;
pub(crate) mod feedback;
pub(crate) mod flywheel;
pub(crate) mod guardrails;
pub(crate) mod hub;
pub(crate) mod installation;
pub(crate) mod keys;
pub(crate) mod logs;
pub(crate) mod man;
pub(crate) mod mcp;
pub(crate) mod models;
pub(crate) mod next;
pub(crate) mod openapi;
pub(crate) mod operators;
pub(crate) mod prompts;
pub(crate) mod providers;
pub(crate) mod sandbox;
pub(crate) mod schema;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod sources;
pub(crate) mod teams;
pub(crate) mod tiers;
pub(crate) mod tools;
pub(crate) mod trace;
pub(crate) mod usage;
pub(crate) mod users;
pub(crate) mod webhooks;

mod version;

use crate::args::Command;
use crate::failure::{Answer, Failure};
use crate::session::Session;

/// Runs a command.
///
/// # Errors
/// Why it couldn't go through.
pub(crate) async fn run(session: &Session, command: Option<Command>) -> Result<Answer, Failure> {
    let Some(command) = command else { return next::run(session).await };
    match command {
        Command::Sandbox(sandbox) => sandbox::run(session, sandbox).await,
        Command::Agents(agents) => agents::run(session, agents).await,
        Command::Eval(eval) => eval::run(session, eval).await,
        Command::Keys(keys) => keys::run(session, keys).await,
        Command::Chat(chat) => chat::run(session, chat).await,
        Command::Sessions(sessions) => sessions::run(session, sessions).await,
        Command::Search(search) => search::run(session, search).await,
        Command::Documents(documents) => documents::run(session, documents).await,
        Command::Sources(sources) => sources::run(session, sources).await,
        Command::Guardrails(rails) => guardrails::run(session, rails).await,
        Command::Prompts(prompts) => prompts::run(session, prompts).await,
        Command::Feedback(feedback) => feedback::run(session, feedback).await,
        Command::Flywheel(flywheel) => flywheel::run(session, flywheel).await,
        Command::Tools(tools) => tools::run(session, tools).await,
        Command::Approvals(approvals) => approvals::run(session, approvals).await,
        Command::Mcp(mcp) => mcp::run(session, mcp).await,
        Command::Trace(trace) => trace::run(session, trace).await,
        Command::Audit(audit) => audit::run(session, audit).await,
        Command::Usage(usage) => usage::run(session, usage).await,
        Command::Logs(logs) => logs::run(session, logs).await,
        Command::Teams(teams) => teams::run(session, teams).await,
        Command::Users(users) => users::run(session, users).await,
        Command::Operators(operators) => operators::run(session, operators).await,
        Command::Budgets(budgets) => budgets::run(session, budgets).await,
        Command::Webhooks(webhooks) => webhooks::run(session, webhooks).await,
        Command::Models(models) => models::run(session, models).await,
        Command::Tiers(tiers) => tiers::run(session, tiers).await,
        Command::Providers(providers) => providers::run(session, providers).await,
        Command::Daemon(daemon) => daemon::run(session, daemon).await,
        Command::Hub(hub) => hub::run(session, hub).await,
        Command::Login(login) => contexts::login(session, login).await,
        Command::Logout(logout) => contexts::logout(session, logout),
        Command::Context(contexts) => contexts::run(session, contexts).await,
        Command::Completions(completions) => completions::run(session, &completions),
        Command::Openapi(openapi) => openapi::run(session, &openapi),
        Command::Doctor => doctor::run(session).await,
        Command::Version => version::run(session),
        Command::Schema(args) => schema::run(session, &args),
        Command::Installation(args) => installation::run(session, args).await,
        Command::Man(args) => man::run(session, &args),
        Command::Docs(docs) => docs::run(session, &docs),
        // It ran before there was a session.
        Command::ReadFile(_) => Ok(Answer::Yes),
    }
}
