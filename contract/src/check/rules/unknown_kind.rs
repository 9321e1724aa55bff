//! `unknown-kind`: the file says that it is something that doesn't exist.

use super::{Rule, missing_field};
use crate::agent::API_VERSION;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::schema::Kind;
use crate::check::suggest;
use crate::check::text::{Text, shown};

pub(crate) const RULE: Rule = Rule {
    id: "unknown-kind",
    severity: Severity::Error,
    explanation: "A file begins with `apiVersion: katonic/v1` and `kind: Agent` or `kind: EvalSuite`, which say how \
                  the rest is read.",
    mend: "Write `apiVersion: katonic/v1`, and `kind: Agent` or `kind: EvalSuite`.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agnet
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: None,
};

/// The kind of a tree, and findings if it doesn't say it rightly; then the kind is a guess.
pub(crate) fn find(text: &Text, root: &Node, found: &mut Vec<Finding>) -> Option<Kind> {
    if let Some(version) =
        root.at(&["apiVersion"]).filter(|node| node.text().is_some_and(|v| v != API_VERSION))
    {
        let said = shown(version.text().unwrap_or_default());
        let message = format!("`apiVersion` is `{said}`, which doesn't exist");
        let finding =
            text.finding(&RULE, &version.span, message, format!("write `apiVersion: {API_VERSION}`"));
        let written = version.text().unwrap_or_default();
        found.push(finding.or_fix(text.respell(&version.span, written, API_VERSION)));
    }
    let Some(kind) = root.at(&["kind"]) else {
        let guess = guess(root);
        if guess.is_none() {
            let first = root.entries().first().map_or(0..0, |entry| entry.span.clone());
            let purpose = "`Agent` or `EvalSuite`";
            found.push(missing_field::found(text, "", &first, "kind", purpose));
        }
        return guess;
    };
    let name = kind.text().unwrap_or_default();
    Kind::named(name).or_else(|| {
        let close = suggest::closest(name, Kind::NAMES);
        // A kind that isn't text at all is told by its type, as soon as there is a schema to tell it.
        let guess = close.and_then(Kind::named).or_else(|| guess(root));
        if kind.text().is_some() || guess.is_none() {
            let message = format!("there is no kind `{}`", shown(name));
            let finding = text.finding(&RULE, &kind.span, message, suggest::help(name, &Kind::NAMES));
            found.push(finding.or_fix(close.and_then(|close| text.respell(&kind.span, name, close))));
        }
        guess
    })
}

fn guess(root: &Node) -> Option<Kind> {
    let spec = root.at(&["spec"])?;
    let has = |names: &[&str]| names.iter().any(|name| spec.entry(name).is_some());
    if has(&["cases", "cases_file", "defaults", "judge", "judges", "preference"]) {
        Some(Kind::Suite)
    } else if has(&["model", "instructions", "instructions_file", "tools", "guardrails"]) {
        Some(Kind::Agent)
    } else {
        None
    }
}
