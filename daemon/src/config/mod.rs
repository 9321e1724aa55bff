//! Configuration: `defaults.toml`, under `<home>/katonic.toml`, under the environment. Only this file
//! reads the environment.

mod database;
mod otlp;
mod promotions;
mod providers;
mod routing;
mod sources;
mod tools;

pub use database::{Database, NoDatabase};
pub(crate) use otlp::Otlp;
pub(crate) use promotions::Promotions;
pub(crate) use providers::ModelFacts;
pub use providers::Provider;
pub(crate) use routing::{Cache, Need, Routing, Strategy, Target, Tier, Timeouts};
pub(crate) use sources::Source;
pub(crate) use tools::{HttpTools, McpServer, ToolDatabase, Tools};

use contract::agent::Guardrails;
use contract::time::Clock;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{env, fs, io};
use toml::{Table, Value};

/// Every setting with its default, and what it means.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Files by their paths, in gzip's form (RFC 1952).
pub type PackedFiles = fn(&str) -> Option<&'static [u8]>;

/// How the daemon is set up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The folder that holds configuration, data and logs.
    #[serde(skip)]
    pub home: PathBuf,
    /// What time calls come in at.
    #[serde(skip)]
    pub clock: Clock,
    /// The program whose hidden command reads files: this one.
    #[serde(skip)]
    pub program: PathBuf,
    /// The documentation; none where the program brings none.
    #[serde(skip)]
    pub docs: Option<PackedFiles>,
    /// The address to serve on.
    pub listen: SocketAddr,
    /// Where the store is.
    pub database: Database,
    /// Seconds that calls under way may take to end after SIGTERM.
    pub drain_seconds: u64,
    /// Most bytes of a JSON body.
    pub max_body_bytes: usize,
    /// Most bytes of an uploaded file.
    pub max_upload_bytes: usize,
    /// Most bytes of a call to a model, or of a document to write, which may hold images.
    pub max_model_body_bytes: usize,
    /// The log's filter.
    pub log: String,
    /// What each tier routes to.
    pub tiers: BTreeMap<String, Tier>,
    /// Other names of models and tiers.
    pub aliases: BTreeMap<String, String>,
    /// What is set of models, by `provider/model`.
    pub models: BTreeMap<String, ModelFacts>,
    /// What happens where a target fails.
    pub routing: Routing,
    /// How long a provider may take.
    pub timeouts: Timeouts,
    /// The cache of answers.
    pub cache: Cache,
    /// How models are called without an agent.
    pub completions: Completions,
    /// What makes the key that encrypts stored secrets.
    pub master_key: MasterKey,
    /// How documents are written.
    pub documents: Documents,
    /// How the audit log is kept.
    pub audit: Audit,
    /// Who vouches for the users that calls act for.
    pub identity: Identity,
    /// Where spans of calls are sent.
    pub otlp: Otlp,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or CIDR ranges.
    pub trusted_proxies: Vec<String>,
    /// The configured providers.
    pub providers: BTreeMap<String, Provider>,
    /// How agents answer.
    pub chat: Chat,
    /// How documents are found.
    pub knowledge: Knowledge,
    /// Where documents come from by themselves.
    pub sources: BTreeMap<String, Source>,
    /// How tools are run.
    pub tools: Tools,
    /// Who may ask `/mcp`.
    pub mcp: Mcp,
    /// What a promotion must wait for beside the gate.
    pub promotions: Promotions,
    /// How webhooks are sent.
    pub webhooks: Webhooks,
    /// The environment of `git`, which finds its programs and its keys by it.
    #[serde(skip)]
    pub git_environment: Vec<(&'static str, String)>,
}

/// Who may ask `/mcp`, beside programs, which say no origin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mcp {
    /// Origins of web pages, as `https://HOST` or `https://HOST:PORT`; those of this machine always may.
    pub origins: Vec<String>,
}

