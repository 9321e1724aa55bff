//! Which tools there are, where they may reach, and which policy governs them.

use super::{ConfigError, Database, wrong};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How tools are run.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    /// The file with the policy, relative to the home; without one, the defaults by risk decide.
    #[serde(default)]
    pub policy: Option<PathBuf>,
    /// Seconds that a call may take.
    pub timeout_seconds: u64,
    /// Most bytes of a result, as JSON.
    pub most_result_bytes: usize,
    /// Steps of an agent at most: a step is an answer of its model that asks for tools.
    pub most_steps: usize,
    /// Seconds until a call that waits for a person is given up.
    pub approval_seconds: u64,
    /// Where `http_request` may reach.
    pub http_request: HttpRequest,
    /// The databases that `sql_query` may read, by name.
    #[serde(default)]
    pub databases: BTreeMap<String, ToolDatabase>,
}

/// Where `http_request` may reach.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpRequest {
    /// Hosts, as `HOST` or `HOST:PORT`.
    pub allow: Vec<String>,
    /// Whether they may be on a private network.
    pub private_network: bool,
}

/// A database that is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolDatabase {
    /// An SQLite file.
    #[serde(default)]
    pub sqlite: Option<PathBuf>,
    /// The variable of the environment with a PostgreSQL address, as in `database`.
    #[serde(default)]
    pub postgres_env: Option<String>,
    /// The team whose calls may read it.
    #[serde(default = "default_team")]
    pub team: String,
    /// What is in it, for those who write queries.
    #[serde(default)]
    pub description: String,
    /// What that variable holds.
    #[serde(skip)]
    pub postgres: Option<Database>,
}

fn default_team() -> String {
    "default".into()
}

/// Checks the databases, and takes their addresses from the environment.
///
/// # Errors
/// If one is of no kind or of both, or its variable holds no address.
pub(super) fn complete(
    tools: &mut Tools,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<(), ConfigError> {
    for (name, source) in &mut tools.databases {
        let place = format!("tools.databases.{name}");
        if source.sqlite.is_some() == source.postgres_env.is_some() {
            return Err(wrong(&place, "give one of `sqlite` and `postgres_env`"));
        }
        if let Some(named) = &source.postgres_env {
            let url =
                variable(named).ok_or_else(|| wrong(&place, &format!("the variable {named} is not set")))?;
            let database = Database::try_from(url).map_err(|error| wrong(&place, &error.to_string()))?;
            if matches!(database, Database::Sqlite) {
                return Err(wrong(&place, &format!("the variable {named} holds no PostgreSQL address")));
            }
            source.postgres = Some(database);
        }
    }
    Ok(())
}
