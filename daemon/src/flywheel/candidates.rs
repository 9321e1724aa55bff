//! Traces worth a human's minute, ranked by stated reasons.

use super::likeness::{Seen, Shingles};
use super::sql;
use super::traced::Traced;
use crate::error::Error;
use crate::evaluations;
use crate::gate::Caller;
use crate::store::Db;
use contract::time::Time;
use contract::wire::flywheel::{Because, Candidate, Feedback, ListCandidatesQuery, Rating, Reason};
use contract::wire::page::Page;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Traces that are looked at, the newest ones.
const LOOKED_AT: usize = 10_000;

/// The days that are looked at where the caller doesn't say.
const DAYS: i64 = 7;

/// Within how many milliseconds a person who asks much the same was not content: five minutes.
const SOON: i64 = 5 * 60 * 1000;

/// From which likeness of their words two questions are much the same.
const ALIKE: f64 = 0.5;

/// Up to which likeness of their sequences of words a question is like no other.
const UNLIKE: f64 = 0.3;

/// Inputs of suites that are known.
const KNOWN: usize = 10_000;

/// From which share of the calls on a call is slow or costly.
const HIGH: f64 = 0.95;

/// Fewer calls don't say what is high.
const FEW: usize = 20;

/// How much a reason counts where it is as strong as it can be.
fn weight(reason: Reason) -> f64 {
    match reason {
        Reason::Corrected | Reason::NegativeFeedback => 1.0,
        Reason::Failed => 0.8,
        Reason::Rail | Reason::Ungrounded => 0.7,
        Reason::AskedAgain => 0.6,
        Reason::NothingFound => 0.5,
        Reason::Novel => 0.4,
        Reason::Slow | Reason::Costly => 0.3,
    }
}

/// A page of the candidates, the worthiest first, but each reason in its turn: none drowns the others.
///
/// # Errors
/// If the store fails.
pub(super) async fn list(
    db: &Db,
    caller: &Caller,
    query: &ListCandidatesQuery,
) -> Result<Page<Candidate>, Error> {
    let since = query.since.unwrap_or(Time(Time::now().0 - DAYS * 24 * 60 * 60 * 1000));
    let mut traced = sql::newest(db, caller, since, LOOKED_AT).await?;
    traced.retain(|traced| {
        let agent = traced.body.request.agent.as_ref();
        traced.is_real() && query.agent.as_ref().is_none_or(|wanted| agent == Some(wanted))
    });
    let feedback = sql::feedback_since(db, caller, since).await?;
    let known = evaluations::inputs(db, &caller.team, KNOWN).await?;
    let weighed = tokio::task::spawn_blocking(move || weigh(traced, feedback, &known));
    let mut found = weighed.await.map_err(Error::internal)?;
    if let Some(reason) = query.reason {
        found.retain(|candidate| candidate.reasons.iter().any(|because| because.reason == reason));
    }
    Ok(Page::cut(in_turn(found), &query.page, |candidate| candidate.trace_id.clone()))
}

/// The traces, the newest first, that there is a reason to look at.
fn weigh(
    traced: Vec<Traced>,
    mut feedback: HashMap<String, Vec<Feedback>>,
    known: &[String],
) -> Vec<Candidate> {
    let times = Spread::of(traced.iter().map(|traced| traced.body.usage.latency_ms));
    let costs = Spread::of(traced.iter().map(|traced| traced.body.usage.cost_usd));
    let (again, novel) = (asked_again(&traced), novel(&traced, known));
    let weighed = traced.into_iter().map(|traced| {
        let said = feedback.remove(&traced.trace_id).unwrap_or_default();
        let mut reasons = reasons(&traced, &said);
        let usage = &traced.body.usage;
        let others = [
            (Reason::AskedAgain, again.get(&traced.seq).copied()),
            (Reason::Novel, novel.contains(&traced.seq).then_some(1.0)),
            (Reason::Slow, times.excess(usage.latency_ms)),
            (Reason::Costly, costs.excess(usage.cost_usd)),
        ];
        reasons
            .extend(others.into_iter().filter_map(|(reason, value)| Some(Because { reason, value: value? })));
        candidate(traced, reasons, said)
    });
    weighed.filter(|candidate| !candidate.reasons.is_empty()).collect()
}

fn candidate(traced: Traced, reasons: Vec<Because>, feedback: Vec<Feedback>) -> Candidate {
    // As if the reasons were independent.
    let doubt = reasons.iter().map(|because| 1.0 - weight(because.reason) * because.value).product::<f64>();
    let (question, answer) = match traced.body.content {
        Some(content) => (Some(content.question), Some(content.answer)),
        None => (None, None),
    };
    Candidate {
        object: "flywheel.candidate".into(),
        trace_id: traced.trace_id,
        agent: traced.body.request.agent,
        score: 1.0 - doubt,
        reasons,
        question,
        answer,
        feedback,
        created_at: traced.at,
    }
}

