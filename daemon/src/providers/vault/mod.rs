//! The providers' keys that operators stored: encrypted at rest, held in memory, shown to nobody.

mod sql;

use super::upstream::Upstream;
use crate::act::Act;
use crate::config::Provider;
use crate::error::{Error, Kind};
use crate::master::MasterKey;
use crate::store::Db;
use contract::time::Time;
use contract::wire::admin::{StoredProviderKey, TeamSettings};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

/// Longest key: a service account's JSON has about 2,400 bytes.
const LONGEST_KEY: usize = 16 * 1024;

/// Stored keys and the teams' settings, in memory as in the store.
#[derive(Clone, Debug)]
pub(crate) struct Vault {
    db: Db,
    master: MasterKey,
    held: Arc<RwLock<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    keys: Vec<Stored>,
    teams: BTreeMap<String, TeamSettings>,
}

/// One stored key.
#[derive(Debug)]
struct Stored {
    team: String,
    provider: String,
    is_shared: bool,
    secret: SecretString,
    upstream: Option<Arc<Upstream>>,
    created_by: String,
    created_at: Time,
}

impl Stored {
    /// Whether a team's calls may show it.
    fn is_for(&self, team: &str) -> bool {
        self.is_shared || self.team == team
    }

    /// Whether it stands where a team keeps its key of a provider, or one that it shares.
    fn is_at(&self, team: &str, provider: &str, is_shared: bool) -> bool {
        (self.team.as_str(), self.provider.as_str(), self.is_shared) == (team, provider, is_shared)
    }

    fn shown(&self) -> StoredProviderKey {
        StoredProviderKey {
            provider: self.provider.clone(),
            team: self.team.clone(),
            shared: self.is_shared,
            created_by: self.created_by.clone(),
            created_at: self.created_at,
        }
    }
}

/// What an operator stores.
pub(crate) struct NewKey<'a> {
    pub(crate) team: &'a str,
    pub(crate) provider: &'a str,
    pub(crate) secret: &'a SecretString,
    pub(crate) is_shared: bool,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) created_by: &'a str,
}

