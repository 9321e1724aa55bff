//! Which tools there are, where they may reach, and which policy governs them.

use super::{ConfigError, Database, wrong};
use contract::money::Usd;
use contract::wire::tools::Risk;
use secrecy::SecretString;
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
    /// Seconds after which an answer takes no further step; what waits for a person doesn't count.
    pub answer_seconds: u64,
    /// Dollars after which it takes none.
    pub answer_usd: Usd,
    /// Seconds until a call that waits for a person is given up.
    pub approval_seconds: u64,
    /// Where `http_request` may reach.
    pub http_request: HttpRequest,
    /// Seconds that a call of an MCP server's tool may take in all, as long as the server tells of progress.
    pub most_seconds: u64,
    /// MCP servers whose tools are offered, by name.
    #[serde(default)]
    pub mcp: BTreeMap<String, McpServer>,
    /// Files whose tools are calls over HTTP, by name.
    #[serde(default)]
    pub http: BTreeMap<String, HttpTools>,
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

/// An MCP server: a program that is started, or an address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct McpServer {
    /// The program and its arguments, which speaks on standard input and output.
    #[serde(default)]
    pub command: Vec<String>,
    /// Variables of the daemon's environment that the program gets, beside `PATH` and `HOME`.
    #[serde(default)]
    pub env: Vec<String>,
    /// Its address, if it is asked over HTTP.
    #[serde(default)]
    pub url: Option<String>,
    /// The variable with the token that it is shown, as a bearer's.
    #[serde(default)]
    pub token_env: Option<String>,
    /// Whether it may be on a private network.
    #[serde(default)]
    pub private_network: bool,
    /// The team that has its tools; all have them without one.
    #[serde(default)]
    pub team: Option<String>,
    /// Which of its tools, by their names or patterns of them.
    #[serde(default = "everything")]
    pub tools: Vec<String>,
    /// What its tools can do at worst: what a server says of that itself is no fact.
    #[serde(default = "high")]
    pub risk: Risk,
    /// The same for some of them, by name.
    #[serde(default)]
    pub risks: BTreeMap<String, Risk>,
    /// What these variables hold.
    #[serde(skip)]
    pub environment: Vec<(String, SecretString)>,
    /// What that variable holds.
    #[serde(skip)]
    pub token: Option<SecretString>,
}

/// Tools that are calls over HTTP: a file with their definitions, or an OpenAPI document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTools {
    /// The file, relative to the home.
    pub file: PathBuf,
    /// Where an OpenAPI document's paths begin, if not at its first server.
    #[serde(default)]
    pub url: Option<String>,
    /// The variable with the token that calls are sent with.
    #[serde(default)]
    pub token_env: Option<String>,
    /// The header that it is sent in, bare; without one, in `Authorization` as a bearer's.
    #[serde(default)]
    pub token_header: Option<String>,
    /// Whether they may be on a private network.
    #[serde(default)]
    pub private_network: bool,
    /// The team that has these tools; all have them without one.
    #[serde(default)]
    pub team: Option<String>,
    /// Which of them, by their names or patterns of them.
    #[serde(default = "everything")]
    pub tools: Vec<String>,
    /// What some of them can do at worst, by name; else high, and critical where they delete.
    #[serde(default)]
    pub risks: BTreeMap<String, Risk>,
    /// What that variable holds.
    #[serde(skip)]
    pub token: Option<SecretString>,
}

fn everything() -> Vec<String> {
    vec!["*".into()]
}

fn high() -> Risk {
    Risk::High
}

fn default_team() -> String {
    "default".into()
}

/// Checks the databases and servers, and takes what stands in variables from the environment.
///
/// # Errors
/// If one is of no kind or of both, or its variable holds nothing, or no address.
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
            let database = Database::try_from(set(named, &place, variable)?)
                .map_err(|error| wrong(&place, &error.to_string()))?;
            if matches!(database, Database::Sqlite) {
                return Err(wrong(&place, &format!("the variable {named} holds no PostgreSQL address")));
            }
            source.postgres = Some(database);
        }
    }
    for (name, server) in &mut tools.mcp {
        let place = format!("tools.mcp.{name}");
        check_name(name, &place)?;
        if server.command.is_empty() == server.url.is_none() {
            return Err(wrong(&place, "give one of `command` and `url`"));
        }
        server.token = token(server.token_env.as_deref(), &place, variable)?;
        let given = server.env.iter().map(|name| Ok((name.clone(), set(name, &place, variable)?.into())));
        server.environment = given.collect::<Result<_, ConfigError>>()?;
        let usual = ["PATH", "HOME"].into_iter().filter(|name| !server.env.iter().any(|given| given == name));
        let usual = usual.filter_map(|name| Some((name.to_owned(), variable(name)?.into())));
        server.environment.extend(usual);
    }
    for (name, tools) in &mut tools.http {
        let place = format!("tools.http.{name}");
        check_name(name, &place)?;
        tools.token = token(tools.token_env.as_deref(), &place, variable)?;
    }
    Ok(())
}

/// What a variable holds that was named.
fn set(named: &str, place: &str, variable: &impl Fn(&str) -> Option<String>) -> Result<String, ConfigError> {
    variable(named).ok_or_else(|| wrong(place, &format!("the variable {named} is not set")))
}

fn token(
    named: Option<&str>,
    place: &str,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Option<SecretString>, ConfigError> {
    named.map(|named| Ok(set(named, place, variable)?.into())).transpose()
}

/// The names of its tools begin with a source's name.
fn check_name(name: &str, place: &str) -> Result<(), ConfigError> {
    let is_right = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
    if (1..=24).contains(&name.len()) && name.bytes().all(is_right) {
        return Ok(());
    }
    Err(wrong(place, "a name has 1 to 24 of a-z, 0-9 and -"))
}
