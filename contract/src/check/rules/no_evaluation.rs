//! `no-evaluation`: an agent that no suite looks at.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::schema::Kind;

pub(crate) const RULE: Rule = Rule {
    id: "no-evaluation",
    severity: Severity::Warning,
    explanation: "Without a suite nothing shows that a new version is no worse, and it can't be promoted to prod.",
    mend: "Add `evaluation:` with a suite and a gate; `katonic agents init` writes one to begin with.",
    suppressible: true,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    if document.kind == Some(Kind::Agent) && document.root.at(&["spec", "evaluation"]).is_none() {
        let help = "add `evaluation:` under `spec:`, with a `suite` and a `gate`".to_owned();
        let span = document.near(&["spec"]);
        out.push(document.text.finding(&RULE, &span, "the agent has no evaluation".to_owned(), help));
    }
}
