//! An answer as it comes: the text on standard output, what governs it beside.

use super::{Output, clean};
use crate::client::Event;
use crate::failure::Failure;
use contract::version::short;
use contract::wire::chat::{ChatAnswer, ChatStatus, Citation, GuardrailsCheck, ToolResult};
use serde_json::Value;

/// Shows one event of a stream; the last brings the final object.
///
/// # Errors
/// If nobody reads the answer, or an event isn't what it should be.
pub(crate) fn show(output: &Output, event: Event) -> Result<Option<ChatAnswer>, Failure> {
    let (name, data) = event;
    match name.as_str() {
        "agent.start" => {
            let field = |name: &str| clean(data.get(name).and_then(Value::as_str).unwrap_or_default());
            let version = field("agent_version");
            output.aside(&format!("{} {} on {}", field("agent_id"), short(&version), field("model")));
        }
        "guardrails.check" => rails(output, &serde_json::from_value(data)?),
        "tool.result" => tool(output, &serde_json::from_value(data)?),
        "completion.delta" => {
            output.piece(&clean(data.get("text").and_then(Value::as_str).unwrap_or_default()))?
        }
        "approval.required" => output.aside("a person must approve this call; the answer waits"),
        "agent.complete" => return Ok(Some(serde_json::from_value(data)?)),
        _ => {}
    }
    Ok(None)
}

/// What comes after an answer: its sources as part of the result, and what it took beside.
///
/// # Errors
/// If nobody reads it.
pub(crate) fn conclude(output: &Output, answer: &ChatAnswer) -> Result<(), Failure> {
    if !answer.citations.is_empty() {
        let lines: Vec<String> = answer.citations.iter().map(citation).collect();
        output.result(&format!("\n{}", lines.join("\n")))?;
    }
    let end = match (answer.status, answer.refused) {
        (ChatStatus::Blocked, _) => "blocked by a rail, ",
        (ChatStatus::Incomplete, _) => "cut short by the model's limit, ",
        (ChatStatus::AwaitingApproval, _) => "waiting for a person's approval, ",
        (ChatStatus::Completed, true) => "declined, ",
        (ChatStatus::Completed, false) => "",
    };
    let usage = &answer.usage;
    output.aside(&format!(
        "{end}{} tokens, ${:.6}, {:.0} ms, trace {}",
        usage.tokens,
        usage.cost_usd.dollars(),
        usage.latency_ms,
        clean(&answer.trace_id)
    ));
    Ok(())
}

fn rails(output: &Output, check: &GuardrailsCheck) {
    let notable: Vec<String> = check
        .rails
        .iter()
        .filter(|rail| rail.result != "pass")
        .map(|rail| match &rail.reason {
            Some(reason) => format!("{}: {} ({})", rail.name, rail.result, clean(reason)),
            None => format!("{}: {}", rail.name, rail.result),
        })
        .collect();
    if check.phase == "input" || !notable.is_empty() {
        let head = format!("rails, {}: {}/{} pass", clean(&check.phase), check.passed, check.total);
        output.aside(&[vec![head], notable].concat().join(", "));
    }
}

fn tool(output: &Output, result: &ToolResult) {
    let fate = if result.ok { "" } else { " failed" };
    let whose = result.filtered_for.as_ref().map_or_else(String::new, |user| format!(", as {user} may read"));
    output.aside(&clean(&format!("{}{fate}: {}{whose}", result.tool, result.summary)));
}

fn citation(citation: &Citation) -> String {
    let section = citation.section.as_ref().map_or_else(String::new, |section| format!(", {section}"));
    let page = citation.page.map_or_else(String::new, |page| format!(", page {page}"));
    clean(&format!("[{}] {} {}{section}{page}", citation.index, citation.doc_id, citation.title))
}
