//! The validator: finds every problem of agent and suite files in one pass, each with its place and its mend.

pub mod finding;
pub mod known;
pub mod policy;
pub mod rules;

mod cases;
mod context;
mod document;
mod files;
mod node;
mod parse;
mod schema;
mod shape;
pub mod suggest;
mod suppress;
mod text;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_rules;

pub use context::{Context, Known, KnownDocument, Read, Source};
pub use finding::{Finding, Fix, ReportDocument, Severity, mend};
pub use parse::MAX_BYTES;
pub use policy::{Level, Policy};
pub use rules::secret_in_file::masked;

use crate::agent::AgentDefinition;
use crate::suite::SuiteDefinition;
use document::Document;
use files::Files;
use rules::{RULES, named};
use shape::MOST_FINDINGS;
use std::num::NonZero;
use std::thread;

/// Fewer files than this are read by one thread: starting another would take longer.
const WORTH_A_THREAD: usize = 16;

/// What a checked file holds, where it could be read: all that it names is put in its place.
// A file is checked once and its model handed on: a box would save nothing.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum Checked {
    /// An agent, its instructions included.
    Agent(AgentDefinition),
    /// A suite, all its cases included.
    Suite(SuiteDefinition),
}

/// What a check says of one file.
#[derive(Default)]
pub struct Verdict {
    /// The definition, if it could be read, that is if text and shape are without error.
    pub checked: Option<Checked>,
    /// Every problem, in order of place.
    pub findings: Vec<Finding>,
    /// How many more its authors let stand.
    pub suppressed: usize,
}

/// Checks one document: every problem, in order of place.
#[must_use]
pub fn check(source: &Source, context: &Context<'_>) -> (Option<Checked>, Vec<Finding>) {
    let verdict = check_all(std::slice::from_ref(source), context).pop().unwrap_or_default();
    (verdict.checked, verdict.findings)
}

/// Checks several files together: each by itself, and the rules across files. The order is that of the sources.
#[must_use]
pub fn check_all(sources: &[Source], context: &Context<'_>) -> Vec<Verdict> {
    let documents = spread(sources, |source| Document::read(source, context));
    let files = Files::new(&documents, context);
    spread(&documents, |document| conclude(document, &files, context))
}

/// Does the same with each of many, on all processors, and keeps their order.
fn spread<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    if items.len() < WORTH_A_THREAD || processors == 1 {
        return items.iter().map(work).collect();
    }
    let mut results: Vec<Option<R>> = items.iter().map(|_| None).collect();
    let share = items.len().div_ceil(processors);
    thread::scope(|scope| {
        for (items, results) in items.chunks(share).zip(results.chunks_mut(share)) {
            let work = &work;
            scope.spawn(move || {
                items.iter().zip(results).for_each(|(item, result)| *result = Some(work(item)));
            });
        }
    });
    results.into_iter().flatten().collect()
}

fn conclude(document: &Document, files: &Files<'_>, context: &Context<'_>) -> Verdict {
    let mut findings = document.found.clone();
    let checked = match document.definition() {
        Some(Ok(checked)) => Some(checked),
        Some(Err(finding)) => {
            findings.push(finding);
            None
        }
        None => None,
    };
    for rule in RULES {
        if let Some(check) = rule.check {
            check(document, files, &mut findings);
        }
    }
    let suppressed = suppress::suppress(document, &mut findings);
    weigh(&mut findings, context);
    let elsewhere = |finding: &Finding| finding.file != document.text.file;
    findings
        .sort_by(|a, b| (elsewhere(a), a.span.start, &a.rule).cmp(&(elsewhere(b), b.span.start, &b.rule)));
    findings.truncate(MOST_FINDINGS);
    Verdict { checked, findings, suppressed }
}

/// Gives findings the weight that the repository and the command line want.
fn weigh(findings: &mut Vec<Finding>, context: &Context<'_>) {
    if let Some(policy) = context.policy {
        findings.retain_mut(|finding| {
            let firm = finding.severity == Severity::Error
                && !named(&finding.rule).is_some_and(|rule| rule.is_suppressible());
            match policy.level(&finding.rule) {
                Some(Level::Error) => finding.severity = Severity::Error,
                Some(Level::Warning) if !firm => finding.severity = Severity::Warning,
                Some(Level::Off) if !firm => return false,
                _ => {}
            }
            true
        });
    }
    if context.strict {
        findings.iter_mut().for_each(|finding| finding.severity = Severity::Error);
    }
}
