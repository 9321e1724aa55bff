//! Tools of MCP servers. A task of its own keeps each server connected; its tools are called like any other, and nothing
//! that it says is believed: neither what its tools are, nor what they bring.

mod connect;
mod listed;
mod tool;

use super::Registered;
use crate::app::App;
use crate::config::{McpServer, Tools as Settings};
use connect::Way;
use rmcp::model::{ClientConfig, ClientRequest, Implementation, PingRequest, ProtocolVersion};
use rmcp::service::{NotificationContext, RunningService};
use rmcp::{ClientHandler, Peer, RoleClient};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// How long a server that ended rests before it is tried again: at first, and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How long one that was tried may take to say what it has.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long one that let a call time out may take to show that it is there.
const PING: Duration = Duration::from_secs(5);

type Session = RunningService<RoleClient, Listener>;

/// The MCP servers.
pub(crate) struct Servers(Vec<Arc<Server>>);

/// One of them.
struct Server {
    name: String,
    settings: McpServer,
    way: Way,
    /// How long a call may take without a word, and in all.
    idle: Duration,
    most: Duration,
    state: Mutex<State>,
    /// It said that its tools changed.
    changed: Arc<Notify>,
    /// It let a call time out and did not answer a ping.
    hung: Notify,
}

/// How a server stands.
#[derive(Default)]
struct State {
    peer: Option<Peer<RoleClient>>,
    /// Its tools as it listed them last: they stay, so that who asks for one is told why it can't be used.
    tools: Vec<Arc<Registered>>,
    /// Why it isn't connected.
    trouble: String,
}

/// What hears a server: it asks for nothing that is given.
struct Listener {
    changed: Arc<Notify>,
}

impl ClientHandler for Listener {
    fn get_info(&self) -> ClientConfig {
        let mut info = ClientConfig::default();
        // The newest version that begins with a handshake, as every server answers one.
        info.protocol_version = ProtocolVersion::LATEST_WITH_INITIALIZE;
        info.client_info = Implementation::new("katonic", env!("CARGO_PKG_VERSION"));
        info
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.changed.notify_one();
    }
}

impl Servers {
    /// The servers as they are configured; none is asked yet.
    ///
    /// # Errors
    /// If an address is none that may be asked.
    pub(super) fn new(settings: &Settings) -> Result<Self, String> {
        let server = |(name, server): (&String, &McpServer)| {
            Ok(Arc::new(Server {
                name: name.clone(),
                way: Way::new(server, settings).map_err(|error| format!("tools.mcp.{name}: {error}"))?,
                settings: server.clone(),
                idle: Duration::from_secs(settings.timeout_seconds),
                most: Duration::from_secs(settings.most_seconds.max(settings.timeout_seconds)),
                state: Mutex::new(State { trouble: "it was not reached yet".into(), ..State::default() }),
                changed: Arc::default(),
                hung: Notify::new(),
            }))
        };
        Ok(Self(settings.mcp.iter().map(server).collect::<Result<_, String>>()?))
    }

    /// Keeps each server connected until the daemon stops.
    pub(crate) fn start(app: &App) {
        for server in &app.tools.servers.0 {
            let (kept, server, stopping) = (app.clone(), Arc::clone(server), app.work.cut_off.clone());
            drop(app.work.spawn(async move { stopping.run_until_cancelled(server.keep(&kept)).await }));
        }
    }

    /// How the names of a team's tools begin, before a `*`.
    pub(super) fn names(&self, team: &str) -> impl Iterator<Item = String> {
        let own = self.0.iter().filter(move |server| server.is_for(team));
        own.map(|server| format!("{}__*", server.name))
    }

    /// The tools of all.
    pub(super) fn tools(&self) -> Vec<Arc<Registered>> {
        self.0.iter().flat_map(|server| server.state().tools.clone()).collect()
    }
}

impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects, and again whenever that ends.
    async fn keep(self: &Arc<Self>, app: &App) {
        let mut pause = SHORTEST_PAUSE;
        loop {
            match timeout(PATIENCE, self.connect(app)).await {
                Ok(Ok(session)) => {
                    pause = SHORTEST_PAUSE;
                    self.lost(&self.attend(app, session).await);
                }
                Ok(Err(trouble)) => self.lost(&trouble),
                Err(_) => self.lost(&format!("it did not say what it has within {} s", PATIENCE.as_secs())),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn connect(self: &Arc<Self>, app: &App) -> Result<Session, String> {
        let session = self.way.open(Listener { changed: Arc::clone(&self.changed) }).await?;
        let tools = listed::tools(self, app, session.peer()).await?;
        tracing::info!(server = self.name, tools = tools.len(), "an MCP server is connected");
        let mut state = self.state();
        (state.peer, state.tools) = (Some(session.peer().clone()), tools);
        drop(state);
        Ok(session)
    }

    /// Listens until it is gone, and why.
    async fn attend(self: &Arc<Self>, app: &App, session: Session) -> String {
        let (peer, stop) = (session.peer().clone(), session.cancellation_token());
        let mut ended = pin!(session.waiting());
        loop {
            tokio::select! {
                _ = &mut ended => return "it ended".into(),
                () = self.changed.notified() => match timeout(PATIENCE, listed::tools(self, app, &peer)).await {
                    Ok(Ok(tools)) => self.state().tools = tools,
                    Ok(Err(trouble)) => return trouble,
                    Err(_) => return "it said that its tools changed, and did not say how".into(),
                },
                () = self.hung.notified() => {
                    stop.cancel();
                    drop(timeout(PING, ended).await);
                    return "it did not answer".into();
                }
            }
        }
    }

    /// Whether a team has its tools.
    fn is_for(&self, team: &str) -> bool {
        self.settings.team.as_deref().is_none_or(|owner| owner == team)
    }

    fn lost(&self, trouble: &str) {
        tracing::warn!(server = self.name, trouble, "an MCP server is not connected");
        let mut state = self.state();
        (state.peer, state.trouble) = (None, trouble.to_owned());
    }

    /// Whether it still answers; one that doesn't is cut off, and begun anew.
    async fn check(&self, peer: &Peer<RoleClient>) {
        let ping = ClientRequest::PingRequest(PingRequest::default());
        if timeout(PING, peer.send_request(ping)).await.is_err() {
            self.hung.notify_one();
        }
    }
}
