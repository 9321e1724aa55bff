//! `--explain`: what a rule asks, why, what breaks it, and how that is mended.

use crate::failure::{Answer, Failure};
use crate::session::Session;
use contract::check::rules::{RULES, Rule, named};
use contract::check::{Context, Finding, Policy, Severity, Source, check_all};
use serde_json::{Value, json};

pub(super) fn run(session: &Session, id: &str) -> Result<Answer, Failure> {
    let output = &session.output;
    if id == "all" {
        let all: Vec<Value> = RULES.iter().map(|rule| value(rule)).collect();
        let texts = || RULES.iter().map(|rule| text(session, rule)).collect::<Vec<_>>().join("\n\n\n");
        output.either(&all, texts)?;
        return Ok(Answer::Yes);
    }
    let rule = named(id).ok_or_else(|| {
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        Failure::usage(format!("There is no rule `{id}`")).hint(format!("The rules are {}.", ids.join(", ")))
    })?;
    output.either(&value(rule), || text(session, rule))?;
    Ok(Answer::Yes)
}

fn value(rule: &Rule) -> Value {
    let files: Vec<Value> =
        rule.example.iter().map(|(file, text)| json!({"file": file, "text": text})).collect();
    json!({
        "rule": rule.id,
        "severity": rule.severity,
        "explanation": rule.explanation,
        "mend": rule.mend,
        "suppressible": rule.is_suppressible(),
        "example": files,
    })
}

fn text(session: &Session, rule: &Rule) -> String {
    let mut parts = vec![format!("{} ({})\n\n{}", rule.id, weight(rule), rule.explanation)];
    for (file, text) in rule.example {
        let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
        parts.push(format!("For example, {file}:\n\n{}", lines.join("\n")));
    }
    parts.extend(findings(session, rule));
    parts.push(format!("To mend it: {}", rule.mend));
    parts.join("\n\n")
}

/// How much a rule's findings weigh, in words.
pub(in crate::commands) fn weight(rule: &Rule) -> String {
    let weight = if rule.severity == Severity::Error { "error" } else { "warning" };
    let stands = if rule.is_suppressible() { ", may be suppressed with a reason" } else { "" };
    format!("{weight}{stands}")
}

/// What the rule finds in its own example, as it is told.
pub(in crate::commands) fn findings(session: &Session, rule: &Rule) -> Vec<String> {
    let told = |finding: &Finding| {
        let source = rule.example.iter().find(|(file, _)| finding.file.as_deref() == Some(*file));
        session.output.rendered(finding, source.map(|(_, text)| *text))
    };
    found(rule).iter().map(told).collect()
}

fn found(rule: &Rule) -> Vec<Finding> {
    let policy = rule.example.iter().find(|(file, _)| *file == "katonic.toml");
    let policy: Policy = policy.and_then(|(_, text)| toml::from_str(text).ok()).unwrap_or_default();
    let yaml = rule.example.iter().filter(|(file, _)| file.ends_with(".yml"));
    let sources: Vec<Source> = yaml.map(|(file, text)| Source::new(file, text)).collect();
    let read = |_: &str, _: &str| Err("there is no such file".to_owned());
    let context = Context { read: Some(&read), policy: Some(&policy), ..Context::default() };
    let found = check_all(&sources, &context).into_iter().flat_map(|verdict| verdict.findings);
    found.filter(|finding| finding.rule == rule.id).collect()
}
