//! What a shell's TAB is answered with: commands and options from the tree, values from the daemon, within a short bound.

use crate::args::Options;
use crate::client::Client;
use crate::contexts;
use crate::environment::{COMPLETE, Environment};
use crate::failure::Failure;
use crate::manual;
use crate::output::Output;
use crate::session::Session;
use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{EnvCompleter, Shells};
use contract::admin::{self, ListKeys, ListProviders, ListTeams, ListUsers};
use contract::catalogue::{self, ListAgents, ListDocuments, ListModels, ListRuns, ListSuites};
use contract::wire::admin::{ListProvidersQuery, TeamListQuery};
use contract::wire::agents::ListAgentsQuery;
use contract::wire::evaluations::ListRunsQuery;
use contract::wire::knowledge::ListDocumentsQuery;
use contract::wire::page::{ListQuery, MAX_LIMIT};
use std::collections::BTreeSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;
use tokio::runtime::Builder;

/// How long a daemon, a keyring or a resolver may keep a person waiting who pressed TAB.
const BOUND: Duration = Duration::from_millis(400);

/// A value, and what stands beside it in shells that show that.
type Value = (String, String);

/// What may stand behind an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    Agents,
    Suites,
    Runs,
    Baselines,
    Keys,
    Collections,
    Contexts,
    Scopes,
    Users,
    Teams,
    Providers,
    Models,
}

impl Values {
    /// By the argument's name: one concept has one name everywhere.
    fn of(command: &str, arg: &Arg) -> Option<Self> {
        Some(match (command, arg.get_id().as_str()) {
            ("logout" | "use", "name") | (_, "context") => Self::Contexts,
            (_, "agent" | "agents") => Self::Agents,
            (_, "suite") => Self::Suites,
            (_, "run" | "filter_failing" | "retry_errors") => Self::Runs,
            (_, "baseline") => Self::Baselines,
            (_, "key") => Self::Keys,
            (_, "collection" | "collections") => Self::Collections,
            (_, "scopes") => Self::Scopes,
            (_, "as_user" | "email" | "user") => Self::Users,
            (_, "team") => Self::Teams,
            (_, "provider") => Self::Providers,
            (_, "model" | "models") => Self::Models,
            _ => return None,
        })
    }
}

/// The tree with values behind its arguments, where somebody asks for them.
pub(crate) fn attached(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let command = command.mut_args(|arg| match Values::of(&name, &arg) {
        // Its values are listed, or it is a file or a switch.
        Some(_) if !arg.get_possible_values().is_empty() || !arg.get_action().takes_values() => arg,
        Some(values) => arg.add(ArgValueCompleter::new(move |typed: &OsStr| candidates(values, typed))),
        None => arg,
    });
    let inner: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    inner.into_iter().fold(command, |command, name| command.mut_subcommand(name, attached))
}

/// Answers the shell whose completions run us; the words so far stand behind `--`.
///
/// # Errors
/// If nobody reads it, or there is no such shell.
pub(crate) fn answer(shell: &str) -> Result<(), Failure> {
    let words = typed().collect();
    let folder = env::current_dir().ok();
    let mut text = Vec::new();
    completer(shell)?.write_complete(&mut manual::tree(), words, folder.as_deref(), &mut text)?;
    Output::new(&Options::default(), &Environment::read()).piece(&String::from_utf8_lossy(&text))
}

/// The script that has a shell ask.
///
/// # Errors
/// If there is no such shell.
pub(crate) fn script(shell: &str) -> Result<String, Failure> {
    let mut text = Vec::new();
    completer(shell)?.write_registration(COMPLETE, "katonic", "katonic", "katonic", &mut text)?;
    let mut text = String::from_utf8_lossy(&text).trim().to_owned() + "\n";
    if shell == "zsh" {
        // Loaded on the first TAB, the file is the body of `_katonic`, and that TAB wants an answer too.
        text.push_str("\n[[ \"$funcstack[1]\" = _katonic ]] && _clap_dynamic_completer_katonic \"$@\"\n");
    }
    Ok(text)
}

fn completer(shell: &str) -> Result<&'static dyn EnvCompleter, Failure> {
    const SHELLS: Shells<'static> = Shells::builtins();
    let known = SHELLS.0.iter().copied().find(|known| known.is(shell));
    known.ok_or_else(|| Failure::usage(format!("There are no completions for `{shell}`")))
}

fn typed() -> impl Iterator<Item = OsString> {
    env::args_os().skip_while(|word| word != "--").skip(1)
}

fn candidates(values: Values, typed: &OsStr) -> Vec<CompletionCandidate> {
    let (send, receive) = channel();
    // What waits for a dead address or a locked keyring ends with this process.
    thread::spawn(move || send.send(list(values).unwrap_or_default()));
    let found = receive.recv_timeout(BOUND).unwrap_or_default();
    let typed = typed.to_string_lossy();
    let fitting = found.into_iter().filter(|(value, _)| value.starts_with(typed.as_ref()));
    fitting.map(|(value, help)| CompletionCandidate::new(value).help(Some(help.into()))).collect()
}

