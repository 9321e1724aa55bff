//! A new secret on its way to where secrets are kept: into a command's standard input, and nowhere else.

use crate::client::Client;
use crate::context::Target;
use crate::failure::{Exit, Failure};
use crate::output::progress::Steps;
use crate::session::Session;
use contract::admin::RevokeKey;
use contract::catalogue::ListModels;
use contract::wire::admin::{Key, RevokeKeyRequest, Which};
use contract::wire::page::ListQuery;
use secrecy::{ExposeSecret, SecretString};
use std::future::Future;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::signal::ctrl_c;
use tokio::time::timeout;

/// How long the command that takes a secret may work: it may ask a person something.
const PATIENCE: Duration = Duration::from_secs(600);

/// What is taken back where the delivery fails.
pub(super) struct TakeBack {
    /// The key's id.
    pub(super) key_id: String,
    /// The whole key where it is new, else its newest secret.
    pub(super) which: Which,
    /// What the failure then says of what goes on.
    pub(super) rest: &'static str,
}

/// Gives a key's new secret to a command and sees that the daemon takes it. If that fails, or is interrupted, the secret
/// is revoked again.
///
/// # Errors
/// If the command fails, the daemon doesn't know the secret, or a person interrupts.
pub(super) async fn deliver(
    session: &Session,
    client: &Client,
    key: &mut Key,
    command: &str,
    back: &TakeBack,
) -> Result<(), Failure> {
    let Some(secret) = key.secret.take().map(SecretString::from) else {
        // The answer of an earlier call, which showed its secret then.
        return Err(Failure::new(Exit::No, "The daemon gave no secret to deliver")
            .hint("Rotate under another --idempotency-key."));
    };
    let steps = Steps::new(&session.output);
    let work = async {
        steps.next(format!("Giving the new secret of {} to the command", key.name));
        hand_over(session, command, &secret).await?;
        steps.next("Calling with it");
        verify(client, secret.clone()).await
    };
    let failure = match interruptible(work).await {
        Ok(()) => return Ok(()),
        Err(failure) => failure,
    };
    steps.next("Revoking it again");
    drop(steps);
    Err(taken_back(client, key, back, failure).await)
}

async fn interruptible(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::select! {
        result = work => result,
        Ok(()) = ctrl_c() => Err(Failure::new(Exit::Interrupted, "Interrupted.")),
    }
}

async fn hand_over(session: &Session, command: &str, secret: &SecretString) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(Exit::No, format!("The command can't be run: {error}"));
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::piped())
        // Standard output is for the result of ours.
        .stdout(session.output.beside())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        // One that does not read it says so by how it ends, or the call with the secret does.
        drop(input.write_all(secret.expose_secret().as_bytes()).await);
    }
    match timeout(PATIENCE, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(Failure::new(Exit::No, format!("The command failed ({})", ended(status)))),
        Ok(Err(error)) => Err(failed(error)),
        Err(_) => {
            Err(Failure::new(Exit::No, format!("The command took longer than {} s", PATIENCE.as_secs())))
        }
    }
}

fn ended(status: ExitStatus) -> String {
    status.code().map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit {code}"))
}

/// Whether the daemon knows the secret: a call that is not permitted to it was made by somebody known.
async fn verify(client: &Client, secret: SecretString) -> Result<(), Failure> {
    let target = Target { credential: Some(secret), user: None, ..client.target() };
    let query = ListQuery { limit: Some(1), ..ListQuery::default() };
    match Client::new(target)?.call::<ListModels>(&query).await {
        Ok(_) => Ok(()),
        Err(failure) if failure.exit != Exit::Unavailable && !failure.has_kind("authentication_error") => {
            Ok(())
        }
        Err(failure) => Err(Failure {
            exit: Exit::No,
            message: format!("A call with the new secret failed: {}", failure.message),
            ..failure
        }),
    }
}

async fn taken_back(client: &Client, key: &Key, back: &TakeBack, failure: Failure) -> Failure {
    let request = RevokeKeyRequest { key_id: back.key_id.clone(), which: back.which };
    match client.call::<RevokeKey>(&request).await {
        Ok(_) => {
            let message =
                format!("{}; the new secret is revoked again.", failure.message.trim_end_matches('.'));
            Failure { message, hint: Some(format!("{} Mend it, then run this again.", back.rest)), ..failure }
        }
        Err(why) => {
            let only = if back.which == Which::New { " --new" } else { "" };
            let message = format!(
                "{}; and the new secret can't be revoked: {}",
                failure.message.trim_end_matches('.'),
                why.message
            );
            Failure { message, hint: Some(format!("katonic keys revoke {}{only}", key.name)), ..failure }
        }
    }
}
