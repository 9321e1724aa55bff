//! A run as one HTML file that opens without a network: figures, and each case with its answer and what changed in it.

use super::{Against, Told};
use crate::commands::eval::compare;
use crate::output::table::{figure, version};
use contract::suite::EVALUATORS;
use contract::wire::evaluations::CaseResult;
use similar::{ChangeTag, TextDiff};
use std::collections::HashMap;
use std::fmt::Write;

const STYLE: &str = include_str!("report.css");

/// Width of a chart's scale from 0 to 1, in pixels.
const SCALE: f64 = 240.0;

/// The report.
pub(super) fn report(told: &Told<'_>) -> String {
    let run = &told.run.run;
    let title = format!("{} on {}", run.agent, run.suite);
    let title = escaped(&title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    page += &figures(told);
    if let Some(against) = &told.against {
        page += &compared(against);
    }
    page += &charts(told);
    page += &cases(told);
    page + "</main>\n</body>\n</html>\n"
}

fn figures(told: &Told<'_>) -> String {
    let run = &told.run.run;
    let rate = format!("{:.1} %", run.pass_rate * 100.0);
    let interval = format!("{:.1} to {:.1} %", run.pass_rate_ci95.0 * 100.0, run.pass_rate_ci95.1 * 100.0);
    let tiles = [
        ("passed", rate, format!("{} of {}, 95 % interval {interval}", run.passed, run.cases)),
        ("in error", run.errors.to_string(), format!("{} failed", run.failed)),
        ("latency, p95", format!("{:.0} ms", run.usage.p95_ms), "a case".to_owned()),
        ("cost", format!("${:.4}", run.usage.cost_usd.dollars()), format!("{} tokens", run.usage.tokens)),
    ];
    let tiles: String = tiles
        .iter()
        .map(|(name, value, note)| {
            format!("<div class=\"tile\"><span>{name}</span><b>{value}</b><small>{note}</small></div>\n")
        })
        .collect();
    let of = format!(
        "Version {}, run {}, {}, seed {}, evaluators {}.",
        version(&run.agent_version),
        run.run_id,
        run.models.join(", "),
        run.seed,
        run.evaluator_version
    );
    format!("<p>{}</p>\n<section class=\"tiles\">\n{tiles}</section>\n", escaped(&of))
}

fn compared(against: &Against) -> String {
    let verdict = escaped(&compare::verdict(&against.comparison, &against.name)).replace('\n', "<br>");
    let rows: String = compare::rows(&against.comparison)
        .map(|row| row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect::<String>())
        .map(|cells| format!("<tr>{cells}</tr>\n"))
        .collect();
    let header: String =
        compare::HEADER.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
    format!(
        "<h2>Against {}</h2>\n<p class=\"verdict {}\">{verdict}</p>\n<table><thead><tr>{header}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n",
        escaped(&against.name),
        escaped(&against.comparison.verdict)
    )
}

/// Each evaluator's mean as a bar, with its interval.
fn charts(told: &Told<'_>) -> String {
    let known = EVALUATORS.iter().filter_map(|name| told.run.run.evaluators.get_key_value(*name));
    let rows = known.map(|(name, summary)| {
        let at = |value: f64| value.clamp(0.0, 1.0) * SCALE;
        let (low, high) = summary.ci95;
        format!(
            "<tr><th scope=\"row\">{name}</th><td>{}</td><td>\
             <svg width=\"{SCALE}\" height=\"14\" role=\"img\" aria-label=\"{} of 1, interval {} to {}\">\
             <rect class=\"bar\" height=\"14\" width=\"{:.1}\"/>\
             <path class=\"interval\" d=\"M{:.1} 7H{:.1}\"/></svg></td><td>{}</td></tr>\n",
            figure(summary.mean),
            figure(summary.mean),
            figure(low),
            figure(high),
            at(summary.mean),
            at(low),
            at(high),
            summary.n
        )
    });
    let rows: String = rows.collect();
    format!(
        "<h2>Evaluators</h2>\n<table><thead><tr><th scope=\"col\">evaluator</th><th scope=\"col\">mean</th>\
         <th scope=\"col\">0 to 1, with its 95 % interval</th><th scope=\"col\">cases</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n"
    )
}

/// The cases, those that failed first and open to sight.
fn cases(told: &Told<'_>) -> String {
    let before: HashMap<&str, &CaseResult> = told
        .against
        .iter()
        .flat_map(|against| against.baseline.iter().flat_map(|run| &run.data))
        .map(|case| (case.case_id.as_str(), case))
        .collect();
    let mut ordered: Vec<&CaseResult> = told.run.data.iter().collect();
    ordered.sort_by_key(|case| case.passed);
    let mut page = "<h2>Cases</h2>\n".to_owned();
    for case in ordered {
        page += &self::case(case, before.get(case.case_id.as_str()).copied());
    }
    page
}

fn case(case: &CaseResult, before: Option<&CaseResult>) -> String {
    let word = match (case.passed, before.map(|before| before.passed)) {
        (true, Some(false)) => "mended",
        (false, Some(true)) => "broken",
        (true, _) => "passed",
        (false, _) if case.error.is_some() => "error",
        (false, _) => "failed",
    };
    let open = if case.passed { "" } else { " open" };
    let id = escaped(&case.case_id);
    let mut page =
        format!("<details{open}><summary><span class=\"mark {word}\">{word}</span> {id}</summary>\n");
    let scores: Vec<String> = EVALUATORS
        .iter()
        .filter_map(|name| Some((name, (*case.scores.get(*name)?)?)))
        .map(|(name, score)| format!("{name} {}", figure(score)))
        .collect();
    // Writing to a text can't fail.
    let _ = writeln!(page, "<p class=\"scores\">{}</p>", scores.join(" · "));
    if let Some(error) = &case.error {
        let _ = writeln!(page, "<p>{}</p>", escaped(error));
    }
    let _ = match before.filter(|before| before.answer != case.answer) {
        Some(before) => writeln!(page, "<blockquote>{}</blockquote>", changed(&before.answer, &case.answer)),
        None => writeln!(page, "<blockquote>{}</blockquote>", escaped(&case.answer)),
    };
    let cited: Vec<String> = case
        .citations
        .iter()
        .map(|cited| {
            format!("[{}] {} {}", cited.index, cited.doc_id, cited.section.as_deref().unwrap_or_default())
        })
        .collect();
    if !cited.is_empty() {
        let _ = writeln!(page, "<p class=\"cited\">{}</p>", escaped(&cited.join("; ")));
    }
    if let Some(trace) = &case.trace_id {
        let _ = writeln!(page, "<p class=\"cited\">trace {}</p>", escaped(trace));
    }
    page + "</details>\n"
}

/// What became of an answer, word by word.
fn changed(before: &str, now: &str) -> String {
    let diff = TextDiff::from_words(before, now);
    let words = diff.iter_all_changes().map(|change| {
        let text = escaped(change.value());
        match change.tag() {
            ChangeTag::Equal => text,
            ChangeTag::Delete => format!("<del>{text}</del>"),
            ChangeTag::Insert => format!("<ins>{text}</ins>"),
        }
    });
    words.collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
