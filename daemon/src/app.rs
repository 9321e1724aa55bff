//! The handle that every room shares.

use crate::audit::{Ledger, Periods};
use crate::backups;
use crate::call::Books;
use crate::chat::Samples;
use crate::completions::Cache;
use crate::config::{Config, KeptContent};
use crate::documents;
use crate::error::Error;
use crate::evaluations;
use crate::gate::assertion::Assertions;
use crate::gate::authenticate::{Holder, Pepper};
use crate::gate::budget::Budgets;
use crate::gate::directory;
use crate::gate::identity::Member;
use crate::gate::known::Known;
use crate::gate::source;
use crate::guardrails::Engine;
use crate::guardrails::policy::Policies;
use crate::home::Home;
use crate::hub::Hub;
use crate::knowledge::{Files, Sources};
use crate::master::MasterKey;
use crate::metrics::Metrics;
use crate::prompts;
use crate::providers::{Providers, Tiers, Vault, catalogue};
use crate::store::Db;
use crate::tools::Tools;
use crate::trace::Spans;
use crate::under_way::UnderWay;
use crate::uploads::Uploads;
use crate::webhooks::Webhooks;
use crate::work::Work;
use ipnet::IpNet;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Notify;

/// A cheap handle to what the daemon is made of.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

/// What the daemon is made of.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) db: Db,
    pub(crate) pepper: Pepper,
    pub(crate) master: MasterKey,
    /// Keys and tokens by the hashes of their secrets.
    pub(crate) known_keys: Known<String, Holder>,
    /// Users by team and address.
    pub(crate) known_users: Known<(String, String), Member>,
    pub(crate) assertions: Assertions,
    /// Proxies that are believed.
    pub(crate) proxies: Vec<IpNet>,
    pub(crate) books: Arc<Books>,
    /// How long the audit log and traces are kept.
    pub(crate) retention: Arc<Periods>,
    pub(crate) metrics: Metrics,
    pub(crate) rails: Engine,
    /// What an operator set over all settings of the rails.
    pub(crate) rail_policy: Policies,
    pub(crate) providers: Providers,
    pub(crate) cache: Cache,
    /// Runs of suites.
    pub(crate) runs: UnderWay<evaluations::Note>,
    /// Answers of prod that wait to be evaluated.
    pub(crate) samples: Samples,
    /// Promotions whose broken cases are asked again.
    pub(crate) confirmations: UnderWay<()>,
    /// Searches for better prompts.
    pub(crate) optimisations: UnderWay<prompts::Note>,
    /// Held by those that are at work.
    pub(crate) searches: tokio::sync::Semaphore,
    /// Who is signed in to the Hub.
    pub(crate) hub: Hub,
    pub(crate) uploads: Uploads,
    pub(crate) files: Files,
    pub(crate) sources: Sources,
    pub(crate) tools: Tools,
    pub(crate) work: Work,
    /// Held by who writes a document.
    pub(crate) writers: Arc<tokio::sync::Semaphore>,
    /// The operator's fonts, for documents.
    pub(crate) fonts: Arc<Vec<Arc<Vec<u8>>>>,
    /// Held by who copies the store.
    pub(crate) copying: Arc<tokio::sync::Mutex<()>>,
    /// Held by who rolls usage up.
    pub(crate) rolling_up: tokio::sync::Mutex<()>,
    /// Told when passages came that may wait for their vectors.
    pub(crate) embedding: Arc<tokio::sync::Notify>,
    /// Held by who changes the index of passages.
    pub(crate) indexing: Arc<tokio::sync::Mutex<()>>,
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
        backups::remove_drafts(&config).await?;
        directory::give_ids(&db).await?;
        let vault = Vault::open(db.clone(), home.master.clone()).await?;
        let metrics = Metrics::new();
        let books = Arc::new(Books {
            clock: config.clock.clone(),
            ledger: Ledger::start(
                db.clone(),
                home.audit_key.clone(),
                home.audit_head.clone(),
                metrics.clone(),
            )
            .await?,
            keeps_content: config.audit.content == KeptContent::Redacted,
            rates: Arc::default(),
            budgets: Arc::new(Budgets::open(db.clone()).await?),
            webhooks: Webhooks::new(db.clone(), home.master.clone()),
            spans: Spans::start(&config.otlp, &metrics)?,
            canaries: Notify::new(),
        });
        let rail_policy = Policies::open(&db, &config.completions.guardrails).await?;
        let tiers = Tiers::open(&db, &config.tiers).await?;
        Ok(Self(Arc::new(Parts {
            books,
            retention: Periods::open(&db, config.audit.retention_days).await?,
            metrics,
            assertions: Assertions::open(&config.identity).await?,
            proxies: proxies(&config)?,
            providers: Providers::new(&config, vault, tiers)?,
            cache: Cache::new(&config.cache),
            rails: Engine::new(),
            rail_policy,
            known_keys: Known::default(),
            known_users: Known::default(),
            master: home.master.clone(),
            runs: UnderWay::default(),
            samples: Samples::default(),
            confirmations: UnderWay::default(),
            optimisations: UnderWay::default(),
            searches: tokio::sync::Semaphore::new(prompts::SEARCHES),
            hub: Hub::default(),
            uploads: Uploads::open(&config.data())?,
            files: Files::new(config.program.clone()),
            sources: Sources::default(),
            tools: Tools::open(&config)?,
            work: Work::default(),
            writers: Arc::new(tokio::sync::Semaphore::new(documents::WRITERS)),
            fonts: Arc::new(documents::fonts(&config.documents.fonts)?),
            copying: Arc::default(),
            rolling_up: tokio::sync::Mutex::default(),
            embedding: Arc::default(),
            indexing: Arc::default(),
            config,
            db,
            pepper: home.pepper.clone(),
        })))
    }
}

fn proxies(config: &Config) -> Result<Vec<IpNet>, Error> {
    let read = |text: &String| {
        let wrong = || Error::internal(format_args!("trusted_proxies: `{text}` is no address or range"));
        source::parse(text).ok_or_else(wrong)
    };
    config.trusted_proxies.iter().map(read).collect()
}
