//! Tools in an answer: calls that the model asks for, each governed as any caller's, told to the client as they go.

use super::Asked;
use super::events::Events;
use crate::act::Act;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::guardrails::{Phase, Scene};
use crate::providers::FunctionCall;
use crate::tools::{self, Ended, Outcome, ToolCall};
use contract::wire::Object;
use contract::wire::admin::Approval;
use contract::wire::chat::ToolResult;
use futures::future::try_join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What came of a call.
pub(super) struct CallResult {
    /// What the model is told.
    pub(super) told: Value,
    pub(super) ok: bool,
    /// The approval that the answer can't wait for.
    pub(super) waits: Option<Box<Approval>>,
}

impl CallResult {
    fn failed(why: &str) -> Self {
        Self { told: json!({"error": why}), ok: false, waits: None }
    }
}

/// The tools of one answer.
pub(super) struct ToolRunner<'a> {
    app: &'a App,
    context: &'a Context,
    events: &'a Events,
    asked: &'a Asked,
    /// What the rails know that look at arguments.
    scene: Scene<'a>,
    /// The calls that were made, by name and arguments.
    made: BTreeSet<String>,
    /// The same, for who looks at the answer later.
    pub(super) calls: Vec<Value>,
    /// Milliseconds that calls waited for people.
    waited: AtomicU64,
}

impl<'a> ToolRunner<'a> {
    pub(super) fn new(
        app: &'a App,
        context: &'a Context,
        events: &'a Events,
        asked: &'a Asked,
        scene: Scene<'a>,
    ) -> Self {
        Self {
            app,
            context,
            events,
            asked,
            scene,
            made: BTreeSet::new(),
            calls: Vec::new(),
            waited: AtomicU64::new(0),
        }
    }

    /// How long calls waited for people.
    pub(super) fn waited(&self) -> Duration {
        Duration::from_millis(self.waited.load(Ordering::Relaxed))
    }

    /// Makes calls that the model asks for together, at the same time; one that was made before in this answer is not made
    /// again. What each brought, in order, and whether one was new.
    ///
    /// # Errors
    /// If the client leaves, or the store fails.
    pub(super) async fn make(&mut self, calls: &[FunctionCall]) -> Result<(Vec<CallResult>, bool), Error> {
        let is_new = |call: &FunctionCall| {
            let exact = json!([call.name, call.arguments()]).to_string();
            self.made.insert(exact)
        };
        let new: Vec<bool> = calls.iter().map(is_new).collect();
        self.calls.extend(
            calls
                .iter()
                .map(|call| json!({"name": call.name, "arguments": call.arguments().unwrap_or_default()})),
        );
        let this = &*self;
        let making = calls.iter().zip(&new).map(|(call, is_new)| this.one(call, *is_new));
        let brought = try_join_all(making).await?;
        Ok((brought, new.contains(&true)))
    }

    async fn one(&self, call: &FunctionCall, is_new: bool) -> Result<CallResult, Error> {
        if !is_new {
            return Ok(CallResult::failed("you made this very call before, and it brings the same"));
        }
        let Some(arguments) = call.arguments() else {
            return Ok(CallResult::failed("the arguments are no JSON object"));
        };
        // Arguments are what the model says, as its answer is.
        let text = Value::Object(arguments.clone()).to_string();
        let report = self.app.rails.check(Phase::Output, &text, &self.scene);
        if let Some(rail) = report.blocked() {
            let noted = json!({"call_id": call.id, "ok": false, "rule": format!("rail:{}", rail.name)});
            self.context.recorder.tool(format!("a call blocked by rail:{}", rail.name), noted);
            return Ok(CallResult::failed(&format!("the rail `{}` stopped the arguments", rail.name)));
        }
        let shown: Object = serde_json::from_str(&report.text).unwrap_or_default();
        let shown = json!({"call_id": call.id, "tool": call.name, "arguments": shown});
        self.events.send("tool.call", shown).await?;
        let mut outcome = self.run(call, arguments.clone()).await?;
        if let Ended::Waits(approval) = &outcome.ended {
            let told = json!({
                "call_id": call.id, "approval_id": approval.id, "expires_at": approval.expires_at,
            });
            self.events.send("approval.required", told).await?;
            if self.asked.waits_for_approval {
                let began = Instant::now();
                tokio::select! {
                    waited = self.app.tools.approvals.wait(self.app, &approval.id) => waited?,
                    ended = self.events.ended() => return Err(ended),
                }
                let waited = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                self.waited.fetch_add(waited, Ordering::Relaxed);
                outcome = self.run(call, arguments).await?;
            }
        }
        self.tell(call, outcome).await
    }

    async fn run(&self, call: &FunctionCall, arguments: Object) -> Result<Outcome, Error> {
        let mock = self.asked.mocks.get(&call.name);
        let wanted = ToolCall {
            call_id: &call.id,
            tool: &call.name,
            arguments,
            agent: Some(&self.asked.agent.definition),
            environment: &self.asked.environment,
            dry_run: self.asked.is_trial
                && (mock.is_some() || !self.app.tools.is_harmless(&self.context.caller.team, &call.name)),
        };
        let mut outcome = tokio::select! {
            outcome = tools::run(self.app, self.context, wanted) => outcome,
            ended = self.events.ended() => Err(ended),
        }?;
        // Whatever governs the call let it through: it brings what the case says.
        if let (Some(mock), Ended::Done(..)) = (mock, &outcome.ended) {
            outcome.ended = match self.app.tools.seen(self.app, mock.clone()) {
                Ok(result) => Ended::Done(result, Vec::new()),
                Err(error) => Ended::Failed(error),
            };
        }
        Ok(outcome)
    }

    /// Tells the client what came of a call, once it is stored.
    async fn tell(&self, call: &FunctionCall, outcome: Outcome) -> Result<CallResult, Error> {
        let rule = format!("{} by {}", outcome.verdict.action.as_str(), outcome.verdict.rule);
        let (brought, summary) = match outcome.ended {
            Ended::Done(result, statements) => {
                if !statements.is_empty() {
                    let webhooks = self.app.books.webhooks.clone();
                    Act::new((), statements).then(move || webhooks.wake()).store(&self.app.db).await?;
                }
                (CallResult { told: result, ok: true, waits: None }, rule)
            }
            Ended::Failed(error) => (CallResult::failed(&error), error),
            Ended::Refused(error) => (CallResult::failed(&error.message), error.message),
            Ended::Waits(approval) => {
                let why = "a person must approve this call first";
                (CallResult { waits: Some(approval), ..CallResult::failed(why) }, why.to_owned())
            }
        };
        let result = ToolResult {
            trace_id: self.context.trace_id(),
            call_id: call.id.clone(),
            tool: call.name.clone(),
            ok: brought.ok,
            summary,
            results: brought.ok.then(|| brought.told.clone()),
            filtered_for: self.context.caller.user.clone(),
            latency_ms: outcome.latency_ms,
        };
        self.events.send("tool.result", result).await?;
        Ok(brought)
    }
}
