//! `katonic eval compare`: a run against a baseline.

use super::follow;
use crate::failure::{Answer, Failure};
use crate::output::table::{figure, table};
use crate::session::Session;
use clap::Args;
use contract::catalogue::CompareRuns;
use contract::suite::EVALUATORS;
use contract::wire::evaluations::{CompareRequest, Comparison};

/// Holds a run against a baseline.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The run's id; it is waited for
    run: String,
    /// What is live in `prod` or `test`, or another run's id
    #[arg(long, value_name = "prod|test|RUN")]
    baseline: String,
    /// The seed of the bootstrap
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

pub(super) async fn run(session: &Session, args: Compare) -> Result<Answer, Failure> {
    let client = session.client()?;
    follow::follow(session, &client, &args.run).await?;
    let request = CompareRequest { run_id: args.run, baseline: args.baseline, seed: args.seed };
    let comparison = client.call::<CompareRuns>(&request).await?;
    let output = &session.output;
    let verdict = verdict(&comparison, &request.baseline);
    output.either(&comparison, || format!("{}\n\n{verdict}", evaluators(&comparison)))?;
    let regressed = comparison.verdict == "regressed";
    if regressed {
        output.annotate("error", None, "regressed", &verdict);
    }
    output.summary(&format!("### katonic eval compare\n\n{verdict}\n\n{}", markdown(&comparison)));
    Ok(Answer::of(!regressed))
}

pub(super) fn rows(comparison: &Comparison) -> impl Iterator<Item = [String; 6]> {
    let known = EVALUATORS.iter().filter_map(|name| comparison.evaluators.get_key_value(*name));
    known.map(|(name, both)| {
        let interval = format!("{:+.3} to {:+.3}", both.ci95.0, both.ci95.1);
        let (before, now) = (figure(both.baseline), figure(both.candidate));
        [name.clone(), before, now, format!("{:+.3}", both.delta), interval, figure(both.p_value_holm)]
    })
}

pub(super) const HEADER: [&str; 6] =
    ["evaluator", "baseline", "now", "difference", "95 % interval", "p (Holm)"];

fn evaluators(comparison: &Comparison) -> String {
    table(HEADER, rows(comparison))
}

pub(super) fn markdown(comparison: &Comparison) -> String {
    let lines: Vec<String> = rows(comparison).map(|row| format!("| {} |", row.join(" | "))).collect();
    format!("| {} |\n|---|---|---|---|---|---|\n{}", HEADER.join(" | "), lines.join("\n"))
}

/// The verdict in words, with what it rests on.
pub(super) fn verdict(comparison: &Comparison, baseline: &str) -> String {
    let head = format!(
        "{} against {baseline}: {:+.3} in pass rate over {} cases (95 % interval {:+.3} to {:+.3}, p {:.3})",
        comparison.verdict,
        comparison.delta,
        comparison.cases_compared,
        comparison.ci95.0,
        comparison.ci95.1,
        comparison.p_value
    );
    let mut lines = vec![head];
    for (word, cases) in [("broken", &comparison.broken), ("mended", &comparison.mended)] {
        if !cases.is_empty() {
            lines.push(format!("{word}: {}", cases.join(", ")));
        }
    }
    if let Some(needed) = comparison.cases_needed {
        lines.push(format!(
            "This suite shows differences from {:.3} on; {needed} cases would settle it.",
            comparison.minimum_detectable
        ));
    }
    lines.extend(comparison.notes.iter().cloned());
    lines.join("\n")
}
