//! A dataset made of traces: filtered, without near-duplicates, redacted, split by conversation. The same traces and rules
//! make the same items.

use super::likeness::{Seen, Shingles};
use super::sql::{self, Made};
use super::traced::Traced;
use crate::act::Act;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::guardrails::has_placeholder;
use contract::version::hex;
use contract::wire::flywheel::{
    CurateRequest, Dataset, DatasetCounts, DatasetItem, Feedback, ItemState, Rating, Split,
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Traces that are read at once.
const PAGE: usize = 200;

/// Items of a dataset where its rules don't say, and at most.
const ITEMS: (u32, u32) = (10_000, 100_000);

/// How long a call waits for its dataset, unless it says so: most are made by then.
const PATIENCE: Duration = Duration::from_secs(1);

/// Begins a version of a dataset; and the dataset as it is after a little.
///
/// # Errors
/// If the rules make no sense, or the store fails.
pub(super) async fn curate(
    app: &App,
    context: &Context,
    rules: CurateRequest,
) -> Result<(Act<Dataset>, impl Future<Output = Result<Dataset, Error>> + use<>), Error> {
    check(&rules)?;
    let (made, act) = sql::begin(&app.db, &context.caller, &rules).await?;
    let (id, patience) = (made.id.clone(), context.wait.unwrap_or(PATIENCE));
    let (ended, end) = oneshot::channel();
    let task = app.clone();
    let act = act.then(move || {
        spawn(&task, made, ended);
    });
    let (app, caller) = (app.clone(), Arc::clone(&context.caller));
    let later = async move {
        // Past that it goes on by itself.
        drop(timeout(patience, end).await);
        let versions = sql::versions(&app.db, &caller, &rules.name).await?;
        // A version that turned out to be an earlier one has gone.
        let place = versions.iter().position(|version| version.made == id).unwrap_or(0);
        let version = versions.into_iter().nth(place).map(|version| version.dataset);
        version.ok_or_else(|| Error::internal("a dataset went away"))
    };
    Ok((act, later))
}

fn check(rules: &CurateRequest) -> Result<(), Error> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !(1..=63).contains(&rules.name.len()) || !rules.name.chars().all(is_name) {
        let message = "A dataset's name has 1 to 63 letters, digits, `-`, `_` and `.`.";
        return Err(Error::invalid("name", message));
    }
    if !(0.5..=1.0).contains(&rules.dedupe.near) {
        return Err(Error::invalid(
            "dedupe.near",
            "`near` is from 0.5 to 1: at 1 only the same is the same.",
        ));
    }
    if !rules.redact {
        let message =
            "Traces keep questions and answers without personal data and secrets: leave `redact` out.";
        return Err(Error::invalid("redact", message));
    }
    if rules.filter.sample.is_some_and(|sample| !(0.0..=1.0).contains(&sample)) {
        return Err(Error::invalid("filter.sample", "The sample is a share from 0 to 1."));
    }
    if rules.caps.total.is_some_and(|total| total > ITEMS.1) {
        return Err(Error::invalid("caps.total", format!("A dataset has {} items at most.", ITEMS.1)));
    }
    let sum: f64 = rules.split.values().sum();
    if !rules.split.is_empty() && ((sum - 1.0).abs() > 1e-6 || rules.split.values().any(|share| *share < 0.0))
    {
        return Err(Error::invalid("split", "The shares of `train`, `dev` and `test` add up to 1."));
    }
    Ok(())
}

/// Takes up the datasets that the last daemon left unfinished: each is made from its beginning.
///
/// # Errors
/// If the store can't be read.
pub(crate) async fn resume(app: &App) -> Result<(), Error> {
    for made in sql::running(&app.db).await? {
        spawn(app, made, oneshot::channel().0);
    }
    Ok(())
}

/// Makes a version in the background; who listens is told when it ends.
fn spawn(app: &App, made: Made, ended: oneshot::Sender<()>) {
    let task = app.clone();
    let work = async move {
        let result = tokio::select! {
            result = make(&task, &made) => result,
            // It is taken up again at the next start.
            () = task.work.draining.cancelled() => return,
        };
        if let Err(error) = result {
            tracing::error!(%error, dataset = made.rules.name, "a dataset could not be made");
            drop(sql::fail(&task.db, &made).await);
        }
        // The call may have gone.
        let _ = ended.send(());
    };
    drop(app.work.spawn(work));
}

async fn make(app: &App, made: &Made) -> Result<(), Error> {
    sql::clear(&app.db, made).await?;
    let mut maker = Maker::new(&made.rules);
    let mut seq = 0;
    loop {
        let page = sql::after(&app.db, made, seq, PAGE).await?;
        let Some(last) = page.last() else { break };
        seq = last.seq;
        let feedback = sql::feedback_for(&app.db, made, &page).await?;
        let work = move || {
            let items = maker.take(page, feedback);
            (maker, items)
        };
        let (next, items) = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
        maker = next;
        if !items.is_empty() {
            sql::add(&app.db, made, &items).await?;
        }
    }
    let version = hex(&maker.digest.finalize());
    sql::end(&app.db, made, &version, &maker.counts).await
}

