//! `katonic keys`: API keys, through the admin API.

use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::request::encode;
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::duration::Span;
use contract::endpoint::Method;
use contract::time::Time;
use contract::wire::admin::{CreateKeyRequest, Key, KeyLimits};
use contract::wire::page::Page;
use serde_json::json;

/// API keys.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a key; its secret is shown this once
    Create(Create),
    /// List keys
    List,
    /// Revoke a key: it stops working at once
    Revoke {
        /// The key's name or id
        key: String,
    },
}

#[derive(Debug, Args)]
struct Create {
    /// What to call it
    name: String,
    /// What it may do, such as chat,search or agents/*
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
    scopes: Vec<String>,
    /// The team that owns it
    #[arg(long)]
    team: Option<String>,
    /// For whom it may act: addresses, or *@domain
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    act_as: Vec<String>,
    /// The role of a call that acts for nobody
    #[arg(long)]
    role: Option<String>,
    /// Calls a minute
    #[arg(long, value_name = "N")]
    per_minute: Option<u32>,
    /// Calls an hour
    #[arg(long, value_name = "N")]
    per_hour: Option<u32>,
    /// Calls a day
    #[arg(long, value_name = "N")]
    per_day: Option<u32>,
    /// Which models it may call: tiers, provider/model, provider/*
    #[arg(long, value_name = "MODELS", value_delimiter = ',')]
    models: Vec<String>,
    /// Another name of a model, for this key; may be given again
    #[arg(long = "alias", value_name = "NAME=MODEL", value_parser = crate::args::pair)]
    aliases: Vec<(String, String)>,
    /// After how long it ends by itself, such as 90d or 24h
    #[arg(long, value_name = "DURATION")]
    expires: Option<Span>,
}

pub(super) async fn run(session: &Session, keys: Keys) -> Result<Answer, Failure> {
    match keys.command {
        Command::Create(args) => create(session, args).await,
        Command::List => list(session).await,
        Command::Revoke { key } => revoke(session, &key).await,
    }
}

async fn create(session: &Session, args: Create) -> Result<Answer, Failure> {
    let request = CreateKeyRequest {
        name: args.name,
        scopes: args.scopes,
        team: args.team,
        act_as: args.act_as,
        role: args.role,
        limits: KeyLimits { per_minute: args.per_minute, per_hour: args.per_hour, per_day: args.per_day },
        models: args.models,
        aliases: args.aliases.into_iter().collect(),
        expires_at: args.expires.map(|span| Time(Time::now().0.saturating_add(span.millis()))),
        test: false,
    };
    let body = Some(serde_json::to_value(&request)?);
    let key: Key = session.client()?.admin(Method::Post, "/keys", body).await?;
    session.output.either(&key, || key.secret.clone().unwrap_or_default())?;
    session.output.note(&format!("The key {} is shown this once. Keep it where secrets are kept.", key.name));
    Ok(Answer::Yes)
}

async fn list(session: &Session) -> Result<Answer, Failure> {
    let keys: Page<Key> = session.client()?.admin(Method::Get, "/keys", None).await?;
    session.output.either(&keys, || {
        let header = ["name", "key", "status", "scopes", "acts for", "expires", "last used"];
        table(header, keys.data.iter().flat_map(rows))
    })?;
    Ok(Answer::Yes)
}

/// A row for each live secret, or one for a key that has none left.
fn rows(key: &Key) -> Vec<[String; 7]> {
    let row = |prefix: &str, status: &str, expires: Option<Time>, used: Option<Time>| {
        let [scopes, act_as] = [key.scopes.join(" "), key.act_as.join(" ")];
        let [expires, used] = [or_dash(expires), or_dash(used)];
        [key.name.clone(), prefix.to_owned(), status.to_owned(), scopes, act_as, expires, used]
    };
    let live = key.secrets.iter().filter(|secret| secret.status == "active");
    let rows: Vec<_> = live
        .map(|secret| {
            row(&secret.prefix, &key.status, secret.expires_at.or(key.expires_at), secret.last_used_at)
        })
        .collect();
    if rows.is_empty() { vec![row(&key.prefix, &key.status, key.expires_at, key.last_used_at)] } else { rows }
}

async fn revoke(session: &Session, key: &str) -> Result<Answer, Failure> {
    let path = format!("/keys/{}/revoke", encode(key));
    let key: Key = session.client()?.admin(Method::Post, &path, Some(json!({"which": "all"}))).await?;
    session.output.either(&key, || format!("{} is revoked.", key.name))?;
    Ok(Answer::Yes)
}
