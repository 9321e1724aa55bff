//! Where candidates are tried: each case's answer is known from then on, and asked once.

use super::outcome::{Kept, Outcome, score, used};
use super::space::{ORIGIN, Point, Space};
use super::split::Parts;
use super::start::Stored;
use super::{front, sql, view};
use crate::agents::{self, Deployed};
use crate::app::App;
use crate::error::Error;
use crate::evaluations::{self, Asker, Bench, Random};
use crate::gate::purse::{Purse, SPENT};
use contract::catalogue::OptimisePrompt;
use contract::endpoint::Endpoint;
use contract::suite::Case;
use contract::wire::evaluations::{CaseResult, RunStatus};
use contract::wire::prompts::Optimisation;
use futures::{StreamExt, stream};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Calls at the same time.
pub(super) const AT_ONCE: usize = 4;

/// Why a search goes no further.
#[derive(Debug)]
pub(super) enum Stop {
    /// Its budget, or its time, is spent.
    Spent,
    /// It can't go on.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        if error.code == SPENT { Self::Spent } else { Self::Failed(error) }
    }
}

/// A candidate, and its scores by case.
pub(super) struct Candidate {
    pub(super) point: Point,
    pub(super) parent: Option<usize>,
    pub(super) agent: Deployed,
    scores: BTreeMap<usize, f64>,
}

/// A search at work.
pub(super) struct Lab {
    pub(super) app: App,
    pub(super) search: Stored,
    pub(super) bench: Bench,
    pub(super) space: Space,
    pub(super) parts: Parts,
    /// The cases of `dev` in the order in which candidates are tried on them.
    pub(super) order: Vec<usize>,
    pub(super) random: Random,
    pub(super) purse: Arc<Purse>,
    pub(super) candidates: Vec<Candidate>,
    /// Steps so far.
    pub(super) generation: usize,
    by_version: HashMap<String, usize>,
    pub(super) calls: HashMap<String, Kept>,
}

impl Lab {
    /// The lab of a search, with all that it knows already. The agent as it was is its first candidate.
    ///
    /// # Errors
    /// If agent or suite went, or the store fails.
    pub(super) async fn open(app: &App, id: &str) -> Result<Self, Error> {
        let search = sql::by_id(&app.db, id).await?.ok_or_else(|| Error::not_found("optimisation", id))?;
        let (plan, team) = (&search.plan, &search.caller.team);
        let suite = evaluations::suite_version(&app.db, team, &plan.suite, &plan.suite_version).await?;
        let suite = suite.ok_or_else(|| Error::not_found("suite", &plan.suite))?;
        let agent = agents::version(&app.db, team, &plan.agent, &plan.agent_version).await?;
        let mut random = Random::new(plan.seed);
        let parts = plan.split(&suite, &mut random);
        let mut order = parts.dev.clone();
        random.shuffle(&mut order);
        let calls = sql::calls(&app.db, id).await?;
        let purse = Arc::new(Purse::new(plan.bounds(), used(&calls)));
        let work = ("optimisation", id.to_owned());
        let asker =
            Asker::new(search.caller.clone(), OptimisePrompt::DECLARATION, work, Some(Arc::clone(&purse)));
        let mut lab = Self {
            app: app.clone(),
            bench: Bench::new(asker, suite),
            space: Space::of((*agent.definition).clone()),
            search,
            parts,
            order,
            random,
            purse,
            candidates: Vec::new(),
            generation: 0,
            by_version: HashMap::new(),
            calls,
        };
        lab.candidate(ORIGIN, None).await?;
        Ok(lab)
    }

    pub(super) fn case(&self, place: usize) -> &Case {
        &self.bench.suite.spec.cases[place]
    }

