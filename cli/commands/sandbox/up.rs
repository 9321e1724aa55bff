//! `katonic sandbox up`: the daemon first, then what it serves, then how to ask it.

use super::seed;
use crate::client::Client;
use crate::commands::daemon::{configuration, taken};
use crate::context::{Context, Target};
use crate::contexts;
use crate::example::Example;
use crate::failure::{Answer, Exit, Failure};
use crate::output::progress::Steps;
use crate::process::{self, Running};
use crate::secret::Secrets;
use crate::session::Session;
use crate::tls::Tls;
use ::daemon::issue_operator_token;
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use tokio::task::spawn_blocking;

/// The sandbox's port, where nothing else is asked for.
const PORT: u16 = 8320;

/// The configuration of a new sandbox.
const SETTINGS: &str =
    "# Traces keep questions and answers, redacted, so that `katonic flywheel` has something to learn from.
[audit]
content = \"redacted\"
";

/// Starts the sandbox.
#[derive(Debug, Default, Args)]
pub(super) struct Up {
    /// The port; 0 picks a free one [default: 8320]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// A folder laid out like agents-examples/hr, to load instead of that one
    #[arg(long, value_name = "DIR")]
    example: Option<PathBuf>,
}

pub(super) async fn run(session: &Session, args: &Up) -> Result<Answer, Failure> {
    session.if_interrupted("Run `katonic sandbox` again: it goes on where it stopped.");
    let example = match &args.example {
        Some(folder) => Example::read(folder, &session.output)?,
        None => Example::embedded(&session.output)?,
    };
    let steps = Steps::new(&session.output);
    let mut secrets = session.secret_store().load()?;
    let running = match process::running(&session.home) {
        Some(running) => {
            if args.port.is_some_and(|port| port != 0 && !running.url.ends_with(&format!(":{port}"))) {
                session.output.note(&format!("The sandbox runs already, on {}.", running.url));
            }
            running
        }
        None => start(session, args.port.unwrap_or(PORT), &mut secrets, &steps).await?,
    };
    let Some(token) = secrets.operator_token.clone() else {
        return Err(Failure::new(
            Exit::NotAuthorised,
            "A daemon runs here that the sandbox has no token for",
        )
        .hint("Stop it with `katonic daemon stop`, then run `katonic sandbox` again."));
    };
    let client = Client::new(Target {
        url: running.url.clone(),
        credential: Some(token),
        user: None,
        tls: Tls::default(),
    })?;
    // First what a person needs to look around, should the gate refuse the example.
    seed::keys(session, &client, &mut secrets, &steps).await?;
    let user_email = example.asker().map(str::to_owned);
    Context { url: running.url.clone(), user_email, tls: Tls::default() }.save(&session.home)?;
    contexts::choose(&session.home, contexts::SANDBOX)?;
    seed::everything(session, &client, &example, &steps).await?;
    drop(steps);
    tell(session, &running, &secrets, &example)
}

async fn start(
    session: &Session,
    port: u16,
    secrets: &mut Secrets,
    steps: &Steps<'_>,
) -> Result<Running, Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    // Found out before anything is written; the listener is closed again at once.
    drop(TcpListener::bind(address).map_err(|error| taken(address, &error))?);
    keep_content(session)?;
    let config = configuration(session)?;
    if !config.data().exists() {
        // Keys of data that is gone open nothing.
        *secrets = Secrets::default();
    }
    if secrets.operator_token.is_none() {
        steps.next("Preparing the data directory");
        let issued = spawn_blocking(move || issue_operator_token(&config, "sandbox")).await;
        let token = match issued {
            Ok(Ok(token)) => token,
            Ok(Err(error)) => return Err(Failure::new(Exit::Unavailable, error.to_string())),
            Err(error) => return Err(Failure::new(Exit::Unavailable, error.to_string())),
        };
        secrets.operator_token = Some(SecretString::from(token.expose()));
        session.keep(secrets)?;
    }
    steps.next("Starting the daemon");
    process::start(&session.home, address, None).await
}

/// Lets a new sandbox's traces keep what is asked, unless its configuration is there already.
fn keep_content(session: &Session) -> Result<(), Failure> {
    let path = session.home.join("katonic.toml");
    let failed = |error| Failure::file(&path, &error);
    fs::create_dir_all(&session.home).map_err(failed)?;
    match File::create_new(&path) {
        Ok(mut file) => file.write_all(SETTINGS.as_bytes()).map_err(failed),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

fn tell(
    session: &Session,
    running: &Running,
    secrets: &Secrets,
    example: &Example,
) -> Result<Answer, Failure> {
    let exposed = |secret: &Option<SecretString>| {
        secret.as_ref().map(|secret| secret.expose_secret().to_owned()).unwrap_or_default()
    };
    let api_key = exposed(&secrets.api_key);
    let agent = &example.agent.metadata.id;
    let user = example.asker().unwrap_or_default();
    let question = question(example);
    let curl = curl(&running.url, &api_key, agent, user, &question);
    let value = json!({
        "url": running.url,
        "api_key": api_key,
        "ci_key": exposed(&secrets.ci_key),
        "operator_token": exposed(&secrets.operator_token),
        "agent_id": agent,
        "user_email": user,
        "curl": curl,
        "pid": running.pid,
        "home": session.home,
    });
    session.output.either(&value, || {
        format!(
            "The sandbox is up on {}, with the agent {agent} live in test and prod.\n\n\
             Try  katonic chat {agent} \"{question}\"\n\
             or, as any program would ask it for {user}:\n\n{curl}",
            running.url
        )
    })?;
    Ok(Answer::Yes)
}

/// What to ask it: the first case of its suite, in letters that need no escape in a shell.
fn question(example: &Example) -> String {
    let first = example.suites.iter().flat_map(|suite| &suite.spec.cases).next();
    let input = first.map_or("What can you help me with?", |case| case.input.as_str());
    input.replace("What's", "What is").replace('\'', "’").replace(['"', '\\', '$', '`', '\n'], " ")
}

fn curl(url: &str, api_key: &str, agent: &str, user: &str, question: &str) -> String {
    let body = json!({"agent_id": agent, "messages": [{"role": "user", "content": question}]});
    format!(
        "curl -N {url}/public/v1/chat -H \"Authorization: Bearer {api_key}\" -H \"X-User-Email: {user}\" -d '{body}'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Options;
    use crate::environment::Environment;
    use crate::output::Output;

    #[test]
    fn the_curl_command_can_be_pasted_into_a_shell() {
        let output = Output::new(&Options::default(), &Environment::with(&[]));
        let question = question(&Example::embedded(&output).unwrap());
        let command =
            curl("http://127.0.0.1:8320", "kapi_test_1", "hr-assistant", "a@example.org", &question);
        let (_, body) = command.split_once(" -d '").unwrap();
        let body: serde_json::Value = serde_json::from_str(body.strip_suffix('\'').unwrap()).unwrap();
        assert_eq!(body["agent_id"], "hr-assistant");
        assert_eq!(body["messages"][0]["content"], "What is the remote work policy?");
        assert!(!body.to_string().contains('\''));
    }
}
