//! A call from target to target: tried again where that may help, handed on where it doesn't, until one has begun to
//! answer.

use super::catalogue::Model;
use super::exchange::{self, Patience, Reply, Stop};
use super::failure::Failure;
use super::flavours::{Call, Operation};
use super::health::Health;
use super::needs::Needs;
use super::route::{Plan, Providers, Target};
use super::spending::{Quote, Spending};
use crate::error::{Error, Kind};
use crate::trace::Onward;
use contract::time::Time;
use futures::StreamExt;
use futures::future::{Either, pending};
use futures::stream::FuturesUnordered;
use rand::Rng;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::iter::Peekable;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::vec::IntoIter;
use tokio::time::{Instant, sleep};

/// What is asked, whoever answers.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) operation: Operation,
    /// The request, in OpenAI's shape.
    pub(crate) body: &'a Map<String, Value>,
    pub(crate) stream: bool,
    pub(crate) by: By<'a>,
}

/// On whose behalf something is asked.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    /// Whose call it is: whose keys it shows.
    pub(crate) team: &'a str,
    /// Who pays for it.
    pub(crate) spending: &'a dyn Spending,
    /// Which trace it is part of, as the provider is told.
    pub(crate) trace: Option<Onward<'a>>,
}

/// An answer, or the beginning of one.
pub(crate) struct Answered {
    pub(crate) target: Target,
    pub(crate) reply: Reply,
    /// What was tried before, for the trace.
    pub(crate) attempts: Vec<Value>,
}

/// Calls one target, as often as may help, and tells how it fared.
struct Trier<'a> {
    providers: &'a Providers,
    ask: Ask<'a>,
    patience: Patience,
    attempts: Mutex<Vec<Value>>,
}

/// A target that is being asked; where nobody waits for it any longer, its trial is over too.
struct Trial<'a> {
    health: &'a Health,
    name: &'a str,
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        self.health.left(self.name);
    }
}

impl Providers {
    /// Asks what a name leads to.
    ///
    /// # Errors
    /// If no target can serve the request, or all that could have failed.
    pub(crate) async fn ask(&self, plan: &Plan, ask: Ask<'_>) -> Result<Answered, Error> {
        let needs = Needs::of(ask.body);
        let targets = self.rested(plan.suited(ask.operation, &needs)?);
        if !ask.by.spending.is_bounded() {
            return self.walk(plan, ask, targets).await;
        }
        let began = Instant::now();
        let runs = 1 + u64::from(plan.hedge.is_some() && targets.len() > 1);
        let quote = Quote::of(ask.operation, ask.body, &needs, &targets, runs).await;
        ask.by.spending.reserve(&quote, began.into_std())?;
        let bounded = quote.bounding(ask.operation, ask.body, &needs);
        let ask = Ask { body: bounded.as_ref().unwrap_or(ask.body), ..ask };
        let answered = self.walk(plan, ask, targets).await?;
        if let Some(cost) = quote.cost_of(&answered.target) {
            ask.by.spending.narrow(cost);
        }
        Ok(answered)
    }

    async fn walk(&self, plan: &Plan, ask: Ask<'_>, targets: Vec<Target>) -> Result<Answered, Error> {
        let trier = Trier {
            providers: self,
            ask,
            patience: Patience::new(&self.timeouts),
            attempts: Mutex::default(),
        };
        let (target, reply) = trier.walk(targets, plan.hedge).await?;
        let attempts = trier.attempts.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Answered { target, reply, attempts })
    }

    /// Without those that rest; where all do, the one whose rest ends first.
    fn rested(&self, targets: Vec<Target>) -> Vec<Target> {
        let now = Instant::now();
        let is_rested =
            |target: &Target| self.health.rests_until(target.name()).is_none_or(|until| until <= now);
        let (rested, mut resting): (Vec<_>, Vec<_>) = targets.into_iter().partition(is_rested);
        if !rested.is_empty() {
            return rested;
        }
        resting.sort_by_key(|target| self.health.rests_until(target.name()));
        resting.truncate(1);
        resting
    }
}

/// Who was asked in vain, and what the last one said.
#[derive(Default)]
struct Tried {
    names: BTreeSet<String>,
    last: Option<Error>,
}

impl Tried {
    /// Whether that was the end, well or not; else the next may be asked.
    fn judge(
        &mut self,
        target: Target,
        result: Result<Reply, Stop>,
    ) -> ControlFlow<Result<(Target, Reply), Error>> {
        let failure = match result {
            Ok(reply) => return ControlFlow::Break(Ok((target, reply))),
            Err(Stop::Error(error)) => return ControlFlow::Break(Err(error)),
            Err(Stop::Failure(failure)) => failure,
        };
        self.names.insert(target.upstream.name.clone());
        let is_final = !failure.is_illness();
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let error = failure.into_error(&format!("The provider {}", names.join(", then ")));
        if is_final {
            return ControlFlow::Break(Err(error));
        }
        self.last = Some(error);
        ControlFlow::Continue(())
    }

