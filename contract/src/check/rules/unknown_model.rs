//! `unknown-model`: a model that does not exist, or is no name at all.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::known::TIERS;
use crate::check::node::Node;
use crate::check::suggest;
use crate::check::text::shown;

pub(crate) const RULE: Rule = Rule {
    id: "unknown-model",
    severity: Severity::Error,
    explanation: "A model is named by a tier (`fast`, `balanced`, `powerful`), by its own name, or as `provider/model`. With `--remote`, the daemon says which it can reach.",
    mend: "Name a tier, or a model that the daemon lists under `katonic models list`.",
    suppressible: true,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balnced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, files: &Files<'_>, out: &mut Vec<Finding>) {
    let model = document.root.at(&["spec", "model"]);
    let named = model.map(|model| model.at(&["model"]).unwrap_or(model));
    let others = model.and_then(|model| model.at(&["fallbacks"])).map(Node::items).unwrap_or_default();
    let judges = document.judges().filter_map(|(_, judge)| judge.at(&["model"]));
    for node in named.into_iter().chain(others).chain(judges) {
        let Some(name) = node.text().filter(|name| !TIERS.contains(name)) else { continue };
        let close =
            Some(name).filter(|name| !name.contains('/')).and_then(|name| suggest::closest(name, TIERS));
        let absent = files.models().is_some_and(|models| !models.contains(name));
        if name.trim().is_empty() || name.contains(char::is_whitespace) {
            let message = format!("`{}` is no model's name", shown(name));
            let help =
                "name a tier (`fast`, `balanced`, `powerful`), a model, or `provider/model`".to_owned();
            out.push(document.text.finding(&RULE, &node.span, message, help));
        } else if let Some(tier) = close.filter(|_| files.models().is_none() || absent) {
            let message = format!("there is no tier `{}`", shown(name));
            let finding =
                document.text.finding(&RULE, &node.span, message, format!("did you mean `{tier}`?"));
            out.push(finding.or_fix(document.text.respell(&node.span, name, tier)));
        } else if absent {
            let message = format!("the daemon knows no model `{}`", shown(name));
            let help = "`katonic models list` shows those that it can reach".to_owned();
            out.push(document.text.finding(&RULE, &node.span, message, help));
        }
    }
}
