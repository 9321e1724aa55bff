//! API keys: created, changed, rotated and revoked by operators.

mod record;
mod rotate;
mod sql;

pub(crate) use rotate::{revoke, rotate};
pub(crate) use sql::used;

use super::authenticate::Pepper;
use super::identity::canonical;
use super::role::Role;
use super::{Caller, source, teams};
use crate::act::Act;
use crate::error::{Error, Kind};
use crate::store::Db;
use contract::catalogue::CATALOGUE;
use contract::check::suggest;
use contract::id;
use contract::key::{Kind as SecretKind, Secret};
use contract::time::Time;
use contract::wire::admin::{CreateKeyRequest, Key, KeySecret, KeyUse, UpdateKeyRequest};
use contract::wire::page::{ListQuery, Page};
use record::Record;

/// Creates a key; the answer holds its secret, this once.
///
/// # Errors
/// If a field is wrong, or a live key of that name exists.
pub(crate) async fn create(
    db: &Db,
    pepper: &Pepper,
    creator: &Caller,
    team: &str,
    request: CreateKeyRequest,
    now: Time,
) -> Result<Act<Key>, Error> {
    let kind = if request.test { SecretKind::Test } else { SecretKind::Live };
    let secret = Secret::generate(kind).map_err(Error::internal)?;
    let key = Key {
        object: "key".into(),
        id: id::new("key"),
        name: request.name,
        prefix: secret.display(),
        status: "active".into(),
        scopes: request.scopes,
        team: team.to_owned(),
        act_as: lower(&request.act_as),
        role: request.role.unwrap_or_else(|| Role::Member.as_str().into()),
        limits: request.limits,
        used: KeyUse::default(),
        models: request.models,
        aliases: request.aliases,
        agents: request.agents,
        collections: request.collections,
        tools: request.tools,
        sources: request.sources,
        expires_at: request.expires_at,
        last_used_at: None,
        created_at: now,
        secrets: vec![first_secret(&secret, request.expires_at)],
        secret: Some(secret.expose().to_owned()),
    };
    check(creator, &key)?;
    check_free(db, &key).await?;
    let statements = sql::insert(&key, &pepper.hash(secret.expose()))?;
    Ok(Act::new(key.clone(), statements).changing((), key))
}

fn first_secret(secret: &Secret, expires_at: Option<Time>) -> KeySecret {
    KeySecret {
        prefix: secret.display(),
        generation: 1,
        status: "active".into(),
        expires_at,
        last_used_at: None,
        used_percent: 0.0,
    }
}

fn lower(addresses: &[String]) -> Vec<String> {
    addresses.iter().map(|address| address.to_lowercase()).collect()
}

/// That no other live key of the team has a key's name.
async fn check_free(db: &Db, key: &Key) -> Result<(), Error> {
    if !sql::is_taken(db, &key.team, &key.name).await? {
        return Ok(());
    }
    let message =
        format!("There is a live key named `{}`. Choose another name, or revoke that one.", key.name);
    Err(Error::new(Kind::Conflict, "name_taken", message))
}

/// Changes a key; it holds from the next call on.
///
/// # Errors
/// If a field is wrong, the key has ended, or its role stands above the changer's.
pub(crate) async fn update(
    db: &Db,
    changer: &Caller,
    change: UpdateKeyRequest,
    now: Time,
) -> Result<Act<Key>, Error> {
    let record = changeable(db, changer, &change.key_id).await?;
    let before = record.shown(now.0);
    if before.status == "revoked" {
        return Err(ended(&before));
    }
    let key = record.key.clone();
    let key = Key {
        name: change.name.unwrap_or(key.name),
        scopes: change.scopes.unwrap_or(key.scopes),
        act_as: change.act_as.map_or(key.act_as, |act_as| lower(&act_as)),
        role: change.role.unwrap_or(key.role),
        limits: change.limits.unwrap_or_default().of(key.limits),
        models: change.models.unwrap_or(key.models),
        aliases: change.aliases.unwrap_or(key.aliases),
        agents: change.agents.unwrap_or(key.agents),
        collections: change.collections.unwrap_or(key.collections),
        tools: change.tools.unwrap_or(key.tools),
        sources: change.sources.unwrap_or(key.sources),
        expires_at: change.expires_at.unwrap_or(key.expires_at),
        ..key
    };
    check(changer, &key)?;
    if key.name != before.name {
        check_free(db, &key).await?;
    }
    let changed = Record { key, ..record.clone() };
    let after = changed.shown(now.0);
    Ok(Act::new(after.clone(), sql::change(&record, &changed)?).changing(before, after))
}

fn ended(key: &Key) -> Error {
    let message = format!("The key {} was revoked, for good. Create a new one.", key.name);
    Error::new(Kind::Conflict, "key_revoked", message)
}

