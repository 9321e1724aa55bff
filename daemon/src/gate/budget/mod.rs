//! Budgets: what may be spent in a day, a month, or for good, by a team, a key, a user or a tag. What a call could cost
//! at worst is held before it is made, under all its budgets or none, so that no race passes a limit; what it did cost
//! is settled in the transaction of its audit row, so that both always agree.

pub(crate) mod period;
mod sql;

use super::{Caller, keys};
use crate::error::{Error, Kind};
use crate::store::{Db, Statement, StoreError};
use contract::id;
use contract::money::Usd;
use contract::time::Time;
use contract::wire::admin::{Budget, CreateBudgetRequest, Mode, Subject, Unpriced, UpdateBudgetRequest};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Of how much of a budget those who listen are told, in percent.
const THRESHOLDS: [i64; 3] = [50, 80, 100];

/// A budget, and how it stands.
#[derive(Clone, Debug)]
struct Counter {
    budget: Budget,
    period_began_at: i64,
    spent: i64,
    held: i64,
}

impl Counter {
    /// Begins the period that holds a time, if it isn't the one that is counted.
    fn advance(&mut self, now: i64) {
        let began = period::began(self.budget.period, now);
        if began > self.period_began_at {
            (self.period_began_at, self.spent, self.held) = (began, 0, 0);
        }
    }

    fn left(&self) -> i64 {
        self.budget.limit_usd.nanos().saturating_sub(self.spent).saturating_sub(self.held)
    }

    fn is_over(&self, now: i64) -> bool {
        self.budget.ends_at.is_some_and(|at| at.0 <= now)
    }

    fn shown(&self, now: i64) -> Budget {
        let bounds = period::bounds(self.budget.period, now);
        Budget {
            spent_usd: Usd::from_nanos(self.spent),
            held_usd: Usd::from_nanos(self.held),
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
        for stored in sql::all(&db).await? {
            let counter = Counter {
                period_began_at: stored.period_began_at,
                spent: stored.spent_nanos,
                held: 0,
                budget: stored.budget,
            };
            teams.entry(counter.budget.team.clone()).or_default().push(counter);
        }
        Ok(Self { db, teams: Mutex::new(teams) })
    }

    fn teams(&self) -> MutexGuard<'_, HashMap<String, Vec<Counter>>> {
        self.teams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs over the budgets that a call comes under.
    fn each<'a>(&self, spender: Spender<'_>, now: i64, mut look: impl FnMut(&mut Counter) + 'a) {
        let mut teams = self.teams();
        let counters = teams.get_mut(&spender.caller.team).into_iter().flatten();
        for counter in counters.filter(|counter| spender.comes_under(&counter.budget)) {
            counter.advance(now);
            if !counter.is_over(now) {
                look(counter);
            }
        }
    }

    /// Whether a call comes under a budget that may refuse it.
    pub(crate) fn bind(&self, spender: Spender<'_>, now: i64) -> bool {
        let mut binds = false;
        self.each(spender, now, |counter| binds |= counter.budget.mode == Mode::Hard);
        binds
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
        counters.iter_mut().for_each(|counter| counter.advance(now));
        let concerned =
            |counter: &&mut Counter| spender.comes_under(&counter.budget) && !counter.is_over(now);
        for counter in counters.iter_mut().filter(concerned) {
            let budget = &counter.budget;
            match worst {
                _ if budget.mode == Mode::Soft => {}
                None if budget.unpriced == Unpriced::Refuse => return Err(unpriced(budget)),
                Some(worst) if worst.nanos() > counter.left() => return Err(spent(counter, worst, now)),
                _ => {}
            }
        }
        let nanos = worst.unwrap_or(Usd::ZERO).nanos();
        let hold = |counter: &mut Counter| {
            counter.held += nanos;
            Hold { budget: counter.budget.id.clone(), period_began_at: counter.period_began_at, nanos }
        };
        Ok(counters.iter_mut().filter(concerned).map(hold).collect())
    }

    /// Makes what is held for a call smaller: it can cost only so much any longer.
    pub(crate) fn shrink(&self, team: &str, holds: &mut [Hold], worst: Usd) {
        let mut teams = self.teams();
        let Some(counters) = teams.get_mut(team) else { return };
        for hold in holds.iter_mut().filter(|hold| hold.nanos > worst.nanos()) {
            if let Some(counter) = held_by(counters, hold) {
                counter.held -= hold.nanos - worst.nanos();
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
            if let Some(counter) = held_by(counters, hold) {
                counter.held -= hold.nanos;
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
            counter.advance(began_at);
            let budget = &counter.budget;
            let period = period::began(budget.period, began_at);
            statements.push(sql::spend(&budget.id, &budget.team, period, cost.nanos()));
            // A call that began before the present period is counted in its own.
            if period == counter.period_began_at {
                let before = counter.spent;
                counter.spent = counter.spent.saturating_add(cost.nanos());
                crossed.extend(crossing(counter, before, began_at));
            }
        }
        (statements, crossed)
    }

    /// The budgets of a team, the oldest first.
    pub(crate) fn list(&self, team: &str, now: i64) -> Vec<Budget> {
        let mut teams = self.teams();
        let counters = teams.get_mut(team).into_iter().flatten();
        let shown = |counter: &mut Counter| {
            counter.advance(now);
            counter.shown(now)
        };
        counters.map(shown).collect()
    }

    /// A budget of a team, by its id or name; of any team where `team` is none.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn find(&self, team: Option<&str>, id: &str, now: i64) -> Result<Budget, Error> {
        let names: Vec<String> = match team {
            Some(team) => vec![team.to_owned()],
            None => self.teams().keys().cloned().collect(),
        };
        let all = names.iter().flat_map(|team| self.list(team, now));
        let found = all.into_iter().find(|budget| budget.id == id || budget.name == id);
        found.ok_or_else(|| Error::not_found("budget", id))
    }

    /// Adds a budget.
    ///
    /// # Errors
    /// If a field is wrong, or the team has a budget of that name.
    pub(crate) async fn create(&self, team: &str, request: CreateBudgetRequest) -> Result<Budget, Error> {
        let now = Time::now();
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
            created_at: now,
        };
        check(&budget)?;
        sql::insert(&self.db, &budget).await.map_err(|error| taken(error, &budget.name))?;
        let counter =
            Counter { period_began_at: period::began(budget.period, now.0), budget, spent: 0, held: 0 };
        let shown = counter.shown(now.0);
        self.teams().entry(team.to_owned()).or_default().push(counter);
        Ok(shown)
    }

