//! One call on its way through the rooms: who makes it, what it did so far, and what it may spend.

use crate::act::Act;
use crate::agents;
use crate::audit::{Entry, Ledger};
use crate::error::Error;
use crate::gate::Caller;
use crate::gate::account::Account;
use crate::gate::admit;
use crate::gate::budget::Budgets;
use crate::gate::purse::Purse;
use crate::gate::rate::{Rates, Slot};
use crate::providers::By;
use crate::store::{self, Statement, StoreError};
use crate::trace::{Content, Record, Recorder, Spans, Steps};
use crate::uploads::Upload;
use crate::webhooks::Webhooks;
use contract::time::Clock;
use serde_json::Value;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};

/// Where calls are counted and written down.
#[derive(Debug)]
pub(crate) struct Books {
    /// What time calls come in at.
    pub(crate) clock: Clock,
    pub(crate) ledger: Ledger,
    /// Whether traces keep what was asked and answered.
    pub(crate) keeps_content: bool,
    pub(crate) rates: Arc<Rates>,
    pub(crate) budgets: Arc<Budgets>,
    pub(crate) webhooks: Webhooks,
    /// Who sends spans on, where a collector is configured.
    pub(crate) spans: Option<Spans>,
    /// Told of each call in an environment with a canary.
    pub(crate) canaries: Notify,
}

impl Books {
    /// Writes a call down, with what is stored with its row; and sends its spans on.
    ///
    /// # Errors
    /// If that can't be stored, for whatever reason: it will be as soon as it can, but what isn't logged isn't answered.
    pub(crate) async fn write(
        &self,
        record: Record,
        caller: Option<&Arc<Caller>>,
        ending: Ending,
        statements: Vec<Statement>,
    ) -> Result<(), Error> {
        let entry = Entry::of(&record, caller.map(Arc::as_ref), ending).with(statements);
        let written = self.ledger.write(entry).await;
        if let Some(spans) = &self.spans {
            spans.send(record, caller, ending);
        }
        written.map_err(|error| store::unavailable().because(error))
    }

    /// Stores an act with its call's row, or neither; and sends the call's spans on.
    async fn act<T>(
        &self,
        mut record: Record,
        caller: &Arc<Caller>,
        ending: Ending,
        act: Act<T>,
    ) -> Result<T, StoreError> {
        let Act { answer, statements, change, then, .. } = act;
        record.change = change;
        let entry = Entry::of(&record, Some(caller), ending).with(statements);
        self.ledger.act(entry, then).await?;
        if let Some(spans) = &self.spans {
            spans.send(record, Some(caller), ending);
        }
        Ok(answer)
    }

    /// Stores what the daemon does by itself in somebody's name, with a row of an endpoint of its own
    /// ([`crate::audit::OWN`]), or neither.
    ///
    /// # Errors
    /// If the store fails, or what the act expects is so no longer.
    pub(crate) async fn own_act<T>(
        &self,
        endpoint: &'static str,
        by: &Arc<Caller>,
        act: Act<T>,
    ) -> Result<T, StoreError> {
        let record = Recorder::open(endpoint, self.clock.now()).with(|record| record.clone());
        self.act(record, by, Ending { status: 200, label: "completed" }, act).await
    }

    /// Refuses all calls as long as rows wait for a store that could not be written.
    ///
    /// # Errors
    /// If rows do.
    pub(crate) fn check_open(&self) -> Result<(), Error> {
        if self.ledger.kept() == 0 { Ok(()) } else { Err(store::unavailable()) }
    }
}

/// What every room knows of the call.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// Who calls.
    pub(crate) caller: Arc<Caller>,
    /// What it did so far.
    pub(crate) recorder: Recorder,
    /// What it may spend.
    pub(crate) account: Arc<Account>,
    /// Whether the client asked for an event stream.
    pub(crate) wants_events: bool,
    /// Whether the client asked for JSON, where it could have a file.
    pub(crate) wants_json: bool,
    /// Whether the client wants no answer out of the cache.
    pub(crate) is_fresh: bool,
    /// How long the client is ready to wait for work that goes on (`Prefer: wait=N`, RFC 7240).
    pub(crate) wait: Option<Duration>,
    /// Open as long as the client waits for the answer's beginning.
    pub(crate) client: Option<watch::Receiver<()>>,
    /// Its place among the calls that its key may make at the same time.
    pub(crate) slot: Option<Arc<Slot>>,
    /// The file that it brought.
    pub(crate) upload: Option<Arc<Upload>>,
    /// Where the client reached the daemon, such as `https://agents.example.org`, for answers that hold addresses.
    pub(crate) origin: Option<Arc<str>>,
    books: Arc<Books>,
}

