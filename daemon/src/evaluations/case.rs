//! One case: asked on the same governed path as production, then scored.

use super::asker::{Asked, Asker, Question as Put};
use super::evaluators::{Answer, CitedPlace, Idf, Passage, Question, Score, ToolCall, evaluate, passes};
use super::preference::Other;
use crate::agents::Deployed;
use crate::app::App;
use crate::chat::Answered;
use crate::error::{Error, Kind};
use contract::money::Usd;
use contract::suite::{Case, SuiteDefinition};
use contract::wire::chat::{ChatStatus, Message};
use contract::wire::evaluations::CaseResult;
use std::collections::BTreeMap;

/// What the cases of a suite share.
pub(crate) struct Bench {
    pub(crate) asker: Asker,
    pub(crate) suite: SuiteDefinition,
    /// The answers of what is live, or why there are none, where the suite has them compared.
    pub(super) other: Option<Result<Other, String>>,
    idf: Idf,
}

impl Bench {
    /// A suite, and who asks it.
    pub(crate) fn new(asker: Asker, suite: SuiteDefinition) -> Self {
        let idf = Idf::of(suite.spec.cases.iter().map(|case| case.input.as_str()));
        Self { asker, suite, other: None, idf }
    }

    /// The same, with the answers of what is live to hold others against.
    pub(super) fn against(self, other: Option<Result<Other, String>>) -> Self {
        Self { other, ..self }
    }
}

/// Asks an agent a case and scores the answer. What goes wrong is part of the result, and counts against the agent.
///
/// # Errors
/// If the work can't go on: who began it may no longer make it, or its budget is spent.
pub(crate) async fn ask(
    app: &App,
    bench: &Bench,
    agent: &Deployed,
    case: &Case,
) -> Result<CaseResult, Error> {
    let user = bench.suite.user_of(case);
    let put = Put { user, case: Some(&case.id), mocks: &case.mocks, ..Put::plain(agent, &case.input) };
    let before = conversation(app, bench, case, &put).await?;
    let put = Put { before: &before.said, ..put };
    let Asked { trace_id, tokens, cost, result } = bench.asker.ask(app, &put).await?;
    let (tokens, cost) = (before.tokens + tokens, before.cost + cost);
    let result = match result {
        Ok(answered) => score(bench, case, Some(answered)),
        // What a rail stops is not answered: a refusal.
        Err(error) if error.code == "content_filter" => score(bench, case, None),
        Err(error) => failed(bench, case, &error),
    };
    let as_user = user.map(str::to_owned);
    Ok(CaseResult { as_user, trace_id: Some(trace_id), tokens, cost_usd: cost, ..result })
}

/// What was said before a case's own question.
struct Before {
    said: Vec<Message>,
    tokens: u64,
    cost: Usd,
}

/// The turns before a case's question: as they are written, or as the agent answers them. One that it doesn't answer stays
/// without an answer.
async fn conversation(app: &App, bench: &Bench, case: &Case, put: &Put<'_>) -> Result<Before, Error> {
    let mut before = Before { said: Vec::new(), tokens: 0, cost: Usd::ZERO };
    for turn in &case.turns {
        let answer = match &turn.assistant {
            Some(answer) => answer.clone(),
            None => {
                let turn = Put { text: &turn.user, before: &before.said, ..*put };
                let Asked { tokens, cost, result, .. } = bench.asker.ask(app, &turn).await?;
                before.tokens += tokens;
                before.cost += cost;
                result.map(|answered| answered.answer.answer).unwrap_or_default()
            }
        };
        before.said.push(Message::new("user", turn.user.as_str()));
        before.said.push(Message::new("assistant", answer.as_str()));
    }
    Ok(before)
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
        judge: None,
        judges: BTreeMap::new(),
        preference: None,
        repeats: None,
        answer: recorded.text.clone(),
        refused: answer.is_none_or(|answer| answer.refused),
        citations: answer.map(|answer| answer.citations.clone()).unwrap_or_default(),
        tool_calls: answered.as_ref().map(|answered| answered.tool_calls.clone()).unwrap_or_default(),
        as_user: None,
        trace_id: None,
        latency_ms: recorded.latency_ms.unwrap_or_default(),
        tokens: 0,
        cost_usd: Usd::ZERO,
        cached_from: None,
        error: Some(errors.join("; ")).filter(|errors| !errors.is_empty()),
    }
}

fn value(score: &Score) -> Option<f64> {
    match score {
        Score::Value(value) => Some(*value),
        _ => None,
    }
}

/// An answer as the evaluators read it; without one, a refusal.
pub(super) fn recorded(answered: Option<&Answered>) -> Answer {
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
    tracing::warn!(work = bench.asker.work(), case = case.id, %error, "case ended in an error");
    CaseResult {
        case_id: case.id.clone(),
        passed: false,
        scores: BTreeMap::new(),
        judge: None,
        judges: BTreeMap::new(),
        preference: None,
        repeats: None,
        answer: String::new(),
        refused: false,
        citations: Vec::new(),
        tool_calls: Vec::new(),
        as_user: None,
        trace_id: None,
        latency_ms: 0.0,
        tokens: 0,
        cost_usd: Usd::ZERO,
        cached_from: None,
        error: Some(told(error)),
    }
}

/// An error, as a run shows it.
pub(crate) fn told(error: &Error) -> String {
    match error.kind {
        Kind::Internal => "internal error; the daemon's log says what".to_owned(),
        _ => error.message.clone(),
    }
}
