//! `Idempotency-Key`: the same key and body within 24 h gets the first answer again.

use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::store::{Db, StoreError};
use contract::time::Time;
use contract::version;
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

/// Claims a key for a call, or finds what it was answered.
///
/// # Errors
/// A conflict, if the key stands for another body, or its first call is still under way.
pub(super) async fn claim(
    db: &Db,
    caller: &Caller,
    endpoint: &str,
    key: &str,
    input: &Value,
) -> Result<Claim, Error> {
    let now = Time::now().0;
    let fingerprint = version::of(&json!([endpoint, caller.user, input]))?;
    let ticket = Ticket { team: caller.team.clone(), caller: caller.key_id.clone(), key: key.to_owned() };
    let old = "DELETE FROM idempotency WHERE created_at < ?1";
    db.execute(old, vec![(now - KEPT).into()]).await?;
    let insert = "INSERT INTO idempotency (team, caller, idempotency_key, fingerprint, created_at)
                  VALUES (?1, ?2, ?3, ?4, ?5)";
    let params =
        vec![(&ticket.team).into(), (&ticket.caller).into(), key.into(), (&fingerprint).into(), now.into()];
    match db.execute(insert, params).await {
        Ok(_) => return Ok(Claim::First(ticket)),
        Err(StoreError::Conflict) => {}
        Err(error) => return Err(error.into()),
    }
    let select = "SELECT fingerprint, status, body FROM idempotency
                  WHERE team = ?1 AND caller = ?2 AND idempotency_key = ?3";
    let found = db.row(select, ticket.params()).await?;
    match found {
        Some(row) if row.text(0) != fingerprint => {
            Err(mismatch("This Idempotency-Key was used with another body."))
        }
        Some(row) if row.optional_int(1).is_some() => {
            Ok(Claim::Answered(u16::try_from(row.int(1)).unwrap_or(200), row.json(2)?))
        }
        _ => Err(mismatch("The first call with this Idempotency-Key is still under way. Try again shortly.")),
    }
}

fn mismatch(message: &str) -> Error {
    Error::new(Kind::Conflict, "idempotency_mismatch", message)
}

impl Ticket {
    fn params(&self) -> Vec<crate::store::Value> {
        vec![(&self.team).into(), (&self.caller).into(), (&self.key).into()]
    }

    /// Keeps the answer.
    pub(super) async fn keep(&self, db: &Db, status: u16, body: &Value) -> Result<(), Error> {
        let sql = "UPDATE idempotency SET status = ?4, body = ?5
                   WHERE team = ?1 AND caller = ?2 AND idempotency_key = ?3";
        let mut params = self.params();
        params.extend([i64::from(status).into(), body.to_string().into()]);
        db.execute(sql, params).await?;
        Ok(())
    }

    /// Gives the key free: the call failed, or streamed, and may be made again.
    pub(super) async fn release(&self, db: &Db) -> Result<(), Error> {
        let sql = "DELETE FROM idempotency WHERE team = ?1 AND caller = ?2 AND idempotency_key = ?3";
        db.execute(sql, self.params()).await?;
        Ok(())
    }
}
