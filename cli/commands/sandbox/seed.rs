//! What the sandbox holds: put there through the API, each thing only if it isn't there already.

use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::output::counted;
use crate::output::progress::Steps;
use crate::secret::Secrets;
use crate::session::Session;
use contract::catalogue::{
    AddDocument, ApplyAgent, GetAgent, GetDocument, GetRun, ListSuites, PromoteAgent, PutSuite, StartRun,
};
use contract::document::from_markdown;
use contract::endpoint::Method;
use contract::wire::admin::{CreateKeyRequest, Directory, Key};
use contract::wire::agents::{AgentDetail, AgentPath, ApplyAgentRequest, PromoteRequest};
use contract::wire::evaluations::{PutSuiteRequest, RunPath, StartRunRequest};
use contract::wire::knowledge::DocumentPath;
use contract::wire::page::{ListQuery, MAX_LIMIT};
use include_dir::{Dir, include_dir};
use secrecy::SecretString;
use serde_json::json;

/// The sample agent.
pub(super) const AGENT: &str = "hr-assistant";

/// Who asks it.
pub(super) const USER: &str = "sarah@example.org";

const SUITE: &str = "hr-eval-v3";
const COLLECTION: &str = "hr-policies";

/// Seconds that one call waits for the run.
const PATIENCE: u32 = 60;

static EXAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/agents-examples/hr");

/// People, documents, suite and agent, evaluated and live.
///
/// # Errors
/// If the daemon refuses something, the gate included.
pub(super) async fn everything(session: &Session, client: &Client, steps: &Steps<'_>) -> Result<(), Failure> {
    people(client, steps).await?;
    documents(client, steps).await?;
    suite(client, steps).await?;
    let agent = agent(client, steps).await?;
    for environment in ["test", "prod"] {
        if !agent.environments.contains_key(environment) {
            return live(session, client, &agent, steps).await;
        }
    }
    Ok(())
}

fn file(path: &str) -> Result<&'static str, Failure> {
    let text = EXAMPLE.get_file(path).and_then(|file| file.contents_utf8());
    text.ok_or_else(|| Failure::new(Exit::Unavailable, format!("The example lacks {path}")))
}

async fn people(client: &Client, steps: &Steps<'_>) -> Result<(), Failure> {
    let wanted: Directory = serde_yaml::from_str(file("users.yml")?).map_err(|error| {
        Failure::new(Exit::Unavailable, format!("The example's users are damaged: {error}"))
    })?;
    let known: Directory = client.admin(Method::Get, "/users", None).await?;
    let is_known = |email: &str| known.users.iter().any(|user| user.email == email);
    if wanted.users.iter().any(|user| !is_known(&user.email)) {
        steps.next(format!("Adding {}", counted(wanted.users.len(), "user")));
        let body = Some(serde_json::to_value(&wanted)?);
        client.admin::<Directory>(Method::Put, "/users", body).await?;
    }
    Ok(())
}

async fn documents(client: &Client, steps: &Steps<'_>) -> Result<(), Failure> {
    let files = EXAMPLE.get_dir("documents").into_iter().flat_map(Dir::files);
    for text in files.filter_map(|file| file.contents_utf8()) {
        let document = from_markdown(text, COLLECTION).map_err(|error| {
            Failure::new(Exit::Unavailable, format!("An example document is damaged: {error}"))
        })?;
        let doc_id = document.doc_id.clone().unwrap_or_default();
        if missing(client.call::<GetDocument>(&DocumentPath { doc_id: doc_id.clone() }).await)?.is_none() {
            steps.next(format!("Adding the document {doc_id}"));
            client.call::<AddDocument>(&document).await?;
        }
    }
    Ok(())
}

async fn suite(client: &Client, steps: &Steps<'_>) -> Result<(), Failure> {
    let query = ListQuery { limit: Some(MAX_LIMIT), after: None };
    let known = client.call::<ListSuites>(&query).await?;
    if !known.data.iter().any(|suite| suite.id == SUITE) {
        steps.next(format!("Storing the suite {SUITE}"));
        let definition = file("suites/hr-eval-v3.yml")?.to_owned();
        client
            .call::<PutSuite>(&PutSuiteRequest { suite_id: SUITE.into(), definition, dry_run: false })
            .await?;
    }
    Ok(())
}

/// The sample agent, as it is: what a person applied since stays the last.
async fn agent(client: &Client, steps: &Steps<'_>) -> Result<AgentDetail, Failure> {
    let path = AgentPath { agent_id: AGENT.into() };
    if let Some(agent) = missing(client.call::<GetAgent>(&path).await)? {
        return Ok(agent);
    }
    steps.next(format!("Applying the agent {AGENT}"));
    let definition = file("hr.yml")?.to_owned();
    client.call::<ApplyAgent>(&ApplyAgentRequest { definition, dry_run: false }).await?;
    client.call::<GetAgent>(&path).await
}