fn list(values: Values) -> Result<Vec<Value>, Failure> {
    if values == Values::Scopes {
        return Ok(scopes());
    }
    let environment = Environment::read();
    let options = options(typed().map(|word| word.to_string_lossy().into_owned()));
    let output = Output::new(&options, &environment);
    let session = Session::new(options, environment, output)?;
    if values == Values::Contexts {
        return Ok(contexts::names(&session.home)?.into_iter().map(|name| (name, String::new())).collect());
    }
    let client = session.client()?;
    Builder::new_current_thread().enable_all().build()?.block_on(ask(&client, values))
}

/// The daemon that the words so far name.
fn options(words: impl Iterator<Item = String>) -> Options {
    let (mut options, mut words) = (Options::default(), words.peekable());
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (word, words.peek().cloned()),
        };
        match name.as_str() {
            "--url" => options.url = value,
            "--context" => options.context = value,
            _ => {}
        }
    }
    options
}

async fn ask(client: &Client, values: Values) -> Result<Vec<Value>, Failure> {
    let page = ListQuery { limit: Some(MAX_LIMIT), after: None };
    let of_team = TeamListQuery { page: page.clone(), team: None };
    Ok(match values {
        Values::Agents => {
            let query = ListAgentsQuery { page, ..ListAgentsQuery::default() };
            let agents = client.call::<ListAgents>(&query).await?.data;
            agents.into_iter().map(|agent| (agent.id, agent.name.unwrap_or_default())).collect()
        }
        Values::Suites => {
            let suites = client.call::<ListSuites>(&page).await?.data;
            suites.into_iter().map(|suite| (suite.id, format!("{} cases", suite.cases))).collect()
        }
        Values::Runs => runs(client, page).await?,
        Values::Baselines => {
            let live = |name: &str| (name.to_owned(), format!("what is live in {name}"));
            [vec![live("prod"), live("test")], runs(client, page).await?].concat()
        }
        Values::Keys => {
            let keys = client.call::<ListKeys>(&of_team).await?.data;
            keys.into_iter().map(|key| (key.name, key.scopes.join(" "))).collect()
        }
        Values::Collections => {
            let query = ListDocumentsQuery { page, ..ListDocumentsQuery::default() };
            let documents = client.call::<ListDocuments>(&query).await?.data;
            let names: BTreeSet<String> = documents.into_iter().map(|document| document.collection).collect();
            names.into_iter().map(|name| (name, String::new())).collect()
        }
        Values::Users => {
            let users = client.call::<ListUsers>(&of_team).await?.users;
            users.into_iter().map(|user| (user.email, user.name.unwrap_or_default())).collect()
        }
        Values::Teams => {
            let teams = client.call::<ListTeams>(&of_team).await?.data;
            teams.into_iter().map(|team| (team.id, String::new())).collect()
        }
        Values::Providers => {
            let query = ListProvidersQuery { all: true };
            let providers = client.call::<ListProviders>(&query).await?.data;
            providers.into_iter().map(|provider| (provider.id, String::new())).collect()
        }
        Values::Models => {
            let models = client.call::<ListModels>(&page).await?.data;
            models.into_iter().map(|model| (model.id, String::new())).collect()
        }
        Values::Contexts | Values::Scopes => Vec::new(),
    })
}

async fn runs(client: &Client, page: ListQuery) -> Result<Vec<Value>, Failure> {
    let query = ListRunsQuery { page, ..ListRunsQuery::default() };
    let runs = client.call::<ListRuns>(&query).await?.data;
    let told = |passed, cases, agent: &str| format!("{passed} of {cases} cases passed, {agent}");
    Ok(runs.into_iter().map(|run| (run.run_id, told(run.passed, run.cases, &run.agent))).collect())
}

/// Every scope, and the families of those that have some.
fn scopes() -> Vec<Value> {
    let mut names = BTreeSet::new();
    for scope in catalogue::CATALOGUE.iter().chain(admin::CATALOGUE).map(|endpoint| endpoint.scope) {
        names.insert(scope.0.to_owned());
        if scope.0.contains('/') {
            names.insert(format!("{}/*", scope.family()));
        }
    }
    names.into_iter().filter(|name| !name.starts_with("admin")).map(|name| (name, String::new())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_so_far_name_the_daemon() {
        let read = |line: &str| options(line.split(' ').map(str::to_owned));
        let spaced = read("katonic keys --url http://a --context=lab show");
        assert_eq!((spaced.url.as_deref(), spaced.context.as_deref()), (Some("http://a"), Some("lab")));
    }

    #[test]
    fn scopes_are_offered_with_their_families() {
        let names: Vec<String> = scopes().into_iter().map(|(name, _)| name).collect();
        for name in ["chat", "agents/*", "agents/promote", "knowledge/read"] {
            assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
        }
    }

    #[test]
    fn each_shell_has_a_script_that_asks_the_binary() {
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let script = script(shell).unwrap();
            assert!(script.contains(COMPLETE) && script.contains("katonic"), "{script}");
        }
        assert!(script("tcsh").is_err());
    }
}
