//! The validator: finds every problem of agent and suite files in one pass, each with its place and its mend.

pub mod finding;
pub mod known;
pub mod rules;

mod document;
mod node;
mod parse;
mod schema;
mod shape;
mod suggest;
mod text;

#[cfg(test)]
mod tests;

pub use finding::{Finding, Severity};

use crate::agent::AgentDefinition;
use crate::suite::SuiteDefinition;
use document::Document;
use rules::RULES;
use shape::MOST_FINDINGS;

/// One file to check.
pub struct Source {
    /// Its path, as findings and messages name it; empty for a text that is no file.
    pub file: String,
    /// What it holds.
    pub text: String,
}

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

/// Reads a file that a definition names: given the definition's own file and the name as it is written, the
/// text or why there is none.
pub type Read<'a> = &'a dyn Fn(&str, &str) -> Result<String, String>;

/// What is known outside the file.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// How to read a named file; without it, naming one is an error that asks to write it inline.
    pub read: Option<Read<'a>>,
    /// Whether warnings are errors.
    pub strict: bool,
}

/// Checks one document: every problem, in order of place. The definition is there if it could be read, that is
/// if text and shape are without error; the findings may hold other errors all the same.
#[must_use]
pub fn check(source: &Source, context: &Context<'_>) -> (Option<Checked>, Vec<Finding>) {
    check_all(std::slice::from_ref(source), context).pop().unwrap_or_default()
}

/// Checks several files together: each by itself, and the rules across files. The order is that of the sources.
#[must_use]
pub fn check_all(sources: &[Source], context: &Context<'_>) -> Vec<(Option<Checked>, Vec<Finding>)> {
    let documents: Vec<Document> = sources.iter().map(|source| Document::read(source, context)).collect();
    documents.iter().map(|document| conclude(document, &documents, context)).collect()
}

fn conclude(document: &Document, all: &[Document], context: &Context<'_>) -> (Option<Checked>, Vec<Finding>) {
    let mut found = document.found.clone();
    let checked = match document.definition() {
        Some(Ok(checked)) => Some(checked),
        Some(Err(finding)) => {
            found.push(finding);
            None
        }
        None => None,
    };
    for rule in RULES {
        if let Some(check) = rule.check {
            check(document, all, &mut found);
        }
    }
    let elsewhere = |finding: &Finding| finding.file != document.text.file;
    found.sort_by(|a, b| (elsewhere(a), a.span.start, &a.rule).cmp(&(elsewhere(b), b.span.start, &b.rule)));
    found.truncate(MOST_FINDINGS);
    if context.strict {
        found.iter_mut().for_each(|finding| finding.severity = Severity::Error);
    }
    (checked, found)
}
