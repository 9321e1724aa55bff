//! Operators' tokens: what opens the admin API.

use super::{key::Pepper, sql};
use crate::error::Error;
use crate::store::Db;
use contract::key::{Kind, Secret};

/// The team of a daemon that has only one.
pub(crate) const DEFAULT_TEAM: &str = "default";

/// Creates an operator's token.
///
/// # Errors
/// If the store fails.
pub(crate) async fn issue(db: &Db, pepper: &Pepper, name: &str) -> Result<Secret, Error> {
    let secret = Secret::generate(Kind::Operator).map_err(Error::internal)?;
    sql::insert_operator(db, DEFAULT_TEAM, name, &pepper.hash(secret.expose())).await?;
    Ok(secret)
}
