//! `katonic eval calibrate`: how far a run's judge, and each evaluator, agrees with people.

use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::Args;
use contract::catalogue::GetRun;
use contract::wire::evaluations::{CaseResult, RunPath};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The score from which on an answer counts as good, where labels are yes and no.
const GOOD: f64 = 0.5;

/// Holds a judge to people's labels.
#[derive(Debug, Args)]
pub(super) struct Calibrate {
    /// The run whose answers people labelled
    run: String,
    /// `{case_id, label}` a line; a label is `pass` or `fail`, true or false, or a score from 0 to 1
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// The score from which on an answer counts as good
    #[arg(long, default_value_t = GOOD, value_name = "SCORE")]
    good: f64,
}

#[derive(Deserialize)]
struct Labelled {
    case_id: String,
    label: Label,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Is(bool),
    Score(f64),
    Word(Word),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Pass,
    Fail,
}

/// How far somebody agrees with people.
#[derive(Debug, Serialize)]
struct Agreement {
    /// The judge, or an evaluator.
    who: String,
    /// Answers that both say something of.
    n: usize,
    /// The share on which they agree.
    agreement: f64,
    /// Cohen's κ (Cohen, 1960): agreement beyond chance; null where one of them says always the same.
    kappa: Option<f64>,
    /// Its 95 % interval, by the large-sample standard error (Cohen, 1960).
    kappa_ci95: Option<(f64, f64)>,
    /// Good answers that it calls bad, and bad ones that it calls good.
    too_strict: usize,
    too_lenient: usize,
}

pub(super) async fn run(session: &Session, args: Calibrate) -> Result<Answer, Failure> {
    let labels = read(&args.labels, args.good)?;
    let run = session.client()?.call::<GetRun>(&RunPath { run_id: args.run.clone() }).await?;
    if let Some(unknown) = labels.keys().find(|id| !run.data.iter().any(|case| case.case_id == **id)) {
        return Err(Failure::usage(format!("The run {} has no case `{unknown}`", args.run)));
    }
    let mut all: Vec<Agreement> = Vec::new();
    let score = |who: &str, score: &dyn Fn(&CaseResult) -> Option<f64>| {
        let both =
            run.data.iter().filter_map(|case| Some((*labels.get(&case.case_id)?, score(case)? >= args.good)));
        agreement(who, &both.collect::<Vec<_>>())
    };
    all.extend(score("judge", &|case| case.judge.as_ref()?.score));
    for name in run.run.evaluators.keys() {
        all.extend(score(name, &|case| case.scores.get(name).copied().flatten()));
    }
    all.extend(score("passed", &|case| Some(f64::from(u8::from(case.passed)))));
    session.output.either(&all, || {
        let header = ["who", "answers", "agrees", "kappa", "95 %", "too strict", "too lenient"];
        table(
            header,
            all.iter().map(|one| {
                [
                    one.who.clone(),
                    one.n.to_string(),
                    format!("{:.1} %", one.agreement * 100.0),
                    or_dash(one.kappa.map(|kappa| format!("{kappa:.3}"))),
                    or_dash(one.kappa_ci95.map(|(low, high)| format!("{low:.3} to {high:.3}"))),
                    one.too_strict.to_string(),
                    one.too_lenient.to_string(),
                ]
            }),
        )
    })?;
    if !all.iter().any(|one| one.who == "judge") {
        session.output.note("The run has no judge: its suite names none under `judge`.");
    }
    Ok(Answer::Yes)
}

fn read(file: &Path, good: f64) -> Result<HashMap<String, bool>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let labels = lines.map(|(at, line)| {
        let wrong = |why: String| Failure::usage(format!("{}:{}: {why}", file.display(), at + 1));
        let labelled: Labelled = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let is_good = match labelled.label {
            Label::Is(is_good) => is_good,
            Label::Word(word) => matches!(word, Word::Pass),
            Label::Score(score) if (0.0..=1.0).contains(&score) => score >= good,
            Label::Score(score) => return Err(wrong(format!("{score} is not from 0 to 1"))),
        };
        Ok((labelled.case_id, is_good))
    });
    labels.collect()
}

/// How pairs of what people and what another say agree; nothing where there are none.
fn agreement(who: &str, both: &[(bool, bool)]) -> Option<Agreement> {
    let n = both.len() as f64;
    let share =
        |meant: &dyn Fn(&(bool, bool)) -> bool| both.iter().filter(|pair| meant(pair)).count() as f64 / n;
    if both.is_empty() {
        return None;
    }
    let observed = share(&|(people, other)| people == other);
    let (people, other) = (share(&|(people, _)| *people), share(&|(_, other)| *other));
    let by_chance = people * other + (1.0 - people) * (1.0 - other);
    let kappa = (by_chance < 1.0).then(|| (observed - by_chance) / (1.0 - by_chance));
    let error = (observed * (1.0 - observed) / n).sqrt() / (1.0 - by_chance);
    Some(Agreement {
        who: who.to_owned(),
        n: both.len(),
        agreement: observed,
        kappa,
        kappa_ci95: kappa.map(|kappa| ((kappa - 1.96 * error).max(-1.0), (kappa + 1.96 * error).min(1.0))),
        too_strict: both.iter().filter(|(people, other)| *people && !other).count(),
        too_lenient: both.iter().filter(|(people, other)| !people && *other).count(),
    })
}

#[cfg(test)]
mod tests {
    use super::agreement;

    /// Cohen's own way of counting, on the table of 20, 5, 10 and 15 of 50: agreement 0.7, by chance 0.5.
    #[test]
    fn kappa_is_agreement_beyond_chance() {
        let pairs = [((true, true), 20), ((true, false), 5), ((false, true), 10), ((false, false), 15)];
        let both: Vec<(bool, bool)> =
            pairs.into_iter().flat_map(|(pair, times)| std::iter::repeat_n(pair, times)).collect();
        let agreed = agreement("judge", &both).unwrap();
        assert!((agreed.agreement - 0.7).abs() < 1e-9 && (agreed.kappa.unwrap() - 0.4).abs() < 1e-9);
        assert_eq!((agreed.too_strict, agreed.too_lenient), (5, 10));
        let (low, high) = agreed.kappa_ci95.unwrap();
        assert!((low - 0.145_96).abs() < 1e-4 && (high - 0.654_04).abs() < 1e-4, "{low} {high}");
        let always = agreement("judge", &[(true, true), (true, true)]).unwrap();
        assert_eq!((always.agreement, always.kappa), (1.0, None));
        assert!(agreement("judge", &[]).is_none());
    }
}
