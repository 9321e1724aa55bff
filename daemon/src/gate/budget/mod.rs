//! Budgets: what may be spent in a day, a month, or for good, by a team, a key, a user or a tag. What a call could cost
//! at worst is held before it is made, under all its budgets or none, so that no race passes a limit; what it did cost
//! is settled in the transaction of its audit row, so that both always agree.

pub(crate) mod period;
mod sql;

use super::{Caller, keys};
use crate::act::Act;
use crate::error::{Error, Kind};
use crate::store::{Db, Statement};
use contract::id;
use contract::money::Usd;
use contract::time::Time;
use contract::wire::admin::{Budget, CreateBudgetRequest, Mode, Subject, Unpriced, UpdateBudgetRequest};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Of how much of a budget those who listen are told, in percent.
const THRESHOLDS: [i64; 3] = [50, 80, 100];

/// Periods of a budget that are held in memory: the newest.
const MOST_PERIODS: usize = 32;

/// What is spent of a budget in one period, and held for calls under way.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    spent: i64,
    held: i64,
}

/// A budget, and how it stands.
#[derive(Clone, Debug)]
struct Counter {
    budget: Budget,
    /// How often an act changed it.
    revision: i64,
    /// By when the period began.
    tallies: BTreeMap<i64, Tally>,
}

impl Counter {
    /// When the period began that a call of a time is counted in, from its hold to its settlement: its own, also where the
    /// next has begun meanwhile or the clock stepped back. What is older than all periods that are held counts in the
    /// oldest of them.
    fn period(&mut self, at: i64) -> i64 {
        let mut began = period::began(self.budget.period, at);
        if let (MOST_PERIODS.., Some((oldest, _))) = (self.tallies.len(), self.tallies.first_key_value()) {
            began = began.max(*oldest);
        }
        self.tallies.entry(began).or_default();
        if self.tallies.len() > MOST_PERIODS {
            self.tallies.pop_first();
        }
        began
    }

    fn tally(&self, began: i64) -> Tally {
        self.tallies.get(&began).copied().unwrap_or_default()
    }

    fn left(&self, began: i64) -> i64 {
        let Tally { spent, held } = self.tally(began);
        self.budget.limit_usd.nanos().saturating_sub(spent).saturating_sub(held)
    }

    fn is_over(&self, now: i64) -> bool {
        self.budget.ends_at.is_some_and(|at| at.0 <= now)
    }

    fn shown(&self, now: i64) -> Budget {
        let bounds = period::bounds(self.budget.period, now);
        let Tally { spent, held } = self.tally(period::began(self.budget.period, now));
        Budget {
            spent_usd: Usd::from_nanos(spent),
            held_usd: Usd::from_nanos(held),
            period_began_at: bounds.map(|(began, _)| Time(began)),
            period_ends_at: bounds.map(|(_, ends)| Time(ends)),
            ..self.budget.clone()
        }
    }
}

/// Whose budgets a call comes under.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spender<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) tags: &'a [String],
}

impl Spender<'_> {
    fn comes_under(&self, budget: &Budget) -> bool {
        let id = budget.subject_id.as_deref().unwrap_or_default();
        match budget.subject {
            Subject::Team => true,
            Subject::Key => self.caller.key_id == id,
            Subject::User => self.caller.user.as_deref() == Some(id),
            Subject::Tag => self.tags.iter().any(|tag| tag == id),
        }
    }
}

/// What is held under one budget for a call.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    budget: String,
    period_began_at: i64,
    nanos: i64,
}

/// A budget of which so much was spent that those who listen are to know.
#[derive(Clone, Debug)]
pub(crate) struct Crossed {
    pub(crate) percent: i64,
    pub(crate) budget: Budget,
}

/// All budgets, by team.
#[derive(Debug)]
pub(crate) struct Budgets {
    db: Db,
    teams: Mutex<HashMap<String, Vec<Counter>>>,
}

impl Budgets {
    /// The budgets of the store.
    ///
    /// # Errors
    /// If the store can't be read.
    pub(crate) async fn open(db: Db) -> Result<Self, Error> {
        let mut teams: HashMap<String, Vec<Counter>> = HashMap::new();
        let mut spending = sql::spending(&db, MOST_PERIODS).await?;
        for (budget, revision) in sql::all(&db).await? {
            let spent = spending.remove(&budget.id).unwrap_or_default();
            let tallies = spent.into_iter().map(|(began, spent)| (began, Tally { spent, held: 0 }));
            let counter = Counter { tallies: tallies.collect(), budget, revision };
            teams.entry(counter.budget.team.clone()).or_default().push(counter);
        }
        Ok(Self { db, teams: Mutex::new(teams) })
    }

