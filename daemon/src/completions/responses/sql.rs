//! The queries of kept responses. A response belongs to one user, or to one key that acts for nobody.

use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Statement, Value};

fn owner(caller: &Caller) -> Vec<Value> {
    vec![(&caller.team).into(), (&caller.key_id).into(), caller.user.clone().unwrap_or_default().into()]
}

pub(super) async fn find(
    db: &Db,
    caller: &Caller,
    id: &str,
    since: i64,
) -> Result<Option<Vec<serde_json::Value>>, Error> {
    let sql = "SELECT body FROM responses
               WHERE team = ?1 AND key_id = ?2 AND user_email = ?3 AND id = ?4 AND created_at > ?5";
    let mut params = owner(caller);
    params.extend([id.into(), since.into()]);
    let row = db.row(sql, params).await?;
    row.map(|row| row.json(0)).transpose()
}

/// Keeps a response, and forgets those that are too old.
pub(super) async fn keep(
    db: &Db,
    caller: &Caller,
    id: &str,
    body: &str,
    now: i64,
    kept: i64,
) -> Result<(), Error> {
    let sql = "INSERT INTO responses (team, key_id, user_email, id, body, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING";
    let mut params = owner(caller);
    params.extend([id.into(), body.into(), now.into()]);
    let forget = "DELETE FROM responses WHERE created_at <= ?1";
    db.batch(vec![Statement::new(sql, params), Statement::new(forget, vec![(now - kept).into()])]).await?;
    Ok(())
}