/// How models are called without an agent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completions {
    /// Whether the eight rails look at such calls.
    pub rails: bool,
    /// How they do.
    #[serde(default)]
    pub guardrails: Guardrails,
}

/// How agents answer.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chat {
    /// Most tokens of a conversation that a model is given.
    pub conversation_tokens: u64,
}

/// How documents are found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowledge {
    /// The tier or the model that embeds passages and questions; empty for none.
    pub embedding_model: String,
    /// Milliseconds that a question's vector may take.
    pub query_timeout_ms: u64,
}

/// How webhooks are sent.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Whether they may go to addresses of private networks.
    pub private_network: bool,
}

/// How documents are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    /// Files of fonts that PDF files fall back to.
    pub fonts: Vec<PathBuf>,
}

/// What makes the key that encrypts stored secrets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MasterKey {
    /// A command that prints it, 64 hex digits, such as a KMS's client.
    #[serde(default)]
    pub command: Vec<String>,
    /// Whether the system's keyring holds it; without either, a 0600 file of the home does.
    pub keyring: bool,
}

/// How the audit log is kept.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// What an answered call's row outlives.
    pub durability: Durability,
    /// Days that rows and traces are kept.
    pub retention_days: u32,
    /// Whether traces keep what was asked and answered.
    pub content: KeptContent,
}

/// What traces keep of questions and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptContent {
    /// Nothing.
    None,
    /// The last question and the text that left, without personal data and secrets.
    Redacted,
}

/// What a row outlives that was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// The daemon's end, in any way.
    #[default]
    Process,
    /// The machine's end too.
    Power,
}

/// Who vouches for the users that calls act for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Whether calls act for users only on the word of the identity provider.
    pub require_assertion: bool,
    /// A file with its JWK set.
    #[serde(default)]
    pub jwks_file: Option<PathBuf>,
    /// Where its JWK set is fetched.
    #[serde(default)]
    pub jwks_url: Option<String>,
    /// What its tokens have as `iss`.
    #[serde(default)]
    pub issuer: Option<String>,
    /// What its tokens have as `aud`.
    #[serde(default)]
    pub audience: Option<String>,
    /// The claim that holds the user's address.
    pub email_claim: String,
}

/// Why the configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("{path} can't be read: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file or a variable holds something wrong.
    #[error("{place}: {message}")]
    Wrong {
        /// The file or the variable.
        place: String,
        /// What is wrong.
        message: String,
    },
}

impl Config {
    /// The configuration of a home folder.
    ///
    /// # Errors
    /// If the file can't be read, or it or a variable holds something wrong.
    pub fn load(home: &Path) -> Result<Self, ConfigError> {
        Self::load_with(home, |name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// The folder of the store.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// The same under variables of the caller's, whatever the environment holds.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_with(home: &Path, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut table = parse("defaults.toml", DEFAULTS)?;
        let path = home.join("katonic.toml");
        match fs::read_to_string(&path) {
            Ok(text) => overlay(&mut table, parse(&path.display().to_string(), &text)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(ConfigError::Unreadable { path, source }),
        }
        overlay(&mut table, from_environment(&variable));
        let mut config: Self = Value::Table(table)
            .try_into()
            .map_err(|error: toml::de::Error| wrong("configuration", error.message()))?;
        config.home = home.to_owned();
        config.program = env::current_exe().unwrap_or_default();
        if let Some(base_url) = variable("KATONIC_OPENAI_BASE_URL") {
            config.providers.entry("openai".into()).or_default().base_url = Some(base_url);
        }
        providers::complete(&mut config.providers, &variable)?;
        config.otlp.complete(&variable)?;
        sources::complete(&mut config.sources, &variable)?;
        tools::complete(&mut config.tools, &variable)?;
        config.promotions.check()?;
        let git = ["PATH", "HOME", "SSH_AUTH_SOCK", "HTTPS_PROXY", "https_proxy"];
        config.git_environment = git.into_iter().filter_map(|name| Some((name, variable(name)?))).collect();
        Ok(config)
    }
}

fn from_environment(variable: &impl Fn(&str) -> Option<String>) -> Table {
    let mut table = Table::new();
    for (name, field) in
        [("KATONIC_LISTEN", "listen"), ("KATONIC_DATABASE", "database"), ("KATONIC_LOG", "log")]
    {
        if let Some(value) = variable(name) {
            table.insert(field.into(), value.into());
        }
    }
    let mut tiers = Table::new();
    for tier in ["fast", "balanced", "powerful", "embedding"] {
        if let Some(value) = variable(&format!("KATONIC_TIER_{}", tier.to_uppercase())) {
            tiers.insert(tier.into(), value.into());
        }
    }
    table.insert("tiers".into(), tiers.into());
    if let Some(model) = variable("KATONIC_EMBEDDING_MODEL") {
        table.insert("knowledge".into(), Table::from_iter([("embedding_model".into(), model.into())]).into());
    }
    table.insert("otlp".into(), otlp::from_environment(variable).into());
    table
}

fn parse(place: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|error: toml::de::Error| {
        // Only the place: the line itself may hold a secret.
        let line =
            error.span().map_or(0, |span| text.bytes().take(span.start).filter(|b| *b == b'\n').count()) + 1;
        wrong(place, &format!("line {line}: {}", error.message()))
    })
}

fn wrong(place: &str, message: &str) -> ConfigError {
    ConfigError::Wrong { place: place.into(), message: message.into() }
}

fn overlay(base: &mut Table, over: Table) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Table(base)), Value::Table(over)) => overlay(base, over),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}