    fn teams(&self) -> MutexGuard<'_, HashMap<String, Vec<Counter>>> {
        self.teams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a call comes under a budget that may refuse it.
    pub(crate) fn bind(&self, spender: Spender<'_>, now: i64) -> bool {
        let teams = self.teams();
        let mut counters = teams.get(&spender.caller.team).into_iter().flatten();
        counters.any(|counter| {
            counter.budget.mode == Mode::Hard && spender.comes_under(&counter.budget) && !counter.is_over(now)
        })
    }

    /// Holds what a call could cost at worst under all its budgets, or refuses it and holds nothing. `None` where that
    /// can't be known.
    ///
    /// # Errors
    /// If it doesn't fit into what is left of a hard budget, or its price isn't known and one refuses that.
    pub(crate) fn hold(
        &self,
        spender: Spender<'_>,
        worst: Option<Usd>,
        now: i64,
    ) -> Result<Vec<Hold>, Error> {
        let mut teams = self.teams();
        let Some(counters) = teams.get_mut(&spender.caller.team) else { return Ok(Vec::new()) };
        let concerned =
            |counter: &&mut Counter| spender.comes_under(&counter.budget) && !counter.is_over(now);
        for counter in counters.iter_mut().filter(concerned) {
            let began = counter.period(now);
            let budget = &counter.budget;
            match worst {
                _ if budget.mode == Mode::Soft => {}
                None if budget.unpriced == Unpriced::Refuse => return Err(unpriced(budget)),
                Some(worst) if worst.nanos() > counter.left(began) => {
                    return Err(spent(counter, worst, began));
                }
                _ => {}
            }
        }
        let nanos = worst.unwrap_or(Usd::ZERO).nanos();
        let hold = |counter: &mut Counter| {
            let began = counter.period(now);
            counter.tallies.entry(began).or_default().held += nanos;
            Hold { budget: counter.budget.id.clone(), period_began_at: began, nanos }
        };
        Ok(counters.iter_mut().filter(concerned).map(hold).collect())
    }

    /// Makes what is held for a call smaller: it can cost only so much any longer.
    pub(crate) fn shrink(&self, team: &str, holds: &mut [Hold], worst: Usd) {
        let mut teams = self.teams();
        let Some(counters) = teams.get_mut(team) else { return };
        for hold in holds.iter_mut().filter(|hold| hold.nanos > worst.nanos()) {
            if let Some(tally) = held_by(counters, hold) {
                tally.held -= hold.nanos - worst.nanos();
            }
            hold.nanos = worst.nanos();
        }
    }

    /// Puts what a call cost in place of what is held for it; what the store must know of it, and who is to be told.
    pub(crate) fn settle(
        &self,
        spender: Spender<'_>,
        holds: &[Hold],
        cost: Usd,
        began_at: i64,
    ) -> (Vec<Statement>, Vec<Crossed>) {
        let mut teams = self.teams();
        let Some(counters) = teams.get_mut(&spender.caller.team) else { return Default::default() };
        for hold in holds {
            if let Some(tally) = held_by(counters, hold) {
                tally.held -= hold.nanos;
            }
        }
        let (mut statements, mut crossed) = (Vec::new(), Vec::new());
        if cost == Usd::ZERO {
            return (statements, crossed);
        }
        for counter in counters.iter_mut().filter(|counter| spender.comes_under(&counter.budget)) {
            if counter.is_over(began_at) {
                continue;
            }
            let held = holds.iter().find(|hold| hold.budget == counter.budget.id);
            let period = held.map_or_else(|| counter.period(began_at), |hold| hold.period_began_at);
            let budget = &counter.budget;
            statements.push(sql::spend(&budget.id, &budget.team, period, cost.nanos()));
            // In a period so old that it isn't held any longer, no call is let in.
            if let Some(tally) = counter.tallies.get_mut(&period) {
                let before = tally.spent;
                tally.spent = before.saturating_add(cost.nanos());
                let spent = tally.spent;
                crossed.extend(crossing(counter, before, spent, began_at));
            }
        }
        (statements, crossed)
    }

    /// The budgets of a team, the oldest first.
    pub(crate) fn list(&self, team: &str, now: i64) -> Vec<Budget> {
        self.teams().get(team).into_iter().flatten().map(|counter| counter.shown(now)).collect()
    }

