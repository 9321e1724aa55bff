//! `katonic eval score`: answers recorded elsewhere, scored without an agent or a daemon.

use super::report::lost_on;
use crate::commands::agents::find_suite;
use crate::failure::{Answer, Failure};
use crate::output::table::{figure, or_dash, table};
use crate::session::Session;
use ::daemon::score_answers;
use clap::Args;
use contract::suite::{EVALUATORS, RecordedAnswer, ScoredAnswer};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Most bytes of a file of answers, and of one of its lines.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Scores answers that were recorded elsewhere.
#[derive(Debug, Args)]
pub(super) struct ScoreAnswers {
    /// The suite: its file, or its id where a file below this folder holds it
    #[arg(long)]
    suite: String,
    /// The answers, `{case_id, answer, citations?, tool_calls?, passages?, latency_ms?, cost_usd?}` a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    answers: PathBuf,
}

pub(super) fn run(session: &Session, args: &ScoreAnswers) -> Result<Answer, Failure> {
    // Reading may wait, and scoring takes a while.
    tokio::task::block_in_place(|| {
        let suite = find_suite(&args.suite, &session.output)?;
        let answers = read(&args.answers)?;
        let scored = score_answers(&suite, answers).map_err(|case| {
            Failure::usage(format!("The suite {} has no case `{case}`", suite.metadata.id))
                .hint("Score answers by the suite that asked for them.")
        })?;
        report(session, &scored)?;
        Ok(Answer::Yes)
    })
}

fn read(file: &Path) -> Result<Vec<RecordedAnswer>, Failure> {
    let source: Box<dyn Read> = match file.as_os_str() == "-" {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(file).map_err(|error| Failure::file(file, &error))?),
    };
    // One byte more than there may be, to see whether there is more.
    let mut lines = BufReader::new(source.take(MOST_BYTES + 1));
    let (mut answers, mut line, mut read) = (Vec::new(), String::new(), 0);
    for number in 1.. {
        line.clear();
        let bytes = lines.read_line(&mut line).map_err(|error| Failure::file(file, &error))?;
        read += bytes as u64;
        let wrong = |why: String| Failure::usage(format!("{}:{number}: {why}", file.display()));
        if bytes == 0 {
            break;
        }
        if read > MOST_BYTES {
            return Err(wrong(format!("there are more than {MOST_BYTES} bytes of answers")));
        }
        if line.len() > LONGEST_LINE {
            return Err(wrong("the line is too long".into()));
        }
        if !line.trim().is_empty() {
            answers.push(serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?);
        }
    }
    Ok(answers)
}

fn report(session: &Session, scored: &[ScoredAnswer]) -> Result<(), Failure> {
    let passed = scored.iter().filter(|answer| answer.passed).count();
    let means = means(scored);
    let value = json!({
        "cases": scored, "passed": passed, "pass_rate": passed as f64 / scored.len().max(1) as f64, "evaluators": means,
    });
    session.output.either(&value, || {
        let failing: Vec<[String; 2]> = scored
            .iter()
            .filter(|answer| !answer.passed)
            .map(|answer| [answer.case_id.clone(), lost_on(answer.error.as_deref(), &answer.scores)])
            .collect();
        let means = EVALUATORS.iter().map(|name| [(*name).to_owned(), or_dash(means[*name].map(figure))]);
        let mut parts = vec![table(["evaluator", "mean"], means)];
        if !failing.is_empty() {
            parts.push(table(["failing case", "scores"], failing));
        }
        parts.push(format!("{passed} of {} answers pass.", scored.len()));
        parts.join("\n\n")
    })
}

/// Each evaluator's mean over the answers that it applies to.
fn means(scored: &[ScoredAnswer]) -> BTreeMap<&'static str, Option<f64>> {
    let mean = |name: &&'static str| {
        let values: Vec<f64> =
            scored.iter().filter_map(|answer| answer.scores.get(*name).copied().flatten()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (*name, Some(mean).filter(|_| !values.is_empty()))
    };
    EVALUATORS.iter().map(mean).collect()
}
