//! `katonic providers`: which models' providers there are, and their keys.

use crate::args::pair;
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::secret;
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::{AddProvider, ListProviders, RefreshCatalogue, RemoveProvider, TestProvider};
use contract::wire::admin::{
    AddProviderRequest, ListProvidersQuery, ProviderStatus, RefreshCatalogueRequest, RemoveProviderQuery,
    TestProviderRequest,
};
use secrecy::ExposeSecret;
use serde_json::json;
use std::path::PathBuf;

/// Providers of models (for operators).
#[derive(Debug, Args)]
pub(crate) struct Providers {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the providers that can be called, and how they fare
    List {
        /// All that Katonic knows, with the variables that their keys are read from
        #[arg(long)]
        all: bool,
    },
    /// Store a provider's key, read from standard input
    Add(Add),
    /// Make one real call to a provider
    Test {
        /// The provider
        provider: String,
        /// The model to call; the cheapest that is known by default
        #[arg(long)]
        model: Option<String>,
    },
    /// Remove a provider's stored key
    Remove {
        /// The provider
        provider: String,
        /// The key that every team may use, instead of the team's own
        #[arg(long)]
        shared: bool,
    },
    /// Take newer facts of models over the ones that are built in
    Refresh {
        /// A JSON list of models, each with its provider, id, prices and abilities
        #[arg(long)]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// The provider, by its id in the catalogue
    provider: String,
    /// Let every team use the key, not only your own
    #[arg(long)]
    shared: bool,
    /// What its address needs, such as region=eu-west-1; may be given again
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    params: Vec<(String, String)>,
}

pub(super) async fn run(session: &Session, providers: Providers) -> Result<Answer, Failure> {
    match providers.command {
        Command::List { all } => list(session, all).await,
        Command::Add(args) => add(session, args).await,
        Command::Test { provider, model } => test(session, &provider, model).await,
        Command::Remove { provider, shared } => remove(session, &provider, shared).await,
        Command::Refresh { file } => refresh(session, file).await,
    }
}

async fn list(session: &Session, all: bool) -> Result<Answer, Failure> {
    let page = session.client()?.call::<ListProviders>(&ListProvidersQuery { all }).await?;
    session.output.either(&page, || {
        let rows = page.data.iter().map(|provider| {
            let key =
                provider.key.clone().or_else(|| provider.key_env.as_ref().map(|name| format!("set {name}")));
            let key = if provider.supported { or_dash(key) } else { "not spoken".into() };
            [provider.id.clone(), provider.api.clone(), key, provider.models.to_string(), health(provider)]
        });
        table(["provider", "speaks", "key", "models", "health"], rows)
    })?;
    if page.data.is_empty() {
        session
            .output
            .note("No provider is configured. `katonic providers list --all` shows those that can be.");
    }
    Ok(Answer::Yes)
}

/// Such as `3 answered, 1 failed · resting: gpt-x (429)`.
fn health(provider: &ProviderStatus) -> String {
    let (answered, failed) =
        provider.targets.iter().fold((0, 0), |(a, f), target| (a + target.answered, f + target.failed));
    if answered + failed == 0 {
        return "-".into();
    }
    let ill = provider.targets.iter().filter(|target| target.state != "healthy");
    let ill: Vec<String> = ill.map(|target| format!("{}: {}", target.state, target.target)).collect();
    let counts = format!("{answered} answered, {failed} failed");
    if ill.is_empty() { counts } else { format!("{counts} · {}", ill.join(", ")) }
}

async fn add(session: &Session, args: Add) -> Result<Answer, Failure> {
    let key = secret::from_standard_input(&format!("Key of {}", args.provider)).await?;
    let request = AddProviderRequest {
        provider: args.provider,
        key: key.expose_secret().to_owned(),
        shared: args.shared,
        params: args.params.into_iter().collect(),
    };
    let stored = session.client()?.call::<AddProvider>(&request).await?;
    session.output.either(&stored, || {
        let whose = if stored.shared { "every team" } else { stored.team.as_str() };
        format!("The key of {} is stored, encrypted, for {whose}.", stored.provider)
    })?;
    session.output.note(&format!("Try it: katonic providers test {}", stored.provider));
    Ok(Answer::Yes)
}

async fn test(session: &Session, provider: &str, model: Option<String>) -> Result<Answer, Failure> {
    let request = TestProviderRequest { provider: provider.to_owned(), model };
    let tested = session.client()?.call::<TestProvider>(&request).await?;
    session.output.either(&tested, || {
        let verdict = if tested.ok { "answers" } else { "fails" };
        format!("{} {verdict} in {:.0} ms: {}", tested.model, tested.latency_ms, tested.detail)
    })?;
    Ok(if tested.ok { Answer::Yes } else { Answer::No })
}

async fn remove(session: &Session, provider: &str, shared: bool) -> Result<Answer, Failure> {
    let query = RemoveProviderQuery { provider: provider.to_owned(), shared };
    session.client()?.call::<RemoveProvider>(&query).await?;
    session.output.either(&json!({"provider": provider, "removed": true}), || {
        format!("The stored key of {provider} is removed.")
    })?;
    Ok(Answer::Yes)
}

async fn refresh(session: &Session, file: PathBuf) -> Result<Answer, Failure> {
    let text = tokio::fs::read_to_string(&file).await;
    let text = text.map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    let models = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    let counts = session.client()?.call::<RefreshCatalogue>(&RefreshCatalogueRequest { models }).await?;
    session.output.either(&counts, || {
        format!("{} models of {} providers are newer now.", counts.models, counts.providers)
    })?;
    Ok(Answer::Yes)
}
