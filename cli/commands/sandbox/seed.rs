//! What the sandbox holds: put there through the API, each thing only if it isn't there already.

use crate::client::Client;
use crate::example::Example;
use crate::failure::{Exit, Failure};
use crate::output::counted;
use crate::output::progress::Steps;
use crate::secret::Secrets;
use crate::session::Session;
use contract::admin::{CreateKey, GetKey, ListUsers, PutUsers, RevokeKey};
use contract::agent::{AgentDefinition, ENVIRONMENTS};
use contract::catalogue::{
    AddDocument, ApplyAgent, GetAgent, GetDocument, GetRun, ListSuites, PromoteAgent, PutSuite, StartRun,
};
use contract::suite::SuiteDefinition;
use contract::wire::admin::{
    CreateKeyRequest, KeyPath, PutUsersRequest, RevokeKeyRequest, TeamListQuery, Which,
};
use contract::wire::agents::{AgentDetail, AgentPath, ApplyAgentRequest, PromoteRequest};
use contract::wire::evaluations::{PutSuiteRequest, RunPath, StartRunRequest};
use contract::wire::knowledge::{AddDocumentRequest, DocumentPath};
use contract::wire::page::{ListQuery, MAX_LIMIT};
use secrecy::SecretString;

/// Seconds that one call waits for the run.
const PATIENCE: u32 = 60;

/// An example's people, documents, suites and agent, evaluated and live.
///
/// # Errors
/// If the daemon refuses something, the gate included.
pub(super) async fn everything(
    session: &Session,
    client: &Client,
    example: &Example,
    steps: &Steps<'_>,
) -> Result<(), Failure> {
    if let Some(wanted) = &example.people {
        people(client, wanted, steps).await?;
    }
    documents(client, &example.documents, steps).await?;
    suites(client, &example.suites, steps).await?;
    let agent = agent(client, &example.agent, steps).await?;
    let waiting = |environment: &&str| {
        example.agent.gate(environment).is_some() && !agent.environments.contains_key(*environment)
    };
    let waiting: Vec<&str> =
        ENVIRONMENTS.iter().copied().filter(|environment| waiting(environment)).collect();
    match example.agent.suite() {
        Some(suite) if !waiting.is_empty() => live(session, client, &agent, suite, &waiting, steps).await,
        _ => Ok(()),
    }
}

async fn people(client: &Client, wanted: &PutUsersRequest, steps: &Steps<'_>) -> Result<(), Failure> {
    let known = client.call::<ListUsers>(&TeamListQuery::default()).await?;
    let is_known = |email: &str| known.users.iter().any(|user| user.email == email);
    if wanted.users.iter().any(|user| !is_known(&user.email)) {
        steps.next(format!("Adding {}", counted(wanted.users.len(), "user")));
        client.call::<PutUsers>(wanted).await?;
    }
    Ok(())
}

async fn documents(
    client: &Client,
    documents: &[AddDocumentRequest],
    steps: &Steps<'_>,
) -> Result<(), Failure> {
    for document in documents {
        let doc_id = document.doc_id.clone().unwrap_or_default();
        if missing(client.call::<GetDocument>(&DocumentPath { doc_id: doc_id.clone() }).await)?.is_none() {
            steps.next(format!("Adding the document {doc_id}"));
            client.call::<AddDocument>(document).await?;
        }
    }
    Ok(())
}

async fn suites(client: &Client, suites: &[SuiteDefinition], steps: &Steps<'_>) -> Result<(), Failure> {
    let query = ListQuery { limit: Some(MAX_LIMIT), after: None };
    let known = client.call::<ListSuites>(&query).await?;
    for suite in suites {
        let suite_id = suite.metadata.id.clone();
        if !known.data.iter().any(|known| known.id == suite_id) {
            steps.next(format!("Storing the suite {suite_id}"));
            let definition = serde_json::to_string(suite)?;
            client.call::<PutSuite>(&PutSuiteRequest { suite_id, definition, dry_run: false }).await?;
        }
    }
    Ok(())
}

/// The example's agent, as it is: what a person applied since stays the last.
async fn agent(client: &Client, agent: &AgentDefinition, steps: &Steps<'_>) -> Result<AgentDetail, Failure> {
    let path = AgentPath { agent_id: agent.metadata.id.clone() };
    if let Some(agent) = missing(client.call::<GetAgent>(&path).await)? {
        return Ok(agent);
    }
    steps.next(format!("Applying the agent {}", path.agent_id));
    let definition = serde_json::to_string(agent)?;
    client.call::<ApplyAgent>(&ApplyAgentRequest { definition, dry_run: false }).await?;
    client.call::<GetAgent>(&path).await
}

/// Evaluates the oldest version, which is the sample's own, and promotes it where nothing is live.
async fn live(
    session: &Session,
    client: &Client,
    agent: &AgentDetail,
    suite: &str,
    environments: &[&str],
    steps: &Steps<'_>,
) -> Result<(), Failure> {
    let id = &agent.id;
    let version = agent.versions.last().map(|version| version.version.clone());
    steps.next(format!("Evaluating {id} on {suite}"));
    let request = StartRunRequest {
        agent: id.clone(),
        suite: suite.to_owned(),
        version: version.clone(),
        ..StartRunRequest::default()
    };
    let mut run = client.call_patiently::<StartRun>(&request, PATIENCE).await?;
    while !run.status.is_over() {
        run = client.call_patiently::<GetRun>(&RunPath { run_id: run.run_id }, 1).await?.run;
    }
    for environment in environments {
        steps.next(format!("Promoting {id} to {environment}"));
        let request = PromoteRequest {
            canary: None,
            agent_id: id.clone(),
            environment: (*environment).to_owned(),
            version: version.clone(),
            run_id: Some(run.run_id.clone()),
            overriding: None,
        };
        client.call::<PromoteAgent>(&request).await?;
    }
    session.output.aside(&format!("{suite}: {} of {} cases passed", run.passed, run.cases));
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
    let known = missing(client.call::<GetKey>(&KeyPath { key_id: name.into() }).await)?;
    if known.is_some_and(|key| key.status == "active") {
        if kept {
            return Ok(None);
        }
        let which = RevokeKeyRequest { key_id: name.into(), which: Which::All };
        client.call::<RevokeKey>(&which).await?;
    }
    steps.next(format!("Creating the key {name}"));
    let request = CreateKeyRequest {
        name: name.into(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        act_as: vec!["*@example.org".into()],
        test: true,
        ..CreateKeyRequest::default()
    };
    let key = client.call::<CreateKey>(&request).await?;
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
