//! The providers' keys that operators stored: encrypted at rest, held in memory, shown to nobody.

mod sql;

use super::upstream::Upstream;
use crate::config::Provider;
use crate::error::{Error, Kind};
use crate::master::MasterKey;
use crate::store::Db;
use contract::time::Time;
use contract::wire::admin::{StoredProviderKey, TeamSettings};
use secrecy::{ExposeSecret, SecretString};
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
        let vault = Self { db, master, held: Arc::default() };
        vault.reload().await?;
        Ok(vault)
    }

    /// Reads the store anew, so that a change holds from the next call on.
    async fn reload(&self) -> Result<(), Error> {
        let rows = sql::keys(&self.db).await?;
        let keys = rows.into_iter().filter_map(|row| {
            let secret = self.master.open(&place(&row.team, &row.provider, row.is_shared), &row.sealed);
            if secret.is_none() {
                tracing::error!(
                    provider = row.provider,
                    "a stored key can't be opened: is the master key another one?"
                );
            }
            let settings = Provider { params: row.params, ..Provider::default() };
            Some(Stored {
                upstream: Upstream::new(&row.provider, Some(&settings)).ok().map(Arc::new),
                secret: secret?,
                team: row.team,
                provider: row.provider,
                is_shared: row.is_shared,
                created_by: row.created_by,
                created_at: row.created_at,
            })
        });
        let held = Held { keys: keys.collect(), teams: sql::teams(&self.db).await? };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
        Ok(())
    }

    /// Stores a key, in place of the one before it.
    ///
    /// # Errors
    /// If it is empty or too long, or the store fails.
    pub(crate) async fn put(&self, new: NewKey<'_>) -> Result<(), Error> {
        let length = new.secret.expose_secret().len();
        if length == 0 || length > LONGEST_KEY || new.secret.expose_secret().contains('\0') {
            return Err(Error::invalid("key", format!("A provider's key has 1 to {LONGEST_KEY} bytes.")));
        }
        let sealed =
            self.master.seal(&place(new.team, new.provider, new.is_shared), new.secret.expose_secret())?;
        sql::put_key(&self.db, &new, &sealed).await?;
        self.reload().await
    }

    /// Removes a key.
    ///
    /// # Errors
    /// If there is none, or the store fails.
    pub(crate) async fn remove(&self, team: &str, provider: &str, is_shared: bool) -> Result<(), Error> {
        if !sql::remove_key(&self.db, team, provider, is_shared).await? {
            return Err(Error::not_found("provider key", provider));
        }
        self.reload().await
    }

    /// Stores what a team wants.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn put_team(&self, team: &str, settings: &TeamSettings) -> Result<(), Error> {
        sql::put_team(&self.db, team, settings).await?;
        self.reload().await
    }

    /// What a team wants.
    pub(crate) fn team(&self, team: &str) -> TeamSettings {
        self.read(|held| held.teams.get(team).cloned().unwrap_or_default())
    }

    /// What a team means by a name, where it has one of its own.
    pub(crate) fn alias(&self, team: &str, name: &str) -> Option<String> {
        self.read(|held| held.teams.get(team)?.aliases.get(name).cloned())
    }

    /// The keys that a team's operators see: their own, and the shared ones. Never the secrets.
    pub(crate) fn list(&self, team: &str) -> Vec<StoredProviderKey> {
        let show = |stored: &Stored| StoredProviderKey {
            provider: stored.provider.clone(),
            team: stored.team.clone(),
            shared: stored.is_shared,
            created_by: stored.created_by.clone(),
            created_at: stored.created_at,
        };
        self.read(|held| held.keys.iter().filter(|stored| stored.is_for(team)).map(show).collect())
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
