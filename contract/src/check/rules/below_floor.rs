//! `below-floor`: an agent that asks less of itself than its repository does.

use super::Rule;
use crate::agent::{GateBounds, Guardrails, RAILS, RailAction};
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::{Content, Entry, Node};
use crate::check::schema::Kind;
use serde_json::{Value, from_value, to_value};

pub(crate) const RULE: Rule = Rule {
    id: "below-floor",
    severity: Severity::Error,
    explanation: "The floors of a repository stand in its katonic.toml: bounds that every gate must at least have, and actions that every rail must at least take.",
    mend: "Raise the setting to the floor.",
    suppressible: false,
    example: &[
        (
            "katonic.toml",
            r"[floors.gate.prod]
pass_rate = 0.95
",
        ),
        (
            "agent.yml",
            r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
        ),
    ],
    check: Some(check),
};

fn check(document: &Document, files: &Files<'_>, out: &mut Vec<Finding>) {
    let Some(floors) = files.policy.map(|policy| &policy.floors) else { return };
    if document.kind != Some(Kind::Agent) {
        return;
    }
    for (environment, floor) in [("test", &floors.gate.test), ("prod", &floors.gate.prod)] {
        if let Some(floor) = floor {
            gate(document, environment, floor, out);
        }
    }
    rails(document, &floors.guardrails, out);
}

fn gate(document: &Document, environment: &str, floor: &GateBounds, out: &mut Vec<Finding>) {
    let path = ["spec", "evaluation", "gate", environment];
    let none = Node { content: Content::Mapping(Vec::new()), span: 0..0 };
    for bound in laxer(document.root.at(&path).unwrap_or(&none), floor) {
        let (name, asked) = (&bound.name, &bound.asked);
        let said = bound.entry.and_then(|entry| entry.value.number().map(|number| number.to_string()));
        let message = match said {
            Some(said) => {
                format!("`{name}` of the gate for {environment} is {said}; the repository asks for {asked}")
            }
            None => {
                format!("the gate for {environment} lacks what the repository asks for: {name} of {asked}")
            }
        };
        let span = bound.entry.map_or_else(|| document.near(&path), |entry| entry.value.span.clone());
        let finding =
            document.text.finding(&RULE, &span, message, format!("write `{asked}`, as katonic.toml has it"));
        let plain = bound.entry.filter(|entry| entry.value.number().is_some());
        out.push(finding.or_fix(plain.map(|entry| document.text.fix(&entry.value.span, asked.clone()))));
    }
}

fn rails(document: &Document, floors: &Guardrails, out: &mut Vec<Finding>) {
    for rail in RAILS {
        let Some(floor) = floors.of(rail.name) else { continue };
        for (direction, floor, default) in
            [("input", floor.input, rail.input), ("output", floor.output, rail.output)]
        {
            let Some(floor) = floor else { continue };
            let set = document.root.at(&["spec", "guardrails", rail.name, direction]);
            let chosen = set.and_then(|node| from_value::<RailAction>(node.to_json()).ok());
            if chosen.unwrap_or(default) < floor && (set.is_none() || chosen.is_some()) {
                let asked = floor.name();
                let message = format!(
                    "the rail `{}` must at least {asked} its {direction} in this repository",
                    rail.name
                );
                let help = format!("write `{}: {{{direction}: {asked}}}` under `guardrails:`", rail.name);
                let span = set.map_or_else(
                    || document.near(&["spec", "guardrails", rail.name]),
                    |node| node.span.clone(),
                );
                let finding = document.text.finding(&RULE, &span, message, help);
                let said = set.and_then(|node| Some((&node.span, node.text()?)));
                out.push(
                    finding.or_fix(said.and_then(|(span, said)| document.text.respell(span, said, asked))),
                );
            }
        }
    }
}

/// A bound of a gate that is laxer than a floor.
pub(crate) struct Laxer<'a> {
    /// Its name.
    pub(crate) name: String,
    /// Where it is set, if it is.
    pub(crate) entry: Option<&'a Entry>,
    /// What the floor asks for, as YAML has it.
    pub(crate) asked: String,
}

/// The bounds of a gate that are laxer than those of a floor.
pub(crate) fn laxer<'a>(gate: &'a Node, floor: &GateBounds) -> Vec<Laxer<'a>> {
    let Ok(own) = from_value::<GateBounds>(gate.to_json()) else { return Vec::new() };
    let (Ok(Value::Object(own)), Ok(Value::Object(both))) = (to_value(&own), to_value(own.stricter(floor)))
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, bound) in &both {
        match bound {
            Value::Object(scores) => {
                for (evaluator, score) in
                    scores.iter().filter(|(key, score)| own.get(name).and_then(|o| o.get(key)) != Some(score))
                {
                    let entry = gate.at(&[name]).and_then(|scores| scores.entry(evaluator));
                    found.push(Laxer {
                        name: format!("{name}.{evaluator}"),
                        entry,
                        asked: score.to_string(),
                    });
                }
            }
            _ if own.get(name) != Some(bound) => {
                let asked = bound.as_str().map_or_else(|| bound.to_string(), str::to_owned);
                found.push(Laxer { name: name.clone(), entry: gate.entry(name), asked });
            }
            _ => {}
        }
    }
    found
}
