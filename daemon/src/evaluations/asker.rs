//! Who asks agents by itself, after the call that began it has been answered: each question is a call of its key, on the
//! same governed path as any.

use super::admission;
use super::pace::Pace;
use crate::agents::Deployed;
use crate::app::App;
use crate::call::{Context, Ending};
use crate::chat::{self, Answered};
use crate::error::{Error, Kind};
use crate::gate::purse::Purse;
use crate::gate::{Caller, admit};
use crate::http::reply;
use contract::endpoint::Declaration;
use contract::money::Usd;
use contract::wire::chat::Message;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Events that wait to be let go: nobody reads the events of these answers.
const EVENTS: usize = 64;

/// How often a question is asked whose tokens didn't fit into the key's minute.
const MOST_TRIES: usize = 60;

/// Who asks: the key that the work began with.
pub(crate) struct Asker {
    pub(super) began: Caller,
    /// What the key must still be allowed to do.
    pub(super) declaration: &'static Declaration,
    /// What the work is in the traces of its calls, and its id: such as `run`, `run_…`.
    work: (&'static str, String),
    /// What it may use in all, where that is bounded.
    purse: Option<Arc<Purse>>,
    /// Whose turn it is to be let in.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// How many are asked at once.
    pace: Pace,
}

/// What is asked, of whom, as whom.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) agent: &'a Deployed,
    pub(crate) text: &'a str,
    /// What was said before.
    pub(crate) before: &'a [Message],
    /// What tools bring, in place of being called.
    pub(crate) mocks: &'a BTreeMap<String, Value>,
    pub(crate) user: Option<&'a str>,
    /// The case, for its trace.
    pub(crate) case: Option<&'a str>,
}

impl<'a> Question<'a> {
    /// A question of no case, by itself.
    pub(crate) fn plain(agent: &'a Deployed, text: &'a str) -> Self {
        const NOTHING: &BTreeMap<String, Value> = &BTreeMap::new();
        Self { agent, text, before: &[], mocks: NOTHING, user: None, case: None }
    }
}

/// How a question ended.
pub(crate) struct Asked {
    pub(crate) trace_id: String,
    /// What it used, all tries together.
    pub(crate) tokens: u64,
    pub(crate) cost: Usd,
    pub(crate) result: Result<Answered, Error>,
}

impl Asker {
    /// Who asks for work that the caller began by a call of this endpoint.
    pub(crate) fn new(
        began: Caller,
        declaration: &'static Declaration,
        work: (&'static str, String),
        purse: Option<Arc<Purse>>,
    ) -> Self {
        Self { began, declaration, work, purse, turn: Default::default(), pace: Pace::default() }
    }

    /// The id of the work.
    pub(super) fn work(&self) -> &str {
        &self.work.1
    }

    /// Asks, after a wait where the key may not call yet.
    ///
    /// # Errors
    /// If the work can't go on: who began it may no longer make it, or its budget is spent.
    pub(crate) async fn ask(&self, app: &App, question: &Question<'_>) -> Result<Asked, Error> {
        if let Some(purse) = &self.purse {
            purse.begin_call()?;
        }
        let (mut tries, mut tokens, mut cost) = (1, 0, Usd::ZERO);
        loop {
            let place = self.pace.place().await;
            let mut context = admission::admit(app, self).await?;
            if let Some(purse) = &self.purse {
                context = context.paying_from(Arc::clone(purse));
            }
            let (context, result) = match self.acting(app, question, context).await {
                Ok(context) => {
                    let result = answer(app, question, &context).await;
                    (context, result)
                }
                Err((context, error)) => (context, Err(error)),
            };
            let result = match result {
                Ok(answered) => Ok(answered),
                Err(error) => {
                    let label = if error.code == "content_filter" { "blocked" } else { "failed" };
                    let settled = context.settle(Ending { status: reply::status(error.kind), label }).await;
                    Err(settled.err().unwrap_or(error))
                }
            };
            let (more, paid) = context.recorder.with(|record| (record.usage.tokens, record.cost()));
            tokens += more;
            cost += paid;
            match result {
                // The daemon stops: this was no answer, and is asked again by the next one. The job ends here.
                Err(_) if app.work.cut_off.is_cancelled() => return std::future::pending().await,
                Err(error) if error.kind == Kind::QuotaSpent => return Err(error),
                Err(Error { kind: Kind::RateLimited, retry_after: Some(seconds), .. })
                    if tries < MOST_TRIES =>
                {
                    // Its places among the calls at the same time are not for waiting.
                    self.pace.refused();
                    drop((context, place));
                    admission::wait(app, self, seconds).await;
                    tries += 1;
                }
                result => {
                    self.pace.answered();
                    return Ok(Asked { trace_id: context.trace_id(), tokens, cost, result });
                }
            }
        }
    }

    /// The call of a question, acting for the user that it names.
    async fn acting(
        &self,
        app: &App,
        question: &Question<'_>,
        context: Context,
    ) -> Result<Context, (Context, Error)> {
        let (work, id) = &self.work;
        context.recorder.request(work, id.clone());
        if let Some(case) = question.case {
            context.recorder.request("case", case);
        }
        let Some(user) = question.user else { return Ok(context) };
        match admit::act_in_chat(app, &context.caller, user).await {
            Ok(caller) => Ok(context.acting(caller)),
            Err(error) => Err((context, error)),
        }
    }
}

async fn answer(app: &App, question: &Question<'_>, context: &Context) -> Result<Answered, Error> {
    app.books.check_open()?;
    let mut messages = question.before.to_vec();
    messages.push(Message::new("user", question.text));
    let asked = chat::prepare_version(app, context, question.agent.clone(), messages)?;
    let asked = chat::Asked { mocks: question.mocks.clone(), ..asked };
    let (sender, mut receiver) = mpsc::channel(EVENTS);
    let events = chat::Events::new(sender, context.trace_id(), app.work.cut_off.clone());
    let run = async {
        let result = chat::run(app, context, asked, &events).await;
        drop(events);
        result
    };
    let (result, ()) = tokio::join!(run, async { while receiver.recv().await.is_some() {} });
    result
}
