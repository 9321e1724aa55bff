//! `katonic keys rotate`: a new secret for a key, shown once, or delivered and never shown.

use super::deliver::{TakeBack, deliver};
use super::once;
use crate::client::Client;
use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::Args;
use contract::admin::{RevokeKey, RotateKey};
use contract::duration::Span;
use contract::wire::admin::{Key, KeySecret, RevokeKeyRequest, RotateKeyRequest, Which};

#[derive(Debug, Args)]
pub(super) struct Rotate {
    /// The key's name or id
    key: String,
    /// How long the old secret works on, such as 24h; 0s ends it at once
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    overlap: Span,
    /// End a rotation that is still under way: its older secret stops at once
    #[arg(long)]
    end_older: bool,
    /// What makes it safe to run the same rotation again: the second gets the first one's answer
    #[arg(long, value_name = "TEXT")]
    idempotency_key: Option<String>,
    /// A command that takes the new secret on its standard input, so that nobody sees it; if it fails, that is revoked again
    #[arg(long, value_name = "COMMAND")]
    pub(super) deliver: Option<String>,
    /// End the old secret as soon as the new one is delivered and answers
    #[arg(long, requires = "deliver")]
    revoke_old: bool,
}

pub(super) async fn run(session: &Session, args: Rotate) -> Result<Answer, Failure> {
    let client = session.client()?;
    if args.deliver.is_some() && args.overlap.millis() == 0 {
        return Err(Failure::usage("With --overlap 0s nothing works while the new secret is delivered")
            .hint("Leave the overlap, and end the old secret with --revoke-old."));
    }
    let request = RotateKeyRequest { key_id: args.key, overlap: args.overlap, end_older: args.end_older };
    let mut key = client.call_once::<RotateKey>(&request, args.idempotency_key.as_deref()).await?;
    let Some(command) = args.deliver else {
        once(session, &key)?;
        told_of_old(session, &key);
        return Ok(Answer::Yes);
    };
    let rest = "The old secret works on.";
    let back = TakeBack { key_id: key.id.clone(), which: Which::New, rest };
    deliver(session, &client, &mut key, &command, &back).await?;
    if args.revoke_old {
        key = end_old(&client, &key).await?;
    }
    session
        .output
        .either(&key, || format!("{} is rotated: {} is delivered, and answers.", key.name, key.prefix))?;
    told_of_old(session, &key);
    Ok(Answer::Yes)
}

async fn end_old(client: &Client, key: &Key) -> Result<Key, Failure> {
    let request = RevokeKeyRequest { key_id: key.id.clone(), which: Which::Old };
    client.call::<RevokeKey>(&request).await.map_err(|failure| Failure {
        message: format!(
            "The new secret is delivered, and the old one can't be revoked: {}",
            failure.message
        ),
        hint: Some(format!("katonic keys revoke {} --old", key.name)),
        ..failure
    })
}

fn told_of_old(session: &Session, key: &Key) {
    let Some(KeySecret { prefix, expires_at, .. }) = key.secrets.iter().find(|one| one.status == "rotating")
    else {
        return;
    };
    let until = expires_at.map(|at| at.to_string()).unwrap_or_default();
    let name = &key.name;
    session.output.note(&format!(
        "{prefix} works until {until}. `katonic keys show {name}` tells who still uses it; `katonic keys revoke {name} --old` \
         ends it."
    ));
}
