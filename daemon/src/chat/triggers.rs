//! Tools without a model: where the built-in answerer speaks, a few plain wishes call a tool by themselves.

use super::Asked;
use super::agent_loop::{Stepped, awaiting};
use super::events::Events;
use super::run::say;
use super::tools::ToolRunner;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::guardrails::Scene;
use crate::providers::{Function, FunctionCall};
use crate::tools::is_arithmetic;
use contract::wire::Object;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

/// What may stand before a sum.
const LEADS: [&str; 8] =
    ["what is", "what's", "how much is", "calculate", "compute", "work out", "please", "can you"];

/// Wishes for a ticket, with what it is about.
static TICKET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?is)^(?:please\s+)?(?:open|create|raise|file)\s+(?:a|an|me a)\s+(?:support\s+)?ticket\b[\s:,]*(?:about|for|that|to|saying)?[\s:]*(.+)$").ok()
});

/// Questions for the time.
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^what(?:'s|\s+is)?\s+(?:the\s+)?(?:current\s+)?(?:time|date|day)(?:\s+is\s+it)?(?:\s+(?:now|today))?\s*\??$").ok()
});

/// The tool that a question plainly wants, of those that the agent may use, with what it is called with.
pub(super) fn triggered(question: &str, offered: &[Function]) -> Option<(&'static str, Object)> {
    let question = question.trim();
    let is_offered = |tool: &str| offered.iter().any(|function| function.name == tool);
    let with = |name: &str, value: &str| Object::from_iter([(name.to_owned(), Value::from(value))]);
    if is_offered("calculator")
        && let Some(sum) = sum(question)
    {
        return Some(("calculator", with("expression", &sum)));
    }
    if is_offered("current_time") && TIME.as_ref().is_some_and(|time| time.is_match(question)) {
        return Some(("current_time", Object::new()));
    }
    let ticket = TICKET.as_ref().filter(|_| is_offered("create_ticket"))?.captures(question)?;
    let about = ticket.get(1)?.as_str().trim();
    let title: String = about.lines().next()?.trim_end_matches('.').chars().take(200).collect();
    let mut arguments = with("title", &title);
    arguments.insert("description".into(), about.chars().take(10_000).collect::<String>().into());
    Some(("create_ticket", arguments))
}

/// The sum that a question is, but for what stands around it.
fn sum(question: &str) -> Option<String> {
    let mut rest = question.to_lowercase();
    while let Some(after) =
        LEADS.iter().find_map(|lead| rest.trim_start().strip_prefix(lead).map(str::to_owned))
    {
        rest = after;
    }
    let rest = rest.trim().trim_end_matches(['?', '=', '.', ' ']);
    let has_operator = rest.chars().skip(1).any(|sign| "+-−*×·/÷^%(".contains(sign));
    // A date, a range or a number of a law is no sum.
    let is_spaced =
        rest.contains(['+', '*', '×', '·', '÷', '^', '(']) || rest.contains(" - ") || rest.contains(" / ");
    (has_operator && is_spaced && is_arithmetic(rest)).then(|| rest.to_owned())
}

/// Calls the tool that a question wants, and says what it brought.
///
/// # Errors
/// If the client leaves, or the store fails.
pub(super) async fn answer(
    app: &App,
    context: &Context,
    events: &Events,
    asked: &Asked,
    (tool, arguments): (&'static str, Object),
    scene: Scene<'_>,
) -> Result<Stepped, Error> {
    let mut runner = ToolRunner::new(app, context, events, asked, scene);
    let call = FunctionCall::new("call_2", tool, arguments.clone());
    let (brought, _) = runner.make(&[call]).await?;
    let (mut text, mut ok, mut awaits) = (String::new(), false, None);
    for brought in brought {
        text = match (&brought.waits, brought.ok) {
            (Some(approval), _) => awaiting(approval),
            (None, true) => sentence(tool, &arguments, &brought.told),
            (None, false) => {
                format!("I could not do that: {}.", brought.told["error"].as_str().unwrap_or_default())
            }
        };
        (ok, awaits) = (brought.ok, brought.waits);
    }
    // What the tool brought, nobody need look for in passages.
    let scene = Scene { passages: &[], grounded: false, ..scene };
    let refused = !ok && awaits.is_none();
    let spoken = say(app, context, events, asked, &text, &scene, refused).await?;
    Ok(Stepped { spoken, tool_calls: runner.calls, has_used_tools: ok, awaits })
}

/// What the built-in answerer says of what a tool brought.
pub(super) fn sentence(tool: &str, arguments: &Object, result: &Value) -> String {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    match tool {
        _ if result.get("dry_run").is_some() => {
            format!("I would call `{tool}` for that; here it is not run.")
        }
        "calculator" => format!("{} = {}.", text(arguments.get("expression")), text(result.get("value"))),
        "current_time" => format!("It is {}, {}.", text(result.get("weekday")), text(result.get("time"))),
        _ => {
            format!("I opened the ticket {}: {}", text(result.get("ticket_id")), text(arguments.get("title")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(question: &str) -> Option<(&'static str, Object)> {
        let function =
            |name: &str| Function { name: name.into(), description: String::new(), parameters: Value::Null };
        triggered(question, &["calculator", "current_time", "create_ticket"].map(function))
    }

    #[test]
    fn nothing_is_said_to_be_done_that_was_only_looked_at() {
        let said = sentence("create_ticket", &Object::new(), &serde_json::json!({"dry_run": true}));
        assert_eq!(said, "I would call `create_ticket` for that; here it is not run.");
    }

    #[test]
    fn plain_wishes_call_a_tool_and_questions_do_not() {
        for (question, tool, argument) in [
            ("What is 1,250.50 * 12?", "calculator", "1,250.50 * 12"),
            ("please calculate (2 + 3) × 4 =", "calculator", "(2 + 3) × 4"),
            ("what time is it?", "current_time", ""),
            (
                "Please open a ticket about the broken printer.\nIt smokes.",
                "create_ticket",
                "the broken printer",
            ),
        ] {
            let (wanted, arguments) = wants(question).unwrap();
            let first = arguments.values().next().and_then(Value::as_str).unwrap_or_default();
            assert_eq!((wanted, first), (tool, argument), "{question}");
        }
        for question in [
            "What is the remote work policy?",
            "What is 42?",
            "2024-08",
            "What is 10-12?",
            "What is HR-2024-08?",
            "How many days - in all?",
            "Can I open a ticket?",
            "What time does the office open?",
        ] {
            assert_eq!(wants(question), None, "{question}");
        }
        assert_eq!(triggered("1 + 1", &[]), None, "what the agent may not use");
    }
}
