//! Configuration: `defaults.toml`, under `<home>/katonic.toml`, under the environment. Only this file
//! reads the environment.

use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{env, fs, io};
use toml::{Table, Value};

const DEFAULTS: &str = include_str!("defaults.toml");

/// Where OpenAI itself answers, for a key without a base URL.
const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";

/// How the daemon is set up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The folder that holds configuration, data and logs.
    #[serde(skip)]
    pub home: PathBuf,
    /// The address to serve on.
    pub listen: SocketAddr,
    /// Seconds that calls under way may take to end after SIGTERM.
    pub drain_seconds: u64,
    /// Most bytes of a JSON body.
    pub max_body_bytes: usize,
    /// Most bytes of an uploaded file.
    pub max_upload_bytes: usize,
    /// The log's filter.
    pub log: String,
    /// What each tier routes to: `provider/model`.
    pub tiers: BTreeMap<String, String>,
    /// What models cost: by `provider/model`.
    pub prices: BTreeMap<String, Price>,
    /// The configured providers.
    pub providers: BTreeMap<String, Provider>,
}

/// An OpenAI-compatible provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Where it answers, up to and with `/v1`.
    pub base_url: String,
    /// The environment variable that holds its key.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// Its key.
    #[serde(skip)]
    pub api_key: Option<SecretString>,
}

/// What a model costs, in dollars a million tokens.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// For what it reads.
    pub input_per_million: f64,
    /// For what it writes.
    pub output_per_million: f64,
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
        Self::merge(home, |name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// The folder of the store.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn merge(home: &Path, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
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
        config.add_openai(&variable);
        for provider in config.providers.values_mut() {
            let key = provider.api_key_env.as_deref().and_then(&variable);
            provider.api_key = key.map(SecretString::from).or(provider.api_key.take());
        }
        Ok(config)
    }

    fn add_openai(&mut self, variable: &impl Fn(&str) -> Option<String>) {
        let base_url = variable("KATONIC_OPENAI_BASE_URL");
        if base_url.is_none() && variable("OPENAI_API_KEY").is_none() {
            return;
        }
        let provider = self.providers.entry("openai".into()).or_insert_with(|| Provider {
            base_url: OPENAI_BASE_URL.into(),
            api_key_env: None,
            api_key: None,
        });
        if let Some(base_url) = base_url {
            provider.base_url = base_url;
        }
        provider.api_key_env.get_or_insert_with(|| "OPENAI_API_KEY".into());
    }
}

fn from_environment(variable: &impl Fn(&str) -> Option<String>) -> Table {
    let mut table = Table::new();
    for (name, field) in [("KATONIC_LISTEN", "listen"), ("KATONIC_LOG", "log")] {
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
    table
}

fn parse(place: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|error: toml::de::Error| wrong(place, &error.to_string()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn the_environment_stands_over_the_file_and_the_file_over_the_defaults() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("katonic.toml"), "listen = \"127.0.0.1:1\"\n[tiers]\nfast = \"a/b\"\n")
            .unwrap();
        let config = Config::merge(home.path(), |name| match name {
            "KATONIC_LISTEN" => Some("127.0.0.1:2".into()),
            "OPENAI_API_KEY" => Some("k".into()),
            _ => None,
        })
        .unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.tiers["fast"], "a/b");
        assert_eq!(config.tiers["balanced"], "openai/gpt-4.1-mini");
        let openai = &config.providers["openai"];
        assert_eq!(openai.base_url, OPENAI_BASE_URL);
        assert_eq!(openai.api_key.as_ref().unwrap().expose_secret(), "k");
        assert!(!format!("{config:?}").contains("\"k\""));
    }

    #[test]
    fn a_misspelt_setting_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("katonic.toml"), "listne = \"127.0.0.1:1\"\n").unwrap();
        assert!(Config::merge(home.path(), |_| None).is_err());
    }
}
