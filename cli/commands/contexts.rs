//! `katonic login`, `logout` and `context`: several daemons, each with its address and its secrets.

use crate::client::Client;
use crate::context::{Context, Target};
use crate::contexts::{self, SANDBOX};
use crate::failure::{Answer, Exit, Failure};
use crate::output::table::{or_dash, table};
use crate::secret::{Secrets, from_standard_input, private_folder};
use crate::session::Session;
use crate::tls::Tls;
use clap::{Args, Subcommand};
use contract::catalogue::ListModels;
use contract::key::{Kind, Secret};
use contract::wire::page::ListQuery;
use secrecy::ExposeSecret;
use serde_json::json;

/// A daemon to use from now on.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// What the context is called; the address's host by default
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    tls: Tls,
}

/// A daemon to forget.
#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// The context; the present one by default
    name: Option<String>,
}

/// The daemons that are known.
#[derive(Debug, Args)]
pub(crate) struct Contexts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the daemons that are known
    List,
    /// Use a daemon from now on
    Use {
        /// The context
        name: String,
    },
}

pub(super) async fn run(session: &Session, contexts: Contexts) -> Result<Answer, Failure> {
    match contexts.command {
        Command::List => list(session),
        Command::Use { name } => {
            contexts::choose(&session.home, &name)?;
            told(session, &name)
        }
    }
}

fn list(session: &Session) -> Result<Answer, Failure> {
    let (home, current) = (&session.home, session.context_name()?);
    let mut rows = Vec::new();
    for name in contexts::names(home)? {
        let context = Context::load(&contexts::folder(home, &name)?)?;
        let (url, user) = context.map(|context| (context.url, context.user_email)).unzip();
        rows.push(
            json!({"name": name, "url": url, "user_email": user.flatten(), "current": name == current}),
        );
    }
    let value = json!({"object": "list", "data": rows});
    session.output.either(&value, || {
        let cells = rows.iter().map(|row| {
            let mark = if row["current"] == true { "●" } else { "" };
            let text = |field: &str| or_dash(row[field].as_str());
            [mark.to_owned(), text("name"), text("url"), text("user_email")]
        });
        table(["", "context", "daemon", "acts for"], cells)
    })?;
    Ok(Answer::Yes)
}

/// Keeps a key or token, once its daemon took it.
///
/// # Errors
/// If the daemon can't be reached, or does not know it.
pub(super) async fn login(session: &Session, args: Login) -> Result<Answer, Failure> {
    let url = session.url().ok_or_else(|| {
        Failure::usage("There is no daemon to log in to")
            .hint("Name its address: katonic login --url https://…")
    })?;
    let name = match args.name {
        Some(name) => name,
        None => host(&url)?,
    };
    let folder = contexts::folder(&session.home, &name)?;
    if name == SANDBOX {
        return Err(
            Failure::usage("The context `sandbox` is this home's own daemon").hint("Choose another --name.")
        );
    }
    if is_open(&url) {
        session
            .output
            .note("Over plain HTTP the key can be read on its way there: use https:// where you can.");
    }
    let secret = from_standard_input("Key or operator's token").await?;
    let kind = Secret::parse(secret.expose_secret()).map(|parsed| parsed.kind()).ok_or_else(|| {
        Failure::usage("That is no key or token of Katonic")
            .hint("It begins with kapi_ or kop_; nothing was kept.")
    })?;
    let user_email = session.acting_user();
    let tls = args.tls.or(session.tls()).absolute()?;
    let credential = Some(secret.clone());
    let target = Target { url: url.clone(), credential, user: user_email.clone(), tls: tls.clone() };
    let query = ListQuery { limit: Some(1), ..ListQuery::default() };
    let known = Client::new(target)?.call::<ListModels>(&query).await.map(drop);
    // One that may not list models is known, too.
    known.or_else(|failure| if failure.has_code("insufficient_scope") { Ok(()) } else { Err(failure) })?;
    private_folder(&folder).map_err(|error| Failure::file(&folder, &error))?;
    Context { url, user_email, tls }.save(&folder)?;
    let secrets = match kind {
        Kind::Operator => Secrets { operator_token: Some(secret), ..Secrets::default() },
        _ => Secrets { api_key: Some(secret), ..Secrets::default() },
    };
    session.keep_in(&folder, &secrets)?;
    contexts::choose(&session.home, &name)?;
    told(session, &name)
}

/// Forgets a daemon's secrets, and the daemon.
///
/// # Errors
/// If they can't be removed.
pub(super) fn logout(session: &Session, args: Logout) -> Result<Answer, Failure> {
    let name = match args.name {
        Some(name) => name,
        None => session.context_name()?,
    };
    if name == SANDBOX {
        return Err(
            Failure::usage("The sandbox is this home's own").hint("`katonic sandbox reset` deletes it.")
        );
    }
    if !contexts::names(&session.home)?.contains(&name) {
        return Err(Failure::new(Exit::NotFound, format!("There is no context `{name}`")));
    }
    session.secret_store_in(&contexts::folder(&session.home, &name)?).clear()?;
    contexts::forget(&session.home, &name)?;
    session.output.either(&json!({"name": name, "removed": true}), || format!("{name} is forgotten."))?;
    Ok(Answer::Yes)
}

fn told(session: &Session, name: &str) -> Result<Answer, Failure> {
    let context = Context::load(&contexts::folder(&session.home, name)?)?;
    let url = context.map(|context| context.url);
    let value = json!({"name": name, "url": url});
    session
        .output
        .either(&value, || format!("Commands go to {name} ({}) from now on.", or_dash(url.as_ref())))?;
    Ok(Answer::Yes)
}

/// Whether what is sent there can be read on its way: in the clear, and not to this machine.
fn is_open(url: &str) -> bool {
    let host = url.strip_prefix("http://").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    let is_here = |host: &str| {
        ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|here| host.strip_prefix(here).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
    };
    host.is_some_and(|host| !is_here(host))
}

/// A name made of an address's host.
fn host(url: &str) -> Result<String, Failure> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default().to_ascii_lowercase();
    let name: String = host.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = name.trim_matches('-').to_owned();
    contract::id::is_name(&name)
        .then_some(name)
        .ok_or_else(|| Failure::usage("Name the context with --name."))
}

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn only_what_leaves_this_machine_in_the_clear_is_warned_of() {
        for open in ["http://agents.example.org", "http://127.0.0.1.example.org:80/", "http://10.0.0.5:8320"]
        {
            assert!(is_open(open), "{open}");
        }
        for kept in
            ["https://agents.example.org", "http://127.0.0.1:8320", "http://localhost", "http://[::1]:1/"]
        {
            assert!(!is_open(kept), "{kept}");
        }
    }
}