    /// A budget of a team, by its id or name; of any team where `team` is none.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn find(&self, team: Option<&str>, id: &str, now: i64) -> Result<Budget, Error> {
        self.counter(team, id).map(|counter| counter.shown(now))
    }

    fn counter(&self, team: Option<&str>, id: &str) -> Result<Counter, Error> {
        let teams = self.teams();
        let of_team = teams.iter().filter(|(name, _)| team.is_none_or(|team| team == name.as_str()));
        let mut counters = of_team.flat_map(|(_, counters)| counters);
        let found = counters.find(|counter| counter.budget.id == id || counter.budget.name == id);
        found.cloned().ok_or_else(|| Error::not_found("budget", id))
    }

    /// Adds a budget.
    ///
    /// # Errors
    /// If a field is wrong, or the team has a budget of that name.
    pub(crate) async fn create(
        self: &Arc<Self>,
        team: &str,
        request: CreateBudgetRequest,
        now: i64,
    ) -> Result<Act<Budget>, Error> {
        let budget = Budget {
            object: "budget".into(),
            id: id::new("bgt"),
            subject_id: subject_id(&self.db, team, &request).await?,
            name: request.name,
            team: team.to_owned(),
            subject: request.subject,
            period: request.period,
            limit_usd: request.limit_usd,
            mode: request.mode,
            unpriced: request.unpriced,
            spent_usd: Usd::ZERO,
            held_usd: Usd::ZERO,
            period_began_at: None,
            period_ends_at: None,
            ends_at: None,
            created_at: Time(now),
        };
        self.check(&budget)?;
        let statements = vec![sql::insert(&budget)];
        let counter = Counter { budget, revision: 1, tallies: BTreeMap::new() };
        let (shown, budgets) = (counter.shown(now), Arc::clone(self));
        let count = move || {
            let team = counter.budget.team.clone();
            budgets.teams().entry(team).or_default().push(counter);
        };
        Ok(Act::new(shown.clone(), statements).changing((), shown).then(count))
    }

    /// Changes a budget.
    ///
    /// # Errors
    /// If there is none, or a field is wrong.
    pub(crate) fn update(
        self: &Arc<Self>,
        team: Option<&str>,
        change: UpdateBudgetRequest,
        now: i64,
    ) -> Result<Act<Budget>, Error> {
        let counter = self.counter(team, &change.budget_id)?;
        let (before, budget) = (counter.shown(now), counter.budget.clone());
        let budget = Budget {
            name: change.name.unwrap_or(budget.name),
            limit_usd: change.limit_usd.unwrap_or(budget.limit_usd),
            mode: change.mode.unwrap_or(budget.mode),
            unpriced: change.unpriced.unwrap_or(budget.unpriced),
            ends_at: change.ends_at.unwrap_or(budget.ends_at),
            ..budget
        };
        self.check(&budget)?;
        let statements = vec![sql::update(&budget, counter.revision)];
        let changed = Counter { budget: budget.clone(), revision: counter.revision + 1, ..counter };
        let (after, budgets) = (changed.shown(now), Arc::clone(self));
        let change = move || {
            let mut teams = budgets.teams();
            let mut counters = teams.get_mut(&budget.team).into_iter().flatten();
            if let Some(counter) = counters.find(|counter| counter.budget.id == budget.id) {
                counter.revision += 1;
                // Whose it is may have changed meanwhile.
                counter.budget = Budget { subject_id: counter.budget.subject_id.take(), ..budget };
            }
        };
        Ok(Act::new(after.clone(), statements).changing(before, after).then(change))
    }

    fn check(&self, budget: &Budget) -> Result<(), Error> {
        if budget.name.is_empty() || budget.name.len() > 100 {
            return Err(Error::invalid("name", "A budget's name has 1 to 100 characters."));
        }
        if budget.limit_usd < Usd::ZERO {
            return Err(Error::invalid("limit_usd", "A budget's limit is 0 dollars or more."));
        }
        let teams = self.teams();
        let mut others = teams.get(&budget.team).into_iter().flatten().map(|counter| &counter.budget);
        if others.any(|other| other.name == budget.name && other.id != budget.id) {
            let message = format!("There is a budget `{}` in this team already.", budget.name);
            return Err(Error::new(Kind::Conflict, "name_taken", message));
        }
        Ok(())
    }

    /// Counts for a user's new address what counted for the old one; the store knows already.
    pub(crate) fn readdress(&self, team: &str, from: &str, to: &str) {
        for counter in self.teams().get_mut(team).into_iter().flatten() {
            let budget = &mut counter.budget;
            if budget.subject == Subject::User && budget.subject_id.as_deref() == Some(from) {
                budget.subject_id = Some(to.to_owned());
            }
        }
    }

    /// Removes a budget.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn delete(self: &Arc<Self>, team: Option<&str>, id: &str, now: i64) -> Result<Act<()>, Error> {
        let (budget, budgets) = (self.find(team, id, now)?, Arc::clone(self));
        let statements = vec![sql::delete(&budget.team, &budget.id)];
        let act = Act::new((), statements).changing(&budget, ());
        Ok(act.then(move || {
            if let Some(counters) = budgets.teams().get_mut(&budget.team) {
                counters.retain(|counter| counter.budget.id != budget.id);
            }
        }))
    }
}

