//! Keys: kept as keyed hashes, found by index, created and revoked by operators.

use super::role::Role;
use super::{Caller, sql};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::store::{Db, Statement, StoreError};
use contract::id;
use contract::key::{Kind as SecretKind, Secret};
use contract::time::Time;
use contract::version::hex;
use contract::wire::admin::{CreateKeyRequest, Key, KeySecret};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;

/// The key that hashes secrets: without it, the store's hashes say nothing.
#[derive(Clone)]
pub(crate) struct Pepper([u8; 32]);

impl Pepper {
    /// From 32 random bytes.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// HMAC-SHA-256 (RFC 2104) of a secret, in hex.
    pub(crate) fn hash(&self, secret: &str) -> String {
        match Hmac::<Sha256>::new_from_slice(&self.0) {
            Ok(mac) => hex(&mac.chain_update(secret).finalize().into_bytes()),
            // HMAC takes keys of any length, so this is never reached; nothing has the empty hash.
            Err(_) => String::new(),
        }
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(***)")
    }
}

/// Who holds the secret of an `Authorization: Bearer` header.
///
/// # Errors
/// If there is none, or it opens nothing (any longer).
pub(crate) async fn authenticate(app: &App, header: Option<&str>) -> Result<Caller, Error> {
    let refuse = |code, message: &str| Err(Error::new(Kind::Unauthenticated, code, message));
    let Some(header) = header else {
        return refuse("missing_api_key", "Send a key as `Authorization: Bearer kapi_…`.");
    };
    let text = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some(secret) = text.and_then(|(_, text)| Secret::parse(text.trim())) else {
        return refuse(
            "invalid_api_key",
            "The key is mistyped or not one of Katonic's. Check it, or create a new one.",
        );
    };
    let hash = app.pepper.hash(secret.expose());
    if secret.kind() == SecretKind::Operator {
        return match sql::operator(&app.db, &hash).await? {
            Some(caller) => Ok(caller),
            None => refuse("invalid_api_key", "This operator's token is not known here."),
        };
    }
    let Some(found) = find_by_hash(app, hash).await? else {
        return refuse("invalid_api_key", "This key is not known here. Check which daemon it belongs to.");
    };
    let now = Time::now().0;
    if found.revoked {
        return refuse("key_revoked", "This key was revoked. Ask an operator for a new one.");
    }
    if found.expires_at.is_some_and(|at| at <= now) {
        return refuse("key_expired", "This key has expired. Ask an operator for a new one.");
    }
    Ok(found.caller.clone())
}

async fn find_by_hash(app: &App, hash: String) -> Result<Option<Arc<sql::Found>>, Error> {
    if let Some(found) = app.known_keys.get(&hash) {
        return Ok(Some(found));
    }
    let read_at = app.known_keys.now();
    let Some(found) = sql::key_by_hash(&app.db, &hash).await?.map(Arc::new) else { return Ok(None) };
    app.known_keys.put(hash, Arc::clone(&found), read_at);
    Ok(Some(found))
}

/// Creates a key; the answer holds its secret, this once.
///
/// # Errors
/// If a field is wrong, or a live key of that name exists.
pub(crate) async fn create(
    db: &Db,
    pepper: &Pepper,
    team: &str,
    request: CreateKeyRequest,
) -> Result<Key, Error> {
    check(&request)?;
    if request.team.as_deref().is_some_and(|wanted| wanted != team) {
        return Err(Error::invalid("team", format!("Keys are created in your own team, `{team}`.")));
    }
    let kind = if request.test { SecretKind::Test } else { SecretKind::Live };
    let secret = Secret::generate(kind).map_err(Error::internal)?;
    let now = Time::now();
    let key = Key {
        object: "key".into(),
        id: id::new("key"),
        name: request.name,
        prefix: secret.display(),
        status: "active".into(),
        scopes: request.scopes,
        team: team.to_owned(),
        act_as: request.act_as.iter().map(|address| address.to_lowercase()).collect(),
        role: request.role.unwrap_or_else(|| Role::Member.as_str().into()),
        limits: request.limits,
        models: request.models,
        aliases: request.aliases,
        expires_at: request.expires_at,
        last_used_at: None,
        created_at: now,
        secrets: vec![KeySecret {
            prefix: secret.display(),
            status: "active".into(),
            expires_at: request.expires_at,
            last_used_at: None,
        }],
        secret: Some(secret.expose().to_owned()),
    };
    sql::insert_key(db, &key, &pepper.hash(secret.expose())).await.map_err(|error| match error {
        StoreError::Conflict => Error::new(
            Kind::Conflict,
            "name_taken",
            format!("There is a live key named `{}`. Choose another name, or revoke that one.", key.name),
        ),
        other => other.into(),
    })?;
    Ok(key)
}

fn check(request: &CreateKeyRequest) -> Result<(), Error> {
    if request.name.is_empty() || request.name.len() > 100 {
        return Err(Error::invalid("name", "A key's name has 1 to 100 characters."));
    }
    if request.scopes.is_empty() {
        return Err(Error::invalid("scopes", "A key needs at least one scope, such as `chat`."));
    }
    let known = |scope: &String| {
        contract::catalogue::CATALOGUE.iter().any(|endpoint| endpoint.scope.granted_by(scope))
    };
    if let Some(unknown) = request.scopes.iter().find(|scope| !known(scope)) {
        return Err(Error::invalid(
            "scopes",
            format!("The scope `{unknown}` grants nothing. See the table of scopes."),
        ));
    }
    if let Some(role) = request.role.as_deref().filter(|role| Role::parse(role).is_none()) {
        let message = format!("There is no role `{role}`. The roles are {}.", Role::names().join(", "));
        return Err(Error::invalid("role", message));
    }
    if let Some(address) = request.act_as.iter().find(|address| !address.contains('@')) {
        return Err(Error::invalid("act_as", format!("`{address}` is neither an address nor `*@domain`.")));
    }
    Ok(())
}

/// The keys of a team, the newest first.
///
/// # Errors
/// If the store fails.
pub(crate) async fn list(db: &Db, team: &str) -> Result<Vec<Key>, Error> {
    sql::keys(db, team).await
}

/// A key by its id or the name of a live one.
///
/// # Errors
/// If there is none.
pub(crate) async fn find(db: &Db, team: &str, name: &str) -> Result<Key, Error> {
    let keys = sql::keys(db, team).await?;
    let by_name = |key: &&Key| key.name == name && key.status == "active";
    let found = keys.iter().find(|key| key.id == name).or_else(|| keys.iter().find(by_name));
    found.cloned().ok_or_else(|| Error::not_found("key", name))
}

/// Notes when a key was last used: written with the audit rows, so that it costs no commit of its own.
pub(crate) fn touch(key: &str, at: Time) -> Statement {
    sql::touch(key, at.0)
}

/// Whether the key that work was begun with still opens anything.
///
/// # Errors
/// If the store fails.
pub(crate) async fn is_live(db: &Db, caller: &Caller) -> Result<bool, Error> {
    if caller.operator {
        return sql::operator_exists(db, &caller.key_id).await;
    }
    let keys = sql::keys(db, &caller.team).await?;
    Ok(keys.iter().any(|key| key.id == caller.key_id && key.status == "active"))
}

/// Ends a key at once.
///
/// # Errors
/// If there is no such key.
pub(crate) async fn revoke(db: &Db, team: &str, name: &str) -> Result<Key, Error> {
    let key = find(db, team, name).await?;
    sql::revoke_key(db, &key.id, Time::now().0).await?;
    find(db, team, &key.id).await
}
