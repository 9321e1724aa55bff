//! The handle that every room shares.

use crate::audit::Ledger;
use crate::completions::Cache;
use crate::config::Config;
use crate::error::Error;
use crate::evaluations::Runs;
use crate::gate::key::Pepper;
use crate::gate::known::Known;
use crate::gate::rate::Rates;
use crate::guardrails::Engine;
use crate::home::Home;
use crate::providers::{Providers, Vault, catalogue};
use crate::store::Db;
use crate::work::Work;
use std::ops::Deref;
use std::sync::Arc;

/// A cheap handle to what the daemon is made of.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

/// What the daemon is made of.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) db: Db,
    pub(crate) pepper: Pepper,
    pub(crate) known_keys: Known,
    pub(crate) rates: Rates,
    pub(crate) ledger: Ledger,
    pub(crate) rails: Engine,
    pub(crate) providers: Providers,
    pub(crate) cache: Cache,
    pub(crate) runs: Runs,
    pub(crate) work: Work,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// If a provider's settings are wrong, or the store can't be read.
    pub(crate) async fn new(config: Config, home: &Home) -> Result<Self, Error> {
        let db = home.db.clone();
        catalogue::load(&db).await?;
        let vault = Vault::open(db.clone(), home.master.clone()).await?;
        Ok(Self(Arc::new(Parts {
            ledger: Ledger::start(db.clone()).await?,
            providers: Providers::new(&config, vault)?,
            cache: Cache::new(&config.cache),
            rails: Engine::new(),
            known_keys: Known::default(),
            rates: Rates::default(),
            runs: Runs::default(),
            work: Work::default(),
            config,
            db,
            pepper: home.pepper.clone(),
        })))
    }
}
