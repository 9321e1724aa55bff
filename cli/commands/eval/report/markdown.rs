//! A run as Markdown, for the comment of a pull request.

use super::{Told, lost};
use crate::commands::eval::compare;
use crate::output::table::{figure, version};
use contract::suite::EVALUATORS;
use contract::wire::evaluations::CaseResult;

/// Most failing cases that are listed.
const MOST_ROWS: usize = 20;

/// The report.
pub(super) fn report(told: &Told<'_>) -> String {
    let run = &told.run.run;
    let mut parts = vec![format!("### {} on {}", run.agent, run.suite)];
    if let Some(against) = &told.against {
        parts.push(cells(&compare::verdict(&against.comparison, &against.name)).replace('\n', "\n\n"));
        parts.push(compare::markdown(&against.comparison));
    } else {
        parts.push(evaluators(told));
    }
    parts.push(format!(
        "{} of {} cases passed ({:.1} %, 95 % interval {:.1} to {:.1}), {} in error. Version {}, run `{}`.",
        run.passed,
        run.cases,
        run.pass_rate * 100.0,
        run.pass_rate_ci95.0 * 100.0,
        run.pass_rate_ci95.1 * 100.0,
        run.errors,
        version(&run.agent_version),
        run.run_id
    ));
    parts.extend(failing(told));
    parts.join("\n\n") + "\n"
}

fn evaluators(told: &Told<'_>) -> String {
    let known = EVALUATORS.iter().filter_map(|name| told.run.run.evaluators.get_key_value(*name));
    let rows = known.map(|(name, summary)| {
        let (low, high) = summary.ci95;
        format!("| {name} | {} | {} to {} | {} |", figure(summary.mean), figure(low), figure(high), summary.n)
    });
    let rows: Vec<String> = rows.collect();
    format!("| evaluator | mean | 95 % interval | cases |\n|---|---|---|---|\n{}", rows.join("\n"))
}

fn failing(told: &Told<'_>) -> Option<String> {
    let failing: Vec<&CaseResult> = told.run.data.iter().filter(|case| !case.passed).collect();
    let rows: Vec<String> = failing
        .iter()
        .take(MOST_ROWS)
        .map(|case| format!("| {} | {} |", cells(&case.case_id), cells(&lost(case))))
        .collect();
    let more = failing.len().saturating_sub(MOST_ROWS);
    let more = if more > 0 { format!("\n\nand {more} more") } else { String::new() };
    (!rows.is_empty()).then(|| {
        format!(
            "<details><summary>failing: {}</summary>\n\n| case | lost on |\n|---|---|\n{}{more}\n\n</details>",
            failing.len(),
            rows.join("\n")
        )
    })
}

/// A text that a table's cell holds as it is.
fn cells(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
