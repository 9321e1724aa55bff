//! Who holds the secret that a call shows.

use super::admit::Credentials;
use super::source;
use super::{Caller, operators, sql};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::hub::HubSession;
use contract::key::{Kind as SecretKind, Secret};
use contract::version::hex;
use hmac::{Hmac, KeyInit, Mac};
use ipnet::IpNet;
use sha2::Sha256;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use subtle::ConstantTimeEq;

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

/// What stands behind a secret.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(super) hash: String,
    pub(super) caller: Arc<Caller>,
    /// From where it may call.
    pub(super) sources: Vec<IpNet>,
    pub(super) is_revoked: bool,
    /// When the key or the token ends.
    pub(super) expires_at: Option<i64>,
    /// When this secret ends, which a newer one replaced.
    pub(super) replaced_at: Option<i64>,
}

impl Holder {
    /// Whether the key or the token has not ended.
    fn check_live(&self, now: i64) -> Result<(), Error> {
        if self.is_revoked {
            return refuse("key_revoked", "This key was revoked. Ask an operator for a new one.");
        }
        if self.expires_at.is_some_and(|at| at <= now) {
            return refuse("key_expired", "This key has expired. Ask an operator for a new one.");
        }
        Ok(())
    }
}

/// Who holds the secret of an `Authorization: Bearer` header, or else signed in to the Hub.
///
/// # Errors
/// If there is none, it opens nothing (any longer), or it comes from where it may not.
pub(super) async fn authenticate(
    app: &App,
    credentials: &Credentials,
    now: i64,
) -> Result<Arc<Caller>, Error> {
    let address = credentials.address;
    if let (None, Some((secret, guard))) = (&credentials.authorization, &credentials.hub) {
        return match app.hub.calling(&app.pepper.hash(secret), guard, now) {
            Some(HubSession { id, operator, .. }) => {
                let caller = hub_operator(app, &operator, address, now).await?;
                Ok(Arc::new(Caller { hub_session: Some(id), ..Caller::clone(&caller) }))
            }
            None => refuse("invalid_api_key", "This session has ended. Sign in again."),
        };
    }
    let Some(header) = credentials.authorization.as_deref() else {
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
    let holder = find(app, secret.kind(), &hash).await?;
    // The store finds by equality; what counts is this comparison, whose time tells nothing.
    let Some(holder) = holder.filter(|holder| bool::from(holder.hash.as_bytes().ct_eq(hash.as_bytes())))
    else {
        return refuse("invalid_api_key", "This key is not known here. Check which daemon it belongs to.");
    };
    let has_passed = |at: Option<i64>| at.is_some_and(|at| at <= now);
    if has_passed(holder.replaced_at) && !holder.is_revoked {
        return refuse(
            "key_expired",
            "This key was replaced by a newer one, and its time has run out. Use that.",
        );
    }
    let_in(&holder, address, now)
}

/// The operator whom a session of the Hub names, as their token stands now.
///
/// # Errors
/// If the token was revoked or has expired.
pub(crate) async fn hub_operator(
    app: &App,
    id: &str,
    address: Option<IpAddr>,
    now: i64,
) -> Result<Arc<Caller>, Error> {
    match operators::by_id(&app.db, id).await? {
        Some(holder) => let_in(&holder, address, now),
        None => refuse("key_revoked", "This operator's token is no longer there."),
    }
}

fn let_in(holder: &Holder, address: Option<IpAddr>, now: i64) -> Result<Arc<Caller>, Error> {
    holder.check_live(now)?;
    if !source::allows(&holder.sources, address) {
        let message =
            "This key may not call from this address. Ask an operator to add it to the key's sources.";
        return Err(Error::new(Kind::Forbidden, "not_permitted", message).by("key:sources"));
    }
    Ok(Arc::clone(&holder.caller))
}

fn refuse<T>(code: &'static str, message: &str) -> Result<T, Error> {
    Err(Error::new(Kind::Unauthenticated, code, message))
}

async fn find(app: &App, kind: SecretKind, hash: &str) -> Result<Option<Arc<Holder>>, Error> {
    let hash = hash.to_owned();
    if let Some(found) = app.known_keys.get(&hash) {
        return Ok(Some(found));
    }
    let read_at = app.known_keys.now();
    let found = match kind {
        SecretKind::Operator => operators::by_hash(&app.db, &hash).await?,
        SecretKind::Live | SecretKind::Test => sql::key_by_hash(&app.db, &hash).await?,
    };
    let Some(found) = found.map(Arc::new) else { return Ok(None) };
    app.known_keys.put(hash, Arc::clone(&found), read_at);
    Ok(Some(found))
}

/// The key or token of work that goes on without its client, as it stands now. A secret that a newer one replaced in time
/// holds on: the key goes on under that.
///
/// # Errors
/// If the key, the token or the secret was revoked, or has expired.
pub(super) async fn still(app: &App, caller: &Caller, now: i64) -> Result<Arc<Caller>, Error> {
    let holder = match caller.operator {
        true => operators::by_id(&app.db, &caller.key_id).await?,
        false => sql::key_by_id(&app.db, &caller.key_id, caller.generation).await?,
    };
    let Some(holder) = holder else { return refuse("key_revoked", "This key is no longer there.") };
    holder.check_live(now)?;
    let hub_session = caller.hub_session.clone();
    Ok(Arc::new(Caller { hub_session, ..Caller::clone(&holder.caller) }))
}