/// Evaluates the oldest version, which is the sample's own, and promotes it where nothing is live.
async fn live(
    session: &Session,
    client: &Client,
    agent: &AgentDetail,
    steps: &Steps<'_>,
) -> Result<(), Failure> {
    let version = agent.versions.last().map(|version| version.version.clone());
    steps.next(format!("Evaluating {AGENT} on {SUITE}"));
    let request = StartRunRequest {
        agent: AGENT.into(),
        suite: SUITE.into(),
        version: version.clone(),
        ..StartRunRequest::default()
    };
    let mut run = client.call_patiently::<StartRun>(&request, PATIENCE).await?;
    while !run.status.is_over() {
        run = client.call_patiently::<GetRun>(&RunPath { run_id: run.run_id }, 1).await?.run;
    }
    for environment in ["test", "prod"] {
        if agent.environments.contains_key(environment) {
            continue;
        }
        steps.next(format!("Promoting {AGENT} to {environment}"));
        let request = PromoteRequest {
            agent_id: AGENT.into(),
            environment: environment.into(),
            version: version.clone(),
            run_id: Some(run.run_id.clone()),
            overriding: None,
        };
        client.call::<PromoteAgent>(&request).await?;
    }
    session.output.aside(&format!("{SUITE}: {} of {} cases passed", run.passed, run.cases));
    Ok(())
}

/// The two keys: applications ask with the one, pipelines evaluate and promote with the other.
///
/// # Errors
/// If the daemon refuses, or a secret can't be kept.
pub(super) async fn keys(
    session: &Session,
    client: &Client,
    secrets: &mut Secrets,
    steps: &Steps<'_>,
) -> Result<(), Failure> {
    let chat = ["chat", "search", "completions", "models"];
    if let Some(secret) = key(client, "sandbox-chat", &chat, secrets.api_key.is_some(), steps).await? {
        secrets.api_key = Some(secret);
        session.keep(secrets)?;
    }
    let ci = ["evaluations", "agents/*", "models"];
    if let Some(secret) = key(client, "sandbox-ci", &ci, secrets.ci_key.is_some(), steps).await? {
        secrets.ci_key = Some(secret);
        session.keep(secrets)?;
    }
    Ok(())
}

/// A new secret, where the key isn't there or its secret was lost. Both keys act for the sample's users: the
/// suite asks as them.
async fn key(
    client: &Client,
    name: &str,
    scopes: &[&str],
    kept: bool,
    steps: &Steps<'_>,
) -> Result<Option<SecretString>, Failure> {
    let known: Option<Key> = missing(client.admin(Method::Get, &format!("/keys/{name}"), None).await)?;
    if known.is_some_and(|key| key.status == "active") {
        if kept {
            return Ok(None);
        }
        let body = Some(json!({"which": "all"}));
        client.admin::<Key>(Method::Post, &format!("/keys/{name}/revoke"), body).await?;
    }
    steps.next(format!("Creating the key {name}"));
    let request = CreateKeyRequest {
        name: name.into(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        act_as: vec!["*@example.org".into()],
        test: true,
        ..CreateKeyRequest::default()
    };
    let key: Key = client.admin(Method::Post, "/keys", Some(serde_json::to_value(&request)?)).await?;
    Ok(key.secret.map(SecretString::from))
}

/// An answer, or none where there is no such thing.
fn missing<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(failure) if failure.exit == Exit::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::check::{Checked, Context, Source, check};

    #[test]
    fn the_embedded_example_is_whole() {
        let suite = Source { file: String::new(), text: file("suites/hr-eval-v3.yml").unwrap().into() };
        let (suite, findings) = check(&suite, &Context::default());
        assert!(matches!(suite, Some(Checked::Suite(suite)) if suite.metadata.id == SUITE), "{findings:?}");
        let agent = Source { file: String::new(), text: file("hr.yml").unwrap().into() };
        let (agent, findings) = check(&agent, &Context::default());
        assert!(matches!(agent, Some(Checked::Agent(agent)) if agent.metadata.id == AGENT), "{findings:?}");
        let users: Directory = serde_yaml::from_str(file("users.yml").unwrap()).unwrap();
        assert!(users.users.iter().any(|user| user.email == USER));
        assert!(EXAMPLE.get_dir("documents").unwrap().files().count() >= 8);
    }
}
