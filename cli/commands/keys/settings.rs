//! What a key is created with, and what may be changed of it.

use clap::Args;
use contract::duration::Span;
use contract::time::Time;
use contract::wire::admin::{ChangeLimits, CreateKeyRequest, KeyLimits, UpdateKeyRequest};
use std::collections::BTreeMap;

#[derive(Debug, Args)]
pub(super) struct Create {
    /// What to call it
    name: String,
    /// What it may do, such as chat,search or agents/*
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
    scopes: Vec<String>,
    /// The team that owns it
    #[arg(long)]
    team: Option<String>,
    /// A command that takes the secret on its standard input, so that nobody sees it; without it, the secret is printed
    #[arg(long, value_name = "COMMAND")]
    pub(super) deliver: Option<String>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    limits: Limits,
}

/// What may be set of a key, at its creation and later.
#[derive(Debug, Args)]
struct Settings {
    /// For whom it may act: addresses, or *@domain
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    act_as: Option<Vec<String>>,
    /// The role of a call that acts for nobody
    #[arg(long)]
    role: Option<String>,
    /// Which models it may call: tiers, provider/model, provider/*
    #[arg(long, value_name = "MODELS", value_delimiter = ',')]
    models: Option<Vec<String>>,
    /// Another name of a model, for this key; may be given again
    #[arg(long = "alias", value_name = "NAME=MODEL", value_parser = crate::args::pair)]
    aliases: Option<Vec<(String, String)>>,
    /// Which agents it may talk to
    #[arg(long, value_name = "AGENTS", value_delimiter = ',')]
    agents: Option<Vec<String>>,
    /// Which collections it may read
    #[arg(long, value_name = "COLLECTIONS", value_delimiter = ',')]
    collections: Option<Vec<String>>,
    /// Which tools it may use
    #[arg(long, value_name = "TOOLS", value_delimiter = ',')]
    tools: Option<Vec<String>>,
    /// From where it may call: addresses, or ranges such as 10.0.0.0/8
    #[arg(long, value_name = "RANGES", value_delimiter = ',')]
    sources: Option<Vec<String>>,
    /// After how long it ends by itself, such as 90d or 24h
    #[arg(long, value_name = "DURATION")]
    expires: Option<Span>,
}

impl Settings {
    fn expires_at(&self) -> Option<Time> {
        self.expires.map(|span| Time(Time::now().0.saturating_add(span.millis())))
    }
}

#[derive(Debug, Args)]
struct Limits {
    /// Calls a minute
    #[arg(long, value_name = "N")]
    per_minute: Option<u32>,
    /// Calls an hour
    #[arg(long, value_name = "N")]
    per_hour: Option<u32>,
    /// Calls a day
    #[arg(long, value_name = "N")]
    per_day: Option<u32>,
    /// Tokens a minute, read and written
    #[arg(long, value_name = "N")]
    tokens_per_minute: Option<u64>,
    /// Calls at the same time
    #[arg(long, value_name = "N")]
    concurrent: Option<u32>,
}

impl From<Create> for CreateKeyRequest {
    fn from(args: Create) -> Self {
        let Limits { per_minute, per_hour, per_day, tokens_per_minute, concurrent } = args.limits;
        let expires_at = args.settings.expires_at();
        let settings = args.settings;
        Self {
            name: args.name,
            scopes: args.scopes,
            team: args.team,
            act_as: settings.act_as.unwrap_or_default(),
            role: settings.role,
            limits: KeyLimits { per_minute, per_hour, per_day, tokens_per_minute, concurrent },
            models: settings.models.unwrap_or_default(),
            aliases: settings.aliases.unwrap_or_default().into_iter().collect(),
            agents: settings.agents.unwrap_or_default(),
            collections: settings.collections.unwrap_or_default(),
            tools: settings.tools.unwrap_or_default(),
            sources: settings.sources.unwrap_or_default(),
            expires_at,
            test: false,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Update {
    /// The key's name or id
    key: String,
    /// What to call it from now on
    #[arg(long)]
    name: Option<String>,
    /// What it may do
    #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
    scopes: Option<Vec<String>>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    limits: Limits,
    /// Let it live until it is revoked
    #[arg(long, conflicts_with = "expires")]
    never_expires: bool,
    /// Lift a limit: per-minute, per-hour, per-day, tokens-per-minute, concurrent
    #[arg(long, value_name = "LIMITS", value_delimiter = ',', value_parser =
        ["per-minute", "per-hour", "per-day", "tokens-per-minute", "concurrent"])]
    unlimited: Vec<String>,
}

impl Update {
    fn limits(&self) -> Option<ChangeLimits> {
        fn change<T: Copy>(lifted: &[String], name: &str, value: Option<T>) -> Option<Option<T>> {
            if lifted.iter().any(|lifted| lifted == name) { Some(None) } else { value.map(Some) }
        }
        let (lifted, limits) = (&self.unlimited, &self.limits);
        let changes = ChangeLimits {
            per_minute: change(lifted, "per-minute", limits.per_minute),
            per_hour: change(lifted, "per-hour", limits.per_hour),
            per_day: change(lifted, "per-day", limits.per_day),
            tokens_per_minute: change(lifted, "tokens-per-minute", limits.tokens_per_minute),
            concurrent: change(lifted, "concurrent", limits.concurrent),
        };
        (changes != ChangeLimits::default()).then_some(changes)
    }
}

impl From<Update> for UpdateKeyRequest {
    fn from(args: Update) -> Self {
        let limits = args.limits();
        let expires_at = if args.never_expires { Some(None) } else { args.settings.expires_at().map(Some) };
        let settings = args.settings;
        Self {
            key_id: args.key,
            name: args.name,
            scopes: args.scopes,
            act_as: settings.act_as,
            role: settings.role,
            limits,
            models: settings.models,
            aliases: settings.aliases.map(|aliases| aliases.into_iter().collect::<BTreeMap<_, _>>()),
            agents: settings.agents,
            collections: settings.collections,
            tools: settings.tools,
            sources: settings.sources,
            expires_at,
        }
    }
}