fn account(
    books: &Books,
    caller: &Arc<Caller>,
    tags: Vec<String>,
    recorder: &Recorder,
    purse: Option<Arc<Purse>>,
) -> Arc<Account> {
    let (rates, budgets) = (Arc::clone(&books.rates), Arc::clone(&books.budgets));
    Arc::new(Account::open(rates, budgets, Arc::clone(caller), tags, recorder.clone(), purse))
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending {
    /// The HTTP status.
    pub(crate) status: u16,
    /// In one word: `completed`, `blocked`, `denied`, `cancelled`, `failed`.
    pub(crate) label: &'static str,
}

impl Context {
    /// The context of a call that the gate let in, with the tags that it is counted under.
    pub(crate) fn new(caller: Arc<Caller>, recorder: Recorder, books: Arc<Books>, tags: Vec<String>) -> Self {
        Self {
            account: account(&books, &caller, tags, &recorder, None),
            caller,
            recorder,
            wants_events: false,
            wants_json: false,
            is_fresh: false,
            wait: None,
            client: None,
            slot: None,
            upload: None,
            origin: None,
            books,
        }
    }

    /// The same call, acting for somebody.
    pub(crate) fn acting(&self, caller: Caller) -> Self {
        let (caller, purse) = (Arc::new(caller), self.account.purse());
        let account = account(&self.books, &caller, self.account.tags().to_vec(), &self.recorder, purse);
        Self { caller, account, ..self.clone() }
    }

    /// The same call, one of many of some work that may use so much in all.
    pub(crate) fn paying_from(self, purse: Arc<Purse>) -> Self {
        let tags = self.account.tags().to_vec();
        Self { account: account(&self.books, &self.caller, tags, &self.recorder, Some(purse)), ..self }
    }

    /// On whose behalf models are asked.
    pub(crate) fn by(&self) -> By<'_> {
        let records = self.books.spans.as_ref().is_some_and(Spans::is_unconditional);
        let trace = Some(self.recorder.onward(records));
        By { team: &self.caller.team, spending: &*self.account, trace }
    }

    /// Whether its spans are sent on, so that it is worth noting what only they show.
    pub(crate) fn is_exported(&self) -> bool {
        self.books.spans.is_some()
    }

    /// Whether its trace keeps what is asked and answered.
    pub(crate) fn keeps_content(&self) -> bool {
        self.books.keeps_content
    }

    /// Keeps what was asked and answered, as far as that is kept.
    pub(crate) fn keep(&self, question: &str, answer: &str) {
        if self.keeps_content() {
            let steps = self.recorder.with(|record| mem::take(&mut record.steps));
            let content = Content::of(question, answer, steps);
            self.recorder.with(|record| record.content = Some(content));
        }
    }

    /// Keeps what was asked of tools before the answer, as far as that is kept.
    pub(crate) fn keep_steps(&self, messages: Vec<Value>, tools: impl Iterator<Item = Value>) {
        if self.keeps_content() && !messages.is_empty() {
            let steps = Steps { messages, tools: tools.collect() };
            self.recorder.with(|record| record.steps = steps);
        }
    }

    /// The call's trace id.
    pub(crate) fn trace_id(&self) -> String {
        self.recorder.trace_id()
    }

    /// Ends when the client has left before the answer began; never, where no client waits.
    pub(crate) async fn left(&self) {
        match self.client.clone() {
            Some(mut client) => while client.changed().await.is_ok() {},
            None => std::future::pending().await,
        }
    }

    /// Does what the call was made for: an act is stored with the call's trace and audit row, or none of them. Once it is,
    /// the call is settled.
    ///
    /// # Errors
    /// If the store fails; [`StoreError::Conflict`] if what the act expected, or what its caller may, is so no longer.
    pub(crate) async fn act<T>(&self, mut act: Act<T>, ending: Ending) -> Result<T, StoreError> {
        let began = Instant::now();
        if !act.has_happened {
            act.statements.splice(..0, admit::unchanged(&self.caller));
        }
        let mut record = self.recorder.with(|record| record.clone());
        record.span("settlement", began, None);
        let answer = self.books.act(record, &self.caller, ending, act).await?;
        drop(self.recorder.close());
        Ok(answer)
    }

    /// Settles the account, and writes the trace and the audit row, once: what comes after the first time changes
    /// nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn settle(&self, ending: Ending) -> Result<(), Error> {
        let Some(mut record) = self.recorder.close() else { return Ok(()) };
        let began = Instant::now();
        let (mut statements, crossed) = self.account.settle(record.cost(), record.usage.tokens);
        let tells = !crossed.is_empty();
        let lane = record.lane.take();
        let (team, trace) = (&self.caller.team, &record.trace_id);
        statements.extend(lane.iter().map(|lane| agents::canary_call(lane, team, trace, ending)));
        statements.extend(crossed.iter().map(|crossed| self.books.webhooks.budget_crossed(crossed)));
        record.span("settlement", began, None);
        self.books.write(record, Some(&self.caller), ending, statements).await?;
        if tells {
            self.books.webhooks.wake();
        }
        if lane.is_some() {
            self.books.canaries.notify_one();
        }
        Ok(())
    }
}