impl Vault {
    /// Opens what is stored.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn open(db: Db, master: MasterKey) -> Result<Self, Error> {
        let rows = sql::keys(&db).await?;
        let keys = rows.into_iter().filter_map(|row| {
            let secret = master.open(&place(&row.team, &row.provider, row.is_shared), &row.sealed);
            if secret.is_none() {
                tracing::error!(
                    provider = row.provider,
                    "a stored key can't be opened: is the master key another one?"
                );
            }
            Some(Stored {
                upstream: upstream(&row.provider, row.params),
                secret: secret?,
                team: row.team,
                provider: row.provider,
                is_shared: row.is_shared,
                created_by: row.created_by,
                created_at: row.created_at,
            })
        });
        let held = Held { keys: keys.collect(), teams: sql::teams(&db).await? };
        Ok(Self { db, master, held: Arc::new(RwLock::new(held)) })
    }

    /// Stores a key, in place of the one before it.
    ///
    /// # Errors
    /// If it is empty or too long.
    pub(crate) fn put(&self, new: NewKey<'_>) -> Result<Act<StoredProviderKey>, Error> {
        let length = new.secret.expose_secret().len();
        if length == 0 || length > LONGEST_KEY || new.secret.expose_secret().contains('\0') {
            return Err(Error::invalid("key", format!("A provider's key has 1 to {LONGEST_KEY} bytes.")));
        }
        let sealed =
            self.master.seal(&place(new.team, new.provider, new.is_shared), new.secret.expose_secret())?;
        let created_at = Time::now();
        let put = sql::put_key(&new, &sealed, created_at)?;
        let stored = Stored {
            upstream: upstream(new.provider, new.params),
            secret: new.secret.clone(),
            team: new.team.to_owned(),
            provider: new.provider.to_owned(),
            is_shared: new.is_shared,
            created_by: new.created_by.to_owned(),
            created_at,
        };
        let (shown, held) = (stored.shown(), self.clone());
        let hold = move || {
            held.write(|held| {
                held.keys.retain(|key| !key.is_at(&stored.team, &stored.provider, stored.is_shared));
                held.keys.push(stored);
                held.keys.sort_by(|a, b| (&a.provider, &a.team).cmp(&(&b.provider, &b.team)));
            });
        };
        Ok(Act::new(shown.clone(), vec![put]).changing((), shown).then(hold))
    }

    /// Removes a key.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn remove(&self, team: &str, provider: &str, is_shared: bool) -> Result<Act<()>, Error> {
        let is_there = self.read(|held| held.keys.iter().any(|key| key.is_at(team, provider, is_shared)));
        if !is_there {
            return Err(Error::not_found("provider key", provider));
        }
        let remove = sql::remove_key(team, provider, is_shared);
        let before = json!({"provider": provider, "shared": is_shared});
        let (held, team, provider) = (self.clone(), team.to_owned(), provider.to_owned());
        let forget = move || held.write(|held| held.keys.retain(|k| !k.is_at(&team, &provider, is_shared)));
        Ok(Act::new((), vec![remove]).changing(before, ()).then(forget))
    }

    /// Stores what a team wants.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn put_team(
        &self,
        team: &str,
        settings: TeamSettings,
    ) -> Result<Act<TeamSettings>, Error> {
        let before = sql::team(&self.db, team).await?;
        let put = sql::put_team(team, before.as_deref(), &settings)?;
        let before: TeamSettings =
            before.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
        let (held, team, wanted) = (self.clone(), team.to_owned(), settings.clone());
        let hold = move || held.write(|held| drop(held.teams.insert(team, wanted)));
        Ok(Act::new(settings.clone(), vec![put]).changing(before, settings).then(hold))
    }

    /// What a team wants.
    pub(crate) fn team(&self, team: &str) -> TeamSettings {
        self.read(|held| held.teams.get(team).cloned().unwrap_or_default())
    }

    /// What a team means by a name, where it has one of its own.
    pub(crate) fn alias(&self, team: &str, name: &str) -> Option<String> {
        self.read(|held| held.teams.get(team)?.aliases.get(name).cloned())
    }

    /// Whether there is a key that a team's calls may show.
    pub(super) fn has_key(&self, team: &str, provider: &str) -> bool {
        self.read(|held| held.keys.iter().any(|stored| stored.provider == provider && stored.is_for(team)))
    }

    /// The providers that there are such keys for.
    pub(super) fn providers(&self, team: &str) -> BTreeSet<String> {
        self.read(|held| held.keys.iter().filter(|s| s.is_for(team)).map(|s| s.provider.clone()).collect())
    }

    /// A provider that is known by its stored key alone.
    pub(super) fn upstream(&self, team: &str, provider: &str) -> Option<Arc<Upstream>> {
        self.read(|held| {
            let mut stored = held.keys.iter().filter(|s| s.provider == provider && s.is_for(team));
            stored.find_map(|stored| stored.upstream.clone())
        })
    }

    /// A team's own key.
    pub(super) fn own_key(&self, team: &str, provider: &str) -> Option<SecretString> {
        self.find(|stored| !stored.is_shared && stored.team == team && stored.provider == provider)
    }

    /// The key that everybody may use who has none of their own.
    pub(super) fn shared_key(&self, provider: &str) -> Option<SecretString> {
        self.find(|stored| stored.is_shared && stored.provider == provider)
    }

    /// Whether a team's calls may show its own keys only.
    pub(super) fn must_bring_own(&self, team: &str) -> bool {
        self.read(|held| held.teams.get(team).is_some_and(|settings| settings.own_provider_keys_only))
    }

    fn find(&self, is_it: impl Fn(&Stored) -> bool) -> Option<SecretString> {
        self.read(|held| held.keys.iter().find(|stored| is_it(stored)).map(|stored| stored.secret.clone()))
    }

    fn read<T>(&self, look: impl FnOnce(&Held) -> T) -> T {
        look(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, change: impl FnOnce(&mut Held)) {
        change(&mut self.held.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// What is called with a stored key, where nothing else says it.
fn upstream(provider: &str, params: BTreeMap<String, String>) -> Option<Arc<Upstream>> {
    let settings = Provider { params, ..Provider::default() };
    Upstream::new(provider, Some(&settings)).ok().map(Arc::new)
}

/// Checks that a provider can be called with what an operator gives.
///
/// # Errors
/// If Katonic doesn't know it, or something that its address needs is missing.
pub(crate) fn check(provider: &str, params: &BTreeMap<String, String>) -> Result<(), Error> {
    let settings = Provider { params: params.clone(), ..Provider::default() };
    if super::catalogue::provider(provider).is_none() {
        let message = format!(
            "The catalogue has no provider `{provider}`. `katonic providers list --all` shows those it has; others are \
             added in katonic.toml."
        );
        return Err(Error::new(Kind::NotFound, "provider_not_found", message));
    }
    Upstream::new(provider, Some(&settings))
        .map(drop)
        .map_err(|error| Error::invalid("params", error.message))
}

fn place(team: &str, provider: &str, is_shared: bool) -> String {
    format!("provider-key\0{team}\0{provider}\0{is_shared}")
}
