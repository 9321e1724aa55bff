//! One case: asked on the same governed path as production, then scored.

use super::admission;
use super::engine::Bench;
use super::evaluators::{Answer, CitedPlace, Passage, Question, Score, ToolCall, evaluate, passes};
use crate::app::App;
use crate::call::{Context, Ending};
use crate::chat::{self, Answered};
use crate::error::{Error, Kind};
use crate::gate::admit;
use crate::http::reply;
use contract::money::Usd;
use contract::suite::Case;
use contract::wire::chat::{ChatStatus, Message};
use contract::wire::evaluations::CaseResult;
use std::collections::BTreeMap;
use tokio::sync::mpsc;

/// Events that wait to be let go: nobody reads a case's events.
const EVENTS: usize = 64;

/// How often a case is asked whose tokens didn't fit into the key's minute.
const MOST_TRIES: usize = 60;

/// Asks a case and scores the answer. What goes wrong is part of the result, and counts against the run.
///
/// # Errors
/// If the run can't go on: who began it may no longer make it, or has nothing left to pay for it with.
pub(super) async fn ask(app: &App, bench: &Bench, case: &Case) -> Result<CaseResult, Error> {
    let user = bench.suite.user_of(case);
    let mut tries = 1;
    let (context, error) = loop {
        let context = acting(app, bench, case, admission::admit(app, bench).await?).await;
        let (context, result) = match context {
            Ok(context) => {
                let result = answer(app, bench, case, &context).await;
                (context, result)
            }
            Err((context, error)) => (context, Err(error)),
        };
        let error = match result {
            Ok(answered) => return Ok(asked(user, &context, score(bench, case, answered))),
            Err(error) => error,
        };
        let label = match error.code {
            "content_filter" => "blocked",
            _ => "failed",
        };
        let settled = context.settle(Ending { status: reply::status(error.kind), label }).await;
        let error = settled.err().unwrap_or(error);
        match (error.kind, error.retry_after) {
            (Kind::RateLimited, Some(seconds)) if tries < MOST_TRIES => {
                // Its place among the calls at the same time is not for waiting.
                drop(context);
                admission::wait(app, bench, seconds).await;
                tries += 1;
            }
            (Kind::QuotaSpent, _) => return Err(error),
            _ => break (context, error),
        }
    };
    // What a rail stops is not answered: a refusal.
    let result = match error.code {
        "content_filter" => score(bench, case, None),
        _ => failed(bench, case, &error),
    };
    Ok(asked(user, &context, result))
}

fn asked(user: Option<&str>, context: &Context, result: CaseResult) -> CaseResult {
    CaseResult { as_user: user.map(str::to_owned), trace_id: Some(context.trace_id()), ..result }
}

/// The call of a case, acting for the user whom its suite names.
async fn acting(
    app: &App,
    bench: &Bench,
    case: &Case,
    context: Context,
) -> Result<Context, (Context, Error)> {
    context.recorder.request("run", bench.run.id.clone());
    context.recorder.request("case", case.id.clone());
    let Some(user) = bench.suite.user_of(case) else { return Ok(context) };
    match admit::act_in_chat(app, &context.caller, user).await {
        Ok(caller) => Ok(context.acting(caller)),
        Err(error) => Err((context, error)),
    }
}

async fn answer(app: &App, bench: &Bench, case: &Case, context: &Context) -> Result<Option<Answered>, Error> {
    app.books.check_open()?;
    let messages = vec![Message::new("user", &*case.input)];
    let asked = chat::prepare_version(app, context, bench.agent.clone(), messages)?;
    let (sender, mut receiver) = mpsc::channel(EVENTS);
    let events = chat::Events::new(sender, context.trace_id(), app.work.cut_off.clone());
    let run = async {
        let result = chat::run(app, context, asked, &events).await;
        drop(events);
        result
    };
    let (result, ()) = tokio::join!(run, async { while receiver.recv().await.is_some() {} });
    result.map(Some)
}

fn score(bench: &Bench, case: &Case, answered: Option<Answered>) -> CaseResult {
    let question = Question {
        case,
        thresholds: bench.suite.thresholds_of(case),
        budget: bench.suite.budget_of(case),
        idf: &bench.idf,
    };
    let recorded = recorded(answered.as_ref());
    let scores = evaluate(&question, &recorded);
    let passed = passes(&question.thresholds, &scores);
    let errors = scores.iter().filter_map(|(name, score)| match score {
        Score::Error(message) => Some(format!("{name}: {message}")),
        _ => None,
    });
    let errors: Vec<String> = errors.collect();
    let answer = answered.as_ref().map(|answered| &answered.answer);
    CaseResult {
        case_id: case.id.clone(),
        passed,
        scores: scores.iter().map(|(name, score)| ((*name).to_owned(), value(score))).collect(),
        answer: recorded.text.clone(),
        refused: answer.is_none_or(|answer| answer.refused),
        citations: answer.map(|answer| answer.citations.clone()).unwrap_or_default(),
        tool_calls: answered.as_ref().map(|answered| answered.tool_calls.clone()).unwrap_or_default(),
        as_user: None,
        trace_id: None,
        latency_ms: recorded.latency_ms.unwrap_or_default(),
        tokens: answer.map_or(0, |answer| answer.usage.tokens),
        cost_usd: answer.map_or(Usd::ZERO, |answer| answer.usage.cost_usd),
        error: Some(errors.join("; ")).filter(|errors| !errors.is_empty()),
    }
}

fn value(score: &Score) -> Option<f64> {
    match score {
        Score::Value(value) => Some(*value),
        _ => None,
    }
}

fn recorded(answered: Option<&Answered>) -> Answer {
    let Some(answered) = answered else {
        return Answer { refused: Some(true), ..Answer::default() };
    };
    let answer = &answered.answer;
    let call = |call: &serde_json::Value| ToolCall {
        name: call["name"].as_str().unwrap_or_default().to_owned(),
        arguments: call["arguments"].clone(),
    };
    Answer {
        text: answer.answer.clone(),
        refused: Some(answer.refused),
        citations: answer
            .citations
            .iter()
            .map(|citation| CitedPlace {
                index: citation.index,
                doc_id: citation.doc_id.clone(),
                section: citation.section.clone(),
                quote: citation.quote.clone(),
            })
            .collect(),
        tool_calls: answered.tool_calls.iter().map(call).collect(),
        passages: answered
            .passages
            .iter()
            .map(|passage| Passage {
                doc_id: passage.doc_id.clone(),
                section: passage.section.clone().unwrap_or_default(),
                text: passage.text.clone(),
            })
            .collect(),
        latency_ms: Some(answer.usage.latency_ms),
        cost_usd: Some(answer.usage.cost_usd.dollars()),
        blocked_by_rail: answer.status == ChatStatus::Blocked,
    }
}

fn failed(bench: &Bench, case: &Case, error: &Error) -> CaseResult {
    tracing::warn!(run = bench.run.id, case = case.id, %error, "case ended in an error");
    CaseResult {
        case_id: case.id.clone(),
        passed: false,
        scores: BTreeMap::new(),
        answer: String::new(),
        refused: false,
        citations: Vec::new(),
        tool_calls: Vec::new(),
        as_user: None,
        trace_id: None,
        latency_ms: 0.0,
        tokens: 0,
        cost_usd: Usd::ZERO,
        error: Some(told(error)),
    }
}

/// An error, as a run shows it.
pub(super) fn told(error: &Error) -> String {
    match error.kind {
        Kind::Internal => "internal error; the daemon's log says what".to_owned(),
        _ => error.message.clone(),
    }
}