    fn error(self) -> Error {
        let rest = "Every provider rests. Try again shortly.";
        self.last.unwrap_or_else(|| Error::new(Kind::UpstreamOverloaded, "upstream_overloaded", rest))
    }
}

impl Trier<'_> {
    async fn walk(&self, targets: Vec<Target>, hedge: Option<Duration>) -> Result<(Target, Reply), Error> {
        let mut waiting = targets.into_iter().peekable();
        let mut tried = Tried::default();
        if let Some(hedge) = hedge.filter(|_| waiting.len() > 1) {
            return self.race(waiting, hedge, tried).await;
        }
        while let Some(target) = self.next(&mut waiting) {
            let result = self.attempt(&target).await;
            if let ControlFlow::Break(ended) = tried.judge(target, result) {
                return ended;
            }
        }
        Err(tried.error())
    }

    /// The same where a target that has not begun in time is raced by the next.
    async fn race(
        &self,
        mut waiting: Peekable<IntoIter<Target>>,
        hedge: Duration,
        mut tried: Tried,
    ) -> Result<(Target, Reply), Error> {
        let mut running = FuturesUnordered::new();
        loop {
            if running.is_empty() {
                let Some(target) = self.next(&mut waiting) else { return Err(tried.error()) };
                running.push(self.attend(target));
            }
            let patience = match waiting.peek() {
                Some(_) => Either::Left(sleep(hedge)),
                None => Either::Right(pending()),
            };
            tokio::select! {
                ended = running.next() => if let Some((target, result)) = ended
                    && let ControlFlow::Break(ended) = tried.judge(target, result)
                {
                    return ended;
                },
                () = patience => running.extend(self.next(&mut waiting).map(|target| self.attend(target))),
            }
        }
    }

    async fn attend(&self, target: Target) -> (Target, Result<Reply, Stop>) {
        let result = self.attempt(&target).await;
        (target, result)
    }

    /// The next target that may be asked. That the last one is on trial is no reason to refuse the call.
    fn next(&self, waiting: &mut Peekable<IntoIter<Target>>) -> Option<Target> {
        loop {
            let target = waiting.next()?;
            if self.providers.health.admits(target.name(), Instant::now()) || waiting.peek().is_none() {
                return Some(target);
            }
        }
    }

    async fn attempt(&self, target: &Target) -> Result<Reply, Stop> {
        let name = target.name();
        let health = &self.providers.health;
        let _trial = Trial { health, name };
        let mut round = 0;
        loop {
            let failure = match self.once(target).await {
                Ok(reply) => {
                    health.answered(name);
                    return Ok(reply);
                }
                Err(Stop::Error(error)) => return Err(Stop::Error(error)),
                Err(Stop::Failure(failure)) => failure,
            };
            self.note(name, &failure);
            if failure.is_illness() {
                health.failed(name, &failure, &self.providers.routing, Instant::now());
            }
            let Some(wait) = self.wait(round, &failure).filter(|_| failure.is_passing()) else {
                return Err(failure.into());
            };
            sleep(wait).await;
            round += 1;
        }
    }

    async fn once(&self, target: &Target) -> Result<Reply, Stop> {
        let providers = self.providers;
        let key = providers.key(self.ask.by.team, &target.upstream).map_err(Stop::Error)?;
        let Model { max_output_tokens, .. } = *target.facts;
        let Ask { operation, body, stream, by } = self.ask;
        let reads_signatures = target.upstream.is_googles();
        let call =
            Call { operation, model: &target.model, body, stream, max_output_tokens, reads_signatures };
        let errand = exchange::Errand { upstream: &target.upstream, key: key.as_ref(), trace: by.trace };
        exchange::ask(&providers.client, errand, &call, self.patience).await
    }

    /// How long to wait before the next round: "full jitter" of an exponential back-off (Brooker, "Exponential Backoff and
    /// Jitter", 2015), but never less than the provider asks for. None where it is time to go on.
    fn wait(&self, round: u32, failure: &Failure) -> Option<Duration> {
        let routing = &self.providers.routing;
        if round >= routing.retries {
            return None;
        }
        let most = routing.backoff_ms.saturating_mul(1 << round.min(16)).min(routing.most_backoff_ms);
        let jitter = Duration::from_millis(rand::rng().random_range(0..=most));
        let wait = failure.retry_after.map_or(jitter, |asked| asked.max(jitter));
        let is_bearable = wait <= Duration::from_millis(routing.most_backoff_ms);
        (is_bearable && Instant::now() + wait < self.patience.deadline).then_some(wait)
    }

    fn note(&self, target: &str, failure: &Failure) {
        let mut attempt = failure.shown(Time::now());
        attempt["target"] = target.into();
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).push(attempt);
    }
}