/// What a trace and its feedback say by themselves.
fn reasons(traced: &Traced, feedback: &[Feedback]) -> Vec<Because> {
    let mut reasons = BTreeMap::<Reason, f64>::new();
    let mut add = |reason, value: f64| {
        let value = value.clamp(0.0, 1.0);
        reasons.entry(reason).and_modify(|known| *known = known.max(value)).or_insert(value);
    };
    for said in feedback.iter().map(|feedback| &feedback.said) {
        if said.correction.is_some() {
            add(Reason::Corrected, 1.0);
        }
        match (said.rating, said.score) {
            (Some(Rating::Down), _) => add(Reason::NegativeFeedback, 1.0),
            (None, Some(score)) if score < 0.5 => add(Reason::NegativeFeedback, 1.0 - score),
            _ => {}
        }
    }
    if traced.body.status == "failed" {
        add(Reason::Failed, 1.0);
    }
    if traced.found_nothing() {
        add(Reason::NothingFound, 1.0);
    }
    for rail in traced.body.guardrails.iter().flat_map(|checked| &checked.rails) {
        match rail.result.as_str() {
            "warn" | "block" | "error" if rail.name == "grounding" => add(Reason::Ungrounded, rail.score),
            "warn" | "block" => add(Reason::Rail, rail.score),
            "error" => add(Reason::Rail, 1.0),
            _ => {}
        }
    }
    reasons.into_iter().map(|(reason, value)| Because { reason, value }).collect()
}

/// The calls after which the same person soon asked much the same: by their rows, with how alike the questions are.
fn asked_again(newest_first: &[Traced]) -> HashMap<i64, f64> {
    let mut last: HashMap<&str, (Time, Shingles)> = HashMap::new();
    let mut again = HashMap::new();
    for traced in newest_first.iter().filter(|traced| !traced.user.is_empty()) {
        let Some(content) = &traced.body.content else { continue };
        let words = Shingles::words(&content.question);
        if let Some((at, later)) = last.get(traced.user.as_str())
            && at.0 - traced.at.0 <= SOON
        {
            let likeness = later.likeness(&words);
            if likeness >= ALIKE {
                again.insert(traced.seq, likeness);
            }
        }
        last.insert(&traced.user, (traced.at, words));
    }
    again
}

/// The calls, by their rows, whose question is like none that a suite asks, and like none that is newer. Without suites
/// nothing is known.
fn novel(newest_first: &[Traced], known: &[String]) -> HashSet<i64> {
    let mut seen = Seen::default();
    for input in known {
        seen.place(Shingles::of(input), 1.0);
    }
    let mut is_novel = |traced: &&Traced| {
        let question = traced.body.content.as_ref().map(|content| &content.question);
        question.is_some_and(|question| !seen.has_like(Shingles::of(question), UNLIKE))
    };
    match known {
        [] => HashSet::new(),
        _ => newest_first.iter().filter(&mut is_novel).map(|traced| traced.seq).collect(),
    }
}

/// What is usual, and what is high.
struct Spread {
    median: f64,
    high: f64,
}

impl Spread {
    fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.filter(|figure| *figure > 0.0).collect();
        figures.sort_by(f64::total_cmp);
        let at = |share: f64| figures.get((figures.len() as f64 * share) as usize).copied();
        match figures.len() >= FEW {
            true => Self { median: at(0.5).unwrap_or(0.0), high: at(HIGH).unwrap_or(f64::INFINITY) },
            false => Self { median: 0.0, high: f64::INFINITY },
        }
    }

    /// For a high figure, its share of itself and the median.
    fn excess(&self, figure: f64) -> Option<f64> {
        (figure > self.high).then(|| figure / (figure + self.median))
    }
}

/// Each reason's candidates by their score, one of each reason in its turn. A candidate stands under its strongest one.
fn in_turn(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| b.trace_id.cmp(&a.trace_id)));
    let strength = |because: &Because| weight(because.reason) * because.value;
    let mut turns: HashMap<Reason, usize> = HashMap::new();
    let mut ranked: Vec<(usize, Candidate)> = Vec::with_capacity(found.len());
    for candidate in found {
        let strongest = candidate.reasons.iter().max_by(|a, b| strength(a).total_cmp(&strength(b)));
        let Some(reason) = strongest.map(|because| because.reason) else { continue };
        let turn = turns.entry(reason).or_default();
        ranked.push((*turn, candidate));
        *turn += 1;
    }
    // The sort is stable: in a turn, the order by score stays.
    ranked.sort_by_key(|(turn, _)| *turn);
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}