    /// The candidate at a point; what is the same agent is the same candidate.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) async fn candidate(&mut self, point: Point, parent: Option<usize>) -> Result<usize, Error> {
        let definition = self.space.definition(point);
        let version = definition.version()?;
        if let Some(known) = self.by_version.get(&version) {
            return Ok(*known);
        }
        let number = self.candidates.len();
        sql::insert_candidate(&self.app.db, &self.search, number, &definition).await?;
        let agent = Deployed { version: version.clone(), definition: Arc::new(definition) };
        self.candidates.push(Candidate { point, parent, agent, scores: BTreeMap::new() });
        self.by_version.insert(version, number);
        Ok(number)
    }

    /// Has candidates answer cases, as far as they haven't. A step that the budget doesn't reach for counts for none.
    ///
    /// # Errors
    /// If the search can't go on.
    pub(super) async fn evaluate(&mut self, candidates: &[usize], cases: &[usize]) -> Result<(), Stop> {
        let is_known = self.fresh(candidates, cases).is_empty();
        if self.is_late() && !is_known {
            return Err(Stop::Spent);
        }
        self.ask(candidates, cases).await?;
        for candidate in candidates {
            for case in cases {
                if let Some(result) = self.result(*candidate, *case) {
                    let score = score(result);
                    self.candidates[*candidate].scores.insert(*case, score);
                }
            }
        }
        self.generation += 1;
        // A search that is taken up again goes the way once more that it told of before.
        if !is_known {
            self.tell(RunStatus::Running).await?;
        }
        Ok(())
    }

    /// Has candidates answer cases, without what the search could learn of it.
    ///
    /// # Errors
    /// If the search can't go on.
    pub(super) async fn ask(&mut self, candidates: &[usize], cases: &[usize]) -> Result<(), Stop> {
        let fresh = self.fresh(candidates, cases);
        if !fresh.is_empty() && !self.purse.has_calls(fresh.len() as u64) {
            return Err(Stop::Spent);
        }
        let (lab, is_over) = (&*self, AtomicBool::new(false));
        let asked = stream::iter(fresh).map(|(candidate, case)| {
            let is_over = &is_over;
            async move {
                if is_over.load(Ordering::Relaxed) {
                    return None;
                }
                let asked = lab.ask_one(candidate, case).await;
                is_over.fetch_or(asked.is_err(), Ordering::Relaxed);
                Some(asked)
            }
        });
        let asked: Vec<_> = asked.buffered(AT_ONCE).collect().await;
        let mut end = Ok(());
        for asked in asked.into_iter().flatten() {
            match asked {
                Ok((key, outcome)) => self.keep(key, outcome),
                Err(error) => end = end.and(Err(error.into())),
            }
        }
        end
    }

    /// What is still to be asked.
    fn fresh(&self, candidates: &[usize], cases: &[usize]) -> Vec<(usize, usize)> {
        let pairs = candidates.iter().flat_map(|candidate| cases.iter().map(|case| (*candidate, *case)));
        pairs.filter(|(candidate, case)| self.result(*candidate, *case).is_none()).collect()
    }

    async fn ask_one(&self, candidate: usize, case: usize) -> Result<(String, Outcome), Error> {
        let (key, agent) = (self.key(candidate, case), &self.candidates[candidate].agent);
        sql::begin_call(&self.app.db, &self.search, &key).await?;
        let result = evaluations::ask(&self.app, &self.bench, agent, self.case(case)).await?;
        let outcome = Outcome::Case(Box::new(result));
        sql::end_call(&self.app.db, &self.search, &key, &outcome).await?;
        Ok((key, outcome))
    }

    /// Keeps how a call ended.
    pub(super) fn keep(&mut self, key: String, outcome: Outcome) {
        let tries = self.calls.get(&key).map_or(0, |kept| kept.tries) + 1;
        self.calls.insert(key, Kept { tries, outcome: Some(outcome) });
    }

    /// Whether no candidate is to be tried any longer.
    pub(super) fn is_late(&self) -> bool {
        let minutes = self.search.plan.budget.minutes.map(|minutes| i64::from(minutes) * 60_000);
        minutes.is_some_and(|most| self.app.books.clock.now().0 - self.search.created_at.0 >= most)
    }

    fn key(&self, candidate: usize, case: usize) -> String {
        format!("{}/{}", self.candidates[candidate].agent.version, self.case(case).id)
    }

    /// How a candidate answered a case, if it did.
    pub(super) fn result(&self, candidate: usize, case: usize) -> Option<&CaseResult> {
        match self.calls.get(&self.key(candidate, case))?.outcome.as_ref()? {
            Outcome::Case(result) => Some(result),
            Outcome::Written { .. } => None,
        }
    }

    /// A candidate's score on a case.
    pub(super) fn score(&self, candidate: usize, case: usize) -> Option<f64> {
        self.candidates[candidate].scores.get(&case).copied()
    }

    /// The scores of a candidate on `dev`, in the order in which it was tried, up to the first case that it wasn't.
    pub(super) fn scores(&self, candidate: usize) -> Vec<f64> {
        self.order.iter().map_while(|case| self.score(candidate, *case)).collect()
    }

    /// The candidates that were tried on all of `dev`.
    pub(super) fn whole(&self) -> Vec<usize> {
        let is_whole = |candidate: &usize| self.scores(*candidate).len() == self.order.len();
        (0..self.candidates.len()).filter(is_whole).collect()
    }

    /// The best of those, the first of the same: the agent as it was, if none is better.
    pub(super) fn best(&self) -> usize {
        let mean = |candidate: usize| mean(&self.scores(candidate));
        self.whole().into_iter().rev().max_by(|a, b| mean(*a).total_cmp(&mean(*b))).unwrap_or(0)
    }

    /// The candidates on the Pareto front, each with how many cases of `dev` it is best at.
    pub(super) fn front(&self) -> Vec<(usize, usize)> {
        let whole = self.whole();
        let scores: Vec<Vec<f64>> = whole.iter().map(|candidate| self.scores(*candidate)).collect();
        front::front(&scores).into_iter().map(|(row, wins)| (whole[row], wins)).collect()
    }

    /// Stores how far the search is, and tells who watches.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) async fn tell(&self, status: RunStatus) -> Result<(), Error> {
        let shown = Optimisation { status, ..view::of(self) };
        sql::show(&self.app.db, &self.search.id, &shown).await?;
        let progress = Box::new(view::progress(&shown));
        self.app.optimisations.tell(&self.search.id, super::Note::Progress(progress));
        Ok(())
    }
}

/// The mean of some scores; 0 of none.
pub(super) fn mean(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}
