//! `Idempotency-Key`: the same key and body within 24 h gets the first answer again.

mod sql;

use crate::app::App;
use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::store::{Db, Statement};
use axum::http::HeaderMap;
use contract::time::Time;
use contract::version::{self, hex, unhex};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// How long an answer is kept, in milliseconds.
const KEPT: i64 = 24 * 60 * 60 * 1000;

/// What there is under a key.
pub(super) enum Claim {
    /// The first answer.
    Answered(u16, Value),
    /// Nothing: this call is the first.
    First(Ticket),
}

/// The right to answer first.
pub(super) struct Ticket {
    team: String,
    caller: String,
    key: String,
}

/// The longest key, in bytes.
const LONGEST: usize = 255;

/// The key of a call, if it brings one.
///
/// # Errors
/// If it is none: a client that believes itself protected would do its work twice.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=LONGEST).contains(&key.len()));
    let wrong =
        || Error::invalid("Idempotency-Key", format!("A key has 1 to {LONGEST} characters, all ASCII."));
    key.map(|key| Some(key.to_owned())).ok_or_else(wrong)
}

/// Claims a key for a call, or finds what it was answered.
///
/// # Errors
/// A conflict, if the key stands for another body, or its first call is still under way.
pub(super) async fn claim(
    app: &App,
    caller: &Caller,
    endpoint: &str,
    key: &str,
    input: &Value,
) -> Result<Claim, Error> {
    let (db, now) = (&app.db, Time::now().0);
    let fingerprint = version::of(&json!([endpoint, caller.user, caller.role, caller.groups, input]))?;
    let ticket = Ticket { team: caller.team.clone(), caller: caller.key_id.clone(), key: key.to_owned() };
    sql::forget(db, now - KEPT).await?;
    if sql::insert(db, &ticket, &fingerprint, now).await? {
        return Ok(Claim::First(ticket));
    }
    match sql::find(db, &ticket).await? {
        Some(first) if first.fingerprint != fingerprint => {
            Err(mismatch("This Idempotency-Key was used with another body."))
        }
        Some(sql::First { answer: Some((status, sealed)), .. }) => {
            Ok(Claim::Answered(status, ticket.open(app, &sealed)?))
        }
        _ => Err(mismatch("The first call with this Idempotency-Key is still under way. Try again shortly.")),
    }
}

/// Forgets the calls that ended with the last daemon, before their answers were kept.
///
/// # Errors
/// If the store fails.
pub(super) async fn forget_unanswered(db: &Db) -> Result<(), Error> {
    sql::forget_unanswered(db).await
}

fn mismatch(message: &str) -> Error {
    Error::new(Kind::Conflict, "idempotency_mismatch", message)
}

impl Ticket {
    /// Keeps the answer of an act, with which it is stored.
    ///
    /// # Errors
    /// If it can't be encrypted.
    pub(super) fn kept(&self, app: &App, status: u16, body: &Value) -> Result<Statement, Error> {
        let sealed = app.master.seal(&self.place(), &body.to_string())?;
        Ok(sql::keep(self, status, &hex(&sealed)))
    }

    /// The answer as it was kept: encrypted, as it may hold a new key's secret.
    fn open(&self, app: &App, sealed: &str) -> Result<Value, Error> {
        let opened = unhex(sealed).and_then(|sealed| app.master.open(&self.place(), &sealed));
        let opened = opened.ok_or_else(|| Error::internal("a kept answer can't be decrypted"))?;
        Ok(serde_json::from_str(opened.expose_secret())?)
    }

    fn place(&self) -> String {
        format!("answer\0{}\0{}\0{}", self.team, self.caller, self.key)
    }

    /// Gives the key free: the call failed, or did nothing, and may be made again.
    pub(super) async fn release(&self, db: &Db) -> Result<(), Error> {
        sql::release(db, self).await
    }
}
