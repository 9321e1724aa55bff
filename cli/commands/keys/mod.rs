//! `katonic keys`: API keys, through the admin API.

mod deliver;
mod rotate;
mod settings;
mod show;

use crate::args::TeamPageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::table;
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::{CreateKey, GetKey, ListKeys, RevokeKey, UpdateKey};
use contract::wire::admin::{Key, KeyPath, RevokeKeyRequest, Which};
use deliver::TakeBack;
use settings::{Create, Update};

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
    /// List keys, a row for each live secret
    List(TeamPageArgs),
    /// Show one key: what it may do, how often it called, and who still uses which secret
    Show {
        /// The key's name or id
        key: String,
    },
    /// Change a key; it holds from the next call on
    Update(Update),
    /// Give a key a new secret; the old one works on for a while
    Rotate(rotate::Rotate),
    /// Revoke a key, or one of its secrets: it stops working at once
    Revoke(Revoke),
}

#[derive(Debug, Args)]
struct Revoke {
    /// The key's name or id
    key: String,
    /// Only the secret that a rotation replaced
    #[arg(long, conflicts_with = "new")]
    old: bool,
    /// Only the newest secret: the one before it lives on
    #[arg(long)]
    new: bool,
}

impl Keys {
    /// Whether it takes a secret back itself when a person interrupts.
    pub(crate) fn handles_signals(&self) -> bool {
        match &self.command {
            Command::Create(create) => create.deliver.is_some(),
            Command::Rotate(rotate) => rotate.deliver.is_some(),
            _ => false,
        }
    }
}

pub(super) async fn run(session: &Session, keys: Keys) -> Result<Answer, Failure> {
    match keys.command {
        Command::Create(args) => create(session, args).await,
        Command::List(args) => list(session, args).await,
        Command::Show { key } => show(session, key).await,
        Command::Update(args) => update(session, args).await,
        Command::Rotate(args) => rotate::run(session, args).await,
        Command::Revoke(args) => revoke(session, args).await,
    }
}

async fn create(session: &Session, mut args: Create) -> Result<Answer, Failure> {
    let command = args.deliver.take();
    let client = session.client()?;
    let mut key = client.call::<CreateKey>(&args.into()).await?;
    let Some(command) = command else { return once(session, &key) };
    let back = TakeBack { key_id: key.id.clone(), which: Which::All, rest: "There is no such key." };
    deliver::deliver(session, &client, &mut key, &command, &back).await?;
    session.output.either(&key, || format!("{} is created, and its secret is delivered.", key.name))?;
    Ok(Answer::Yes)
}

/// Prints a new secret, this once.
fn once(session: &Session, key: &Key) -> Result<Answer, Failure> {
    session.output.either(key, || key.secret.clone().unwrap_or_default())?;
    session.output.note(&format!("The key {} is shown this once. Keep it where secrets are kept.", key.name));
    Ok(Answer::Yes)
}

async fn list(session: &Session, args: TeamPageArgs) -> Result<Answer, Failure> {
    let keys = session.client()?.call::<ListKeys>(&args.into()).await?;
    session.output.either(&keys, || {
        let header = ["name", "key", "status", "scopes", "acts for", "expires", "last used", "share"];
        table(header, keys.data.iter().flat_map(show::rows))
    })?;
    session.output.more(keys.next.as_deref());
    Ok(Answer::Yes)
}

async fn show(session: &Session, key: String) -> Result<Answer, Failure> {
    let key = session.client()?.call::<GetKey>(&KeyPath { key_id: key }).await?;
    session.output.either(&key, || show::described(&key))?;
    Ok(Answer::Yes)
}

async fn update(session: &Session, args: Update) -> Result<Answer, Failure> {
    let key = session.client()?.call::<UpdateKey>(&args.into()).await?;
    session.output.either(&key, || show::described(&key))?;
    Ok(Answer::Yes)
}

async fn revoke(session: &Session, args: Revoke) -> Result<Answer, Failure> {
    let which = match (args.old, args.new) {
        (true, _) => Which::Old,
        (_, true) => Which::New,
        _ => Which::All,
    };
    let key = session.client()?.call::<RevokeKey>(&RevokeKeyRequest { key_id: args.key, which }).await?;
    session.output.either(&key, || match which {
        Which::All => format!("{} is revoked.", key.name),
        Which::Old | Which::New => format!("{} now has one secret: {}.", key.name, key.prefix),
    })?;
    Ok(Answer::Yes)
}