/// What decides on one trace after the other.
struct Maker {
    rules: CurateRequest,
    seen: Seen,
    of_user: HashMap<String, u32>,
    counts: DatasetCounts,
    digest: Sha256,
}

impl Maker {
    fn new(rules: &CurateRequest) -> Self {
        Self {
            rules: rules.clone(),
            seen: Seen::default(),
            of_user: HashMap::new(),
            counts: DatasetCounts::default(),
            digest: Sha256::new(),
        }
    }

    /// The items of some traces.
    fn take(&mut self, page: Vec<Traced>, mut feedback: HashMap<String, Vec<Feedback>>) -> Vec<DatasetItem> {
        let take = |traced: Traced| {
            let said = feedback.remove(&traced.trace_id).unwrap_or_default();
            self.item(traced, &said)
        };
        page.into_iter().filter_map(take).collect()
    }

    fn item(&mut self, traced: Traced, said: &[Feedback]) -> Option<DatasetItem> {
        if !self.matches(&traced, said) {
            return None;
        }
        self.counts.matched += 1;
        let rules = &self.rules;
        let (total, of_user) =
            (rules.caps.total.unwrap_or(ITEMS.0), self.of_user.get(&traced.user).copied().unwrap_or(0));
        let is_past_cap = self.counts.kept >= u64::from(total)
            || rules.caps.per_user.is_some_and(|cap| !traced.user.is_empty() && of_user >= cap);
        let Some(content) = traced.body.content.clone().filter(|_| !is_past_cap) else {
            self.counts.dropped += 1;
            return None;
        };
        if self.seen.has_like(Shingles::of(&content.question), rules.dedupe.near) {
            self.counts.duplicates += 1;
            return None;
        }
        *self.of_user.entry(traced.user.clone()).or_default() += 1;
        let split = part(&rules.split, share(&rules.name, conversation(&traced)));
        self.counts.kept += 1;
        *self.counts.by_split.entry(split).or_default() += 1;
        let correction = said.iter().rev().find_map(|feedback| feedback.said.correction.clone());
        let texts = [Some(&content.question), Some(&content.answer), correction.as_ref()];
        self.counts.redacted += u64::from(texts.into_iter().flatten().any(|text| has_placeholder(text)));
        let item = DatasetItem {
            number: i64::try_from(self.counts.kept).unwrap_or(i64::MAX),
            trace_id: traced.trace_id,
            agent: traced.body.request.agent,
            split,
            state: ItemState::Pending,
            question: content.question,
            answer: content.answer,
            correction,
            rating: rating(said),
            steps: content.steps.messages,
            tools: content.steps.tools,
        };
        self.digest.update(serde_json::to_vec(&item).unwrap_or_default());
        self.digest.update(b"\n");
        Some(item)
    }

    fn matches(&self, traced: &Traced, said: &[Feedback]) -> bool {
        let (rules, filter, request) = (&self.rules, &self.rules.filter, &traced.body.request);
        let tags = || said.iter().flat_map(|feedback| &feedback.said.tags);
        traced.is_real()
            && traced.body.status == "completed"
            && rules.agent.as_ref().is_none_or(|agent| request.agent.as_ref() == Some(agent))
            && filter.environment.as_ref().is_none_or(|wanted| request.environment.as_ref() == Some(wanted))
            && filter.rating.is_none_or(|wanted| rating(said) == Some(wanted))
            && (!filter.corrected || said.iter().any(|feedback| feedback.said.correction.is_some()))
            && (filter.tags.is_empty() || tags().any(|tag| filter.tags.contains(tag)))
            && filter.sample.is_none_or(|sample| share("sample", &traced.trace_id) < sample)
    }
}

/// What people thought, if they agree: one who was not content outweighs those who were.
fn rating(said: &[Feedback]) -> Option<Rating> {
    let has = |rating| said.iter().any(|feedback| feedback.said.rating == Some(rating));
    [Rating::Down, Rating::Up].into_iter().find(|rating| has(*rating))
}

/// What stays in one part: a conversation, or the calls of one user.
fn conversation(traced: &Traced) -> &str {
    let of_user = Some(&traced.user).filter(|user| !user.is_empty());
    traced.body.request.session.as_ref().or(of_user).unwrap_or(&traced.trace_id)
}

/// A number from 0 up to 1 that a text has under a name.
fn share(name: &str, text: &str) -> f64 {
    let digest = Sha256::digest(format!("{name}\n{text}").as_bytes());
    let first = digest.iter().take(6).fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    first as f64 / (1_u64 << 48) as f64
}

fn part(shares: &BTreeMap<Split, f64>, at: f64) -> Split {
    let mut sum = 0.0;
    let reached = shares.iter().find(|(_, share)| {
        sum += **share;
        at < sum
    });
    reached.map_or(Split::Train, |(split, _)| *split)
}