    /// Changes a budget.
    ///
    /// # Errors
    /// If there is none, or a field is wrong.
    pub(crate) async fn update(
        &self,
        team: Option<&str>,
        change: UpdateBudgetRequest,
    ) -> Result<Budget, Error> {
        let now = Time::now().0;
        let budget = self.find(team, &change.budget_id, now)?;
        let budget = Budget {
            name: change.name.unwrap_or(budget.name),
            limit_usd: change.limit_usd.unwrap_or(budget.limit_usd),
            mode: change.mode.unwrap_or(budget.mode),
            unpriced: change.unpriced.unwrap_or(budget.unpriced),
            ends_at: change.ends_at.unwrap_or(budget.ends_at),
            ..budget
        };
        check(&budget)?;
        sql::update(&self.db, &budget).await.map_err(|error| taken(error, &budget.name))?;
        let mut teams = self.teams();
        let counter = teams.get_mut(&budget.team).into_iter().flatten().find(|c| c.budget.id == budget.id);
        match counter {
            Some(counter) => {
                counter.budget = budget;
                Ok(counter.shown(now))
            }
            None => Err(Error::not_found("budget", &change.budget_id)),
        }
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
    pub(crate) async fn delete(&self, team: Option<&str>, id: &str) -> Result<Budget, Error> {
        let budget = self.find(team, id, Time::now().0)?;
        sql::delete(&self.db, &budget.team, &budget.id).await?;
        if let Some(counters) = self.teams().get_mut(&budget.team) {
            counters.retain(|counter| counter.budget.id != budget.id);
        }
        Ok(budget)
    }
}

/// The counter of a hold, if it still counts the period that the hold was made in.
fn held_by<'a>(counters: &'a mut [Counter], hold: &Hold) -> Option<&'a mut Counter> {
    let is_it = |c: &&mut Counter| c.budget.id == hold.budget && c.period_began_at == hold.period_began_at;
    counters.iter_mut().find(is_it)
}

/// The thresholds that a budget crossed, of which one call may cross several.
fn crossing(counter: &Counter, before: i64, now: i64) -> impl Iterator<Item = Crossed> {
    let limit = i128::from(counter.budget.limit_usd.nanos());
    let reaches = move |spent: i64, percent: i64| i128::from(spent) * 100 >= limit * i128::from(percent);
    let crossed = THRESHOLDS.into_iter().filter(move |p| !reaches(before, *p) && reaches(counter.spent, *p));
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
        (Subject::Key, id) => Some(keys::find(db, team, id.ok_or_else(|| missing("key"))?).await?.id),
        (Subject::User, id) => Some(super::identity::canonical(id.ok_or_else(|| missing("user"))?)?),
        (Subject::Tag, id) => Some(id.ok_or_else(|| missing("tag"))?.to_owned()),
    })
}

fn check(budget: &Budget) -> Result<(), Error> {
    if budget.name.is_empty() || budget.name.len() > 100 {
        return Err(Error::invalid("name", "A budget's name has 1 to 100 characters."));
    }
    if budget.limit_usd < Usd::ZERO {
        return Err(Error::invalid("limit_usd", "A budget's limit is 0 dollars or more."));
    }
    Ok(())
}

fn taken(error: StoreError, name: &str) -> Error {
    match error {
        StoreError::Conflict => Error::new(
            Kind::Conflict,
            "name_taken",
            format!("There is a budget `{name}` in this team already."),
        ),
        other => other.into(),
    }
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

fn spent(counter: &Counter, worst: Usd, now: i64) -> Error {
    let budget = &counter.budget;
    let dollars = |nanos: i64| Usd::from_nanos(nanos).dollars();
    let until = match period::bounds(budget.period, now) {
        Some((_, ends)) => format!("It begins anew at {}.", Time(ends)),
        None => "It is prepaid: raise its limit.".to_owned(),
    };
    let message = format!(
        "This call may cost ${}, more than is left of the budget `{}`: of ${}, ${} is spent and ${} is held for calls \
         under way. {until}",
        worst.dollars(),
        budget.name,
        budget.limit_usd.dollars(),
        dollars(counter.spent),
        dollars(counter.held),
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