/// The PostgreSQL server that tests are to use, in place of SQLite.
#[cfg(test)]
pub(crate) fn test_server() -> Option<String> {
    env::var("KATONIC_TEST_DATABASE").ok().filter(|url| !url.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn the_environment_stands_over_the_file_and_the_file_over_the_defaults() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("katonic.toml"), "listen = \"127.0.0.1:1\"\n[tiers]\nfast = \"a/b\"\n")
            .unwrap();
        let config = Config::load_with(home.path(), |name| match name {
            "KATONIC_LISTEN" => Some("127.0.0.1:2".into()),
            "OPENAI_API_KEY" => Some("k".into()),
            _ => None,
        })
        .unwrap();
        assert_eq!(config.listen.port(), 2);
        let first = |tier: &str| config.tiers[tier].targets[0].model.clone();
        assert_eq!((first("fast").as_str(), first("balanced").as_str()), ("a/b", "openai/gpt-4.1-mini"));
        let openai = &config.providers["openai"];
        assert_eq!(openai.api_key.as_ref().unwrap().expose_secret(), "k");
        assert!(!format!("{config:?}").contains("\"k\""));
    }

    #[test]
    fn a_database_s_password_is_shown_nowhere() {
        let home = tempfile::tempdir().unwrap();
        let load = |text: &str| {
            fs::write(home.path().join("katonic.toml"), text).unwrap();
            match Config::load_with(home.path(), |_| None) {
                Ok(config) => format!("{config:?}"),
                Err(error) => format!("{error} {error:?}"),
            }
        };
        assert!(load("").contains("Sqlite"));
        assert!(load("database = \"postgres://ann:s3cret@host/x\"").contains("Postgres"));
        assert!(load("database = \"mysql://ann:s3cret@host/x\"").contains("neither"));
        assert!(load("\ndatabase = \"postgres://ann:s3cret@host/x").contains("line 2"));
        for text in
            ["postgres://ann:s3cret@host/x\"", "mysql://ann:s3cret@host/x\"", "postgres://ann:s3cret@host"]
        {
            assert!(!load(&format!("database = \"{text}")).contains("s3cret"), "{text}");
        }
    }

    #[test]
    fn a_misspelt_setting_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("katonic.toml"), "listne = \"127.0.0.1:1\"\n").unwrap();
        assert!(Config::load_with(home.path(), |_| None).is_err());
    }
}
