//! The one task that sends what is due.

use super::{Webhooks, sql};
use crate::egress::{self, Egress};
use crate::error::Error;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::time::Time;
use contract::version::unhex;
use futures::future::try_join_all;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How long after each attempt that failed the next one is made (Standard Webhooks 1.0, "Deliverability").
const WAITS: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(5 * 3600),
    Duration::from_secs(10 * 3600),
    Duration::from_secs(14 * 3600),
];

/// How long a listener may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long to look away where nothing is due: resending and other nodes don't always wake this task.
const IDLE: Duration = Duration::from_secs(60);

/// How long to look away where the store fails.
const TROUBLE: Duration = Duration::from_secs(5);

/// Deliveries that are read and sent at the same time.
const BATCH: u32 = 16;

/// Sends what is due until the daemon stops; to addresses of private networks only where that is allowed.
pub(crate) async fn run(webhooks: Webhooks, private_network: bool, stopped: CancellationToken) {
    let egress = match Egress::new(None, private_network, PATIENCE) {
        Ok(egress) => egress,
        Err(error) => {
            tracing::error!(error, "webhooks can't be sent");
            return;
        }
    };
    loop {
        let wait = match send_due(&webhooks, &egress).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "webhooks can't be sent");
                TROUBLE
            }
        };
        tokio::select! {
            () = stopped.cancelled() => return,
            () = sleep(wait) => {}
            () = webhooks.due.notified() => {}
        }
    }
}

/// Sends all that is due; how long until more is.
async fn send_due(webhooks: &Webhooks, egress: &Egress) -> Result<Duration, Error> {
    loop {
        let due = sql::due(&webhooks.db, Time::now().0, BATCH).await?;
        if due.is_empty() {
            break;
        }
        let sends = due.iter().map(|due| send(webhooks, egress, due));
        try_join_all(sends).await?;
    }
    let next = sql::next_due(&webhooks.db).await?;
    let wait = next.map(|at| Duration::from_millis(u64::try_from(at - Time::now().0).unwrap_or(0)));
    Ok(wait.map_or(IDLE, |wait| wait.min(IDLE)))
}

async fn send(webhooks: &Webhooks, egress: &Egress, due: &sql::Due) -> Result<(), Error> {
    let answer = attempt(webhooks, egress, due).await;
    let delivery = &due.delivery;
    let (status, text) = match &answer {
        Ok(status) if (200..300).contains(status) => ("delivered", status.to_string()),
        Ok(status) => ("pending", status.to_string()),
        Err(cause) => ("pending", cause.clone()),
    };
    let wait = WAITS.get(delivery.attempts as usize);
    let next = wait.map(|wait| Time::now().0 + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
    match (status, next) {
        ("pending", Some(next)) => {
            sql::attempted(&webhooks.db, &delivery.id, "pending", &text, Some(next)).await
        }
        ("pending", None) => sql::attempted(&webhooks.db, &delivery.id, "failed", &text, None).await,
        _ => sql::attempted(&webhooks.db, &delivery.id, status, &text, None).await,
    }
}

/// The status that a listener answers, or why it doesn't.
async fn attempt(webhooks: &Webhooks, egress: &Egress, due: &sql::Due) -> Result<u16, String> {
    let delivery = &due.delivery;
    let body = delivery.body.to_string();
    let at = (Time::now().0 / 1000).to_string();
    let secret = webhooks.open(&delivery.webhook_id, &due.sealed).ok_or("its secret can't be decrypted")?;
    let signature = sign(&secret, &delivery.id, &at, &body).ok_or("its secret can't sign")?;
    let request = egress
        .client()
        .post(&due.url)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", &delivery.id)
        .header("webhook-timestamp", &at)
        .header("webhook-signature", format!("v1,{signature}"))
        .body(body)
        .build();
    let request = request.map_err(|error| egress::cause(&error))?;
    Ok(egress.send(request).await?.status().as_u16())
}

/// HMAC-SHA-256 over the id, the time and the body (Standard Webhooks 1.0, "Symmetric"), in base64.
fn sign(secret: &SecretString, id: &str, at: &str, body: &str) -> Option<String> {
    let mac = Hmac::<Sha256>::new_from_slice(&unhex(secret.expose_secret())?).ok()?;
    let mac = mac.chain_update(id).chain_update(".").chain_update(at).chain_update(".").chain_update(body);
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::version::hex;

    #[test]
    fn a_signature_is_the_one_of_the_specification() {
        // The example of Standard Webhooks 1.0.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let secret = SecretString::from(hex(&secret));
        let signature =
            sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signature, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
