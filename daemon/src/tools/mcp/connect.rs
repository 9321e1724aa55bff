//! The way to an MCP server: a program that is started, or an address.

use super::{Listener, Session};
use crate::config::{McpServer, Tools as Settings};
use crate::egress::Egress;
use process_wrap::tokio::{CommandWrap, KillOnDrop, ProcessGroup};
use reqwest::Url;
use rmcp::ServiceExt;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use secrecy::{ExposeSecret, SecretString};
use std::process::Stdio;
use tokio::io::AsyncReadExt;
use tokio::process::{ChildStderr, Command};

/// How many times a result's bound a message may have: it repeats the result as text, and says what surrounds it.
const ROOM: usize = 4;

/// Most bytes that are read at once of what a program says beside its answers.
const MOST_SAID: usize = 4096;

/// How a server is reached.
pub(super) enum Way {
    /// A program with its arguments and its whole environment.
    Program { command: Vec<String>, environment: Vec<(String, SecretString)> },
    /// An address, which is asked by what asks no other.
    Address { egress: Egress, url: Url, token: Option<SecretString>, most: usize },
}

impl Way {
    /// The way that is configured.
    ///
    /// # Errors
    /// If the address is none, or none that may be asked.
    pub(super) fn new(server: &McpServer, settings: &Settings) -> Result<Self, String> {
        let Some(url) = &server.url else {
            return Ok(Self::Program {
                command: server.command.clone(),
                environment: server.environment.clone(),
            });
        };
        let url: Url = url.parse().map_err(|_| format!("`{url}` is no address"))?;
        let egress = Egress::endless(server.private_network)?;
        egress.check(&url)?;
        let most = settings.most_result_bytes * ROOM;
        Ok(Self::Address { egress, url, token: server.token.clone(), most })
    }

    /// Begins to talk to it.
    ///
    /// # Errors
    /// If it can't be started or reached, or doesn't speak the protocol.
    pub(super) async fn open(&self, listener: Listener) -> Result<Session, String> {
        match self {
            Self::Program { command, environment } => {
                let (process, said) = start(command, environment)?;
                if let Some(said) = said {
                    tokio::spawn(log(command.first().cloned().unwrap_or_default(), said));
                }
                listener.serve(process).await.map_err(|error| error.to_string())
            }
            Self::Address { egress, url, token, most } => {
                let mut config = StreamableHttpClientTransportConfig::with_uri(url.as_str())
                    .max_json_response_size(*most)
                    .max_sse_event_size(*most)
                    .max_error_response_size(MOST_SAID);
                if let Some(token) = token {
                    config = config.auth_header(token.expose_secret());
                }
                let transport = StreamableHttpClientTransport::with_client(egress.client().clone(), config);
                listener.serve(transport).await.map_err(|error| error.to_string())
            }
        }
    }
}

/// Starts a program in a group of its own, so that what it starts ends with it, and with no variable that it wasn't given.
fn start(
    command: &[String],
    environment: &[(String, SecretString)],
) -> Result<(TokioChildProcess, Option<ChildStderr>), String> {
    let (program, arguments) = command.split_first().ok_or("it has no command")?;
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command.envs(environment.iter().map(|(name, value)| (name, value.expose_secret())));
    let mut command = CommandWrap::from(command);
    command.wrap(ProcessGroup::leader()).wrap(KillOnDrop);
    let started = TokioChildProcess::builder(command).stderr(Stdio::piped()).spawn();
    started.map_err(|error| format!("`{program}` can't be started: {error}"))
}

/// What a program says on standard error goes into the log, where somebody asks for it.
async fn log(program: String, mut said: ChildStderr) {
    let mut buffer = vec![0; MOST_SAID];
    while let Ok(read @ 1..) = said.read(&mut buffer).await {
        let text = String::from_utf8_lossy(buffer.get(..read).unwrap_or_default());
        tracing::debug!(program, text = text.trim_end(), "an MCP server says");
    }
}