/// Checks a key as an operator wants it.
fn check(by: &Caller, key: &Key) -> Result<(), Error> {
    if key.name.is_empty() || key.name.len() > 100 {
        return Err(Error::invalid("name", "A key's name has 1 to 100 characters."));
    }
    if key.scopes.is_empty() {
        return Err(Error::invalid("scopes", "A key needs at least one scope, such as `chat`."));
    }
    let known = |scope: &String| CATALOGUE.iter().any(|endpoint| endpoint.scope.granted_by(scope));
    if let Some(unknown) = key.scopes.iter().find(|scope| !known(scope)) {
        let message = format!("The scope `{unknown}` grants nothing. See the table of scopes.");
        return Err(Error::invalid("scopes", message));
    }
    let role = Role::parse(&key.role).ok_or_else(|| Role::unknown("role", &key.role))?;
    by.role.check_reaches(role)?;
    if let Some(wrong) = key.act_as.iter().find(|pattern| !is_pattern(pattern)) {
        let message =
            format!("`{wrong}` is neither an address nor `*@domain`: a star stands for all before the @.");
        return Err(Error::invalid("act_as", message));
    }
    if let Some(wrong) = key.sources.iter().find(|text| source::parse(text).is_none()) {
        let message = format!("`{wrong}` is neither an address nor a range such as 10.0.0.0/8.");
        return Err(Error::invalid("sources", message));
    }
    Ok(())
}

/// Whether an `act_as` entry can match anybody, now or later: an address, or `*@domain`.
fn is_pattern(pattern: &str) -> bool {
    let address = pattern.strip_prefix('*').map_or_else(|| pattern.to_owned(), |rest| format!("all{rest}"));
    !address.contains('*')
        && canonical(&address).is_ok_and(|canonical| canonical == address)
        && (!pattern.starts_with('*') || pattern.starts_with("*@"))
}

/// A page of a team's keys, the newest first.
///
/// # Errors
/// If the store fails.
pub(crate) async fn list(db: &Db, team: &str, page: &ListQuery, now: Time) -> Result<Page<Key>, Error> {
    let limit = page.limit.unwrap_or(contract::wire::page::DEFAULT_LIMIT);
    let records = sql::page(db, team, page.after.as_deref(), limit + 1).await?;
    let keys = records.iter().map(|record| record.shown(now.0)).collect();
    Ok(Page::of(keys, limit, |key: &Key| key.id.clone()))
}

/// The id of a team's key, by itself or by the name of a live one.
///
/// # Errors
/// If there is none.
pub(crate) async fn id_of(db: &Db, team: &str, name: &str) -> Result<String, Error> {
    let found = sql::find(db, Some(team), name).await?;
    found.map(|record| record.key.id).ok_or_else(|| Error::not_found("key", name))
}

/// A key as an operator finds it: of its own team, by its id or the name of a live one, or by id of any that it looks
/// after.
///
/// # Errors
/// If there is none.
pub(crate) async fn reachable(db: &Db, operator: &Caller, name: &str, now: Time) -> Result<Key, Error> {
    Ok(record(db, operator, name).await?.shown(now.0))
}

async fn record(db: &Db, operator: &Caller, name: &str) -> Result<Record, Error> {
    let own = sql::find(db, Some(&operator.team), name).await?;
    let found = match own {
        None if operator.role.sees_every_team() => sql::find(db, None, name).await?,
        own => own,
    };
    found.ok_or_else(|| Error::not_found("key", name))
}

/// The same for an operator who is about to change the key.
///
/// # Errors
/// If there is none, or its role stands above the operator's.
async fn changeable(db: &Db, operator: &Caller, name: &str) -> Result<Record, Error> {
    let record = record(db, operator, name).await?;
    operator.role.check_reaches(Role::parse(&record.key.role).unwrap_or(Role::Viewer))?;
    Ok(record)
}

/// The ids of a caller's own team's keys and operators' tokens of that id or name, or of the key that one of whose secrets
/// is shown so; of every team, where the caller sees them. Keys that have ended are among them.
///
/// # Errors
/// If there is none that the caller may see.
pub(crate) async fn called(db: &Db, caller: &Caller, name: &str) -> Result<Vec<String>, Error> {
    let (team, own) = (teams::reach(caller), (!caller.sees_others()).then_some(caller.key_id.as_str()));
    let ids = sql::called(db, team, own, name).await?;
    if !ids.is_empty() {
        return Ok(ids);
    }
    let names = sql::names(db, team, own).await?;
    let close = suggest::closest(name, names.iter().map(String::as_str));
    let help = close.map_or_else(String::new, |close| format!(" Did you mean `{close}`?"));
    Err(Error::invalid("key", format!("There is no key `{name}` that this call may see.{help}")))
}
