//! The steps of an answer: the model speaks, asks for tools, is told what they brought, and speaks again; bounded in steps,
//! and ended where it goes round in circles.

use super::Asked;
use super::events::Events;
use super::speak::{Speaker, Spoken};
use super::tools::ToolRunner;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::guardrails::{Report, Scene};
use crate::providers::{self, Function, Request};
use contract::wire::admin::Approval;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What was said, and what was done for it.
pub(super) struct Stepped {
    pub(super) spoken: Spoken,
    /// The tools that were called, with what.
    pub(super) tool_calls: Vec<Value>,
    /// Whether one of them brought something.
    pub(super) has_used_tools: bool,
    /// The approval that it waits for.
    pub(super) awaits: Option<Box<Approval>>,
}

/// What an answer says that can't wait for a person.
pub(super) fn awaiting(approval: &Approval) -> String {
    format!(
        "A person must approve the call of `{}` first ({}). Ask again once it is approved.",
        approval.tool, approval.id
    )
}

/// Whether an answer has taken what it may: steps, time, dollars.
fn is_spent(app: &App, context: &Context, steps: usize, took: Duration) -> bool {
    let bounds = &app.config.tools;
    let cost = context.recorder.with(|record| record.usage.cost_usd);
    steps > bounds.most_steps || took > Duration::from_secs(bounds.answer_seconds) || cost > bounds.answer_usd
}

/// Has the model answer a request, with the tools that it is told of.
///
/// # Errors
/// If no model answers, the client leaves, or the store fails.
pub(super) async fn answer_in_steps(
    app: &App,
    context: &Context,
    events: &Events,
    asked: &Asked,
    mut request: Request,
    scene: Scene<'_>,
) -> Result<Stepped, Error> {
    let passages = request.passages.clone();
    let mut speaker = Speaker::new(app, context, events, &passages);
    let mut runner = ToolRunner::new(app, context, events, asked, scene);
    let (mut report, mut results): (Option<Report>, Vec<String>) = (None, Vec::new());
    let (mut has_used_tools, mut awaits) = (false, None);
    let (mut steps, began) = (0, Instant::now());
    let last = loop {
        // What tools brought grounds an answer, as passages do; what the model itself said to one does not.
        let texts: Vec<&str> =
            scene.passages.iter().copied().chain(results.iter().map(String::as_str)).collect();
        let mut step =
            speaker.step(&asked.route, request.clone(), Scene { passages: &texts, ..scene }).await?;
        report = Some(match report.take() {
            Some(before) => before.and(step.report.clone()),
            None => step.report.clone(),
        });
        if step.calls.is_empty() || step.report.blocked().is_some() {
            break step;
        }
        steps += 1;
        if is_spent(app, context, steps, began.elapsed().saturating_sub(runner.waited())) {
            step.finish.cut_short = true;
            break step;
        }
        let (brought, is_new) = runner.make(&step.calls).await?;
        request.turns.push(providers::asked(&step.text, &step.calls));
        for (call, brought) in step.calls.iter().zip(brought) {
            request.turns.push(providers::brought(call, &brought.told));
            has_used_tools |= brought.ok;
            if brought.ok && brought.told.get("dry_run").is_none() {
                results.push(brought.told.to_string());
            }
            awaits = awaits.or(brought.waits);
        }
        if awaits.is_some() {
            break step;
        }
        // All of it was made before: asked again, the model would ask again.
        if !is_new {
            step.finish.cut_short = true;
            break step;
        }
    };
    let tool_calls = runner.calls;
    let called = |function: &&Function| tool_calls.iter().any(|call| call["name"] == function.name.as_str());
    context.keep_steps(request.turns, request.functions.iter().filter(called).map(Function::body));
    let report = report.unwrap_or_else(|| last.report.clone());
    let mut spoken = speaker.finish(last, report);
    if let Some(approval) = &awaits {
        let text = awaiting(approval);
        let text = if spoken.text.is_empty() { text } else { format!("\n\n{text}") };
        events.send("completion.delta", json!({"text": text})).await?;
        spoken.text.push_str(&text);
    }
    Ok(Stepped { spoken, tool_calls, has_used_tools, awaits })
}