/// The tally that a hold stands in, if it is still held in memory.
fn held_by<'a>(counters: &'a mut [Counter], hold: &Hold) -> Option<&'a mut Tally> {
    let counter = counters.iter_mut().find(|counter| counter.budget.id == hold.budget)?;
    counter.tallies.get_mut(&hold.period_began_at)
}

/// The thresholds that a budget crossed, of which one call may cross several.
fn crossing(counter: &Counter, before: i64, after: i64, now: i64) -> impl Iterator<Item = Crossed> {
    let limit = i128::from(counter.budget.limit_usd.nanos());
    let reaches = move |spent: i64, percent: i64| i128::from(spent) * 100 >= limit * i128::from(percent);
    let crossed = THRESHOLDS.into_iter().filter(move |p| !reaches(before, *p) && reaches(after, *p));
    crossed.map(move |percent| Crossed { percent, budget: counter.shown(now) })
}

async fn subject_id(db: &Db, team: &str, request: &CreateBudgetRequest) -> Result<Option<String>, Error> {
    let missing = |what: &str| Error::invalid("subject_id", format!("Name the {what} in `subject_id`."));
    let given = request.subject_id.as_deref().filter(|id| !id.is_empty());
    Ok(match (request.subject, given) {
        (Subject::Team, None) => None,
        (Subject::Team, Some(_)) => {
            return Err(Error::invalid("subject_id", "A budget of the team has no `subject_id`."));
        }
        (Subject::Key, id) => Some(keys::id_of(db, team, id.ok_or_else(|| missing("key"))?).await?),
        (Subject::User, id) => Some(super::identity::canonical(id.ok_or_else(|| missing("user"))?)?),
        (Subject::Tag, id) => Some(id.ok_or_else(|| missing("tag"))?.to_owned()),
    })
}

fn unpriced(budget: &Budget) -> Error {
    let message = format!(
        "What this call may cost can't be known before it is made, and the budget `{}` refuses that: its model has no \
         price here, or it holds what only the provider can measure, such as a file, a linked image or a tool of the \
         provider's. Set the price under [models] in katonic.toml, send the text or the image itself, or set the \
         budget's `unpriced` to `allow`.",
        budget.name
    );
    let error = Error::new(Kind::Forbidden, "model_not_allowed", message).by(rule(budget));
    Error { param: Some("model".into()), ..error }
}

fn spent(counter: &Counter, worst: Usd, began: i64) -> Error {
    let (budget, tally) = (&counter.budget, counter.tally(began));
    let dollars = |nanos: i64| Usd::from_nanos(nanos).dollars();
    let until = match period::bounds(budget.period, began) {
        Some((_, ends)) => format!("It begins anew at {}.", Time(ends)),
        None => "It is prepaid: raise its limit.".to_owned(),
    };
    let message = format!(
        "This call may cost ${}, more than is left of the budget `{}`: of ${}, ${} is spent and ${} is held for calls \
         under way. {until}",
        worst.dollars(),
        budget.name,
        budget.limit_usd.dollars(),
        dollars(tally.spent),
        dollars(tally.held),
    );
    Error::new(Kind::QuotaSpent, "insufficient_quota", message).by(rule(budget))
}

/// A budget as a stage names it: `budget:team/acme/day`.
fn rule(budget: &Budget) -> String {
    let whose = budget.subject_id.as_ref().unwrap_or(&budget.team);
    format!("budget:{}/{whose}/{}", sql::spelt(budget.subject), sql::spelt(budget.period))
}

#[cfg(test)]
mod tests;
