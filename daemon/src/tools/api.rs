//! `/tools`: what the caller may run, and its calls.

use super::{Ended, ToolCall, run};
use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::catalogue::{InvokeTool, ListTools};
use contract::id;
use contract::wire::page::Page;
use contract::wire::tools::{InvokedTool, Tool};

/// Where an agent is looked up on whose behalf a caller calls.
const ENVIRONMENT: &str = "prod";

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<ListTools, _, _>(list).act::<InvokeTool, _, _>(invoke)
}

async fn list(app: App, call: Call<ListTools>) -> Result<Out<Page<Tool>>, Error> {
    let tools = app.tools.shown_to(&app, &call.context.caller, None, ENVIRONMENT);
    Ok(Out::Body(Page::cut(tools, &call.input, |tool| tool.name.clone())))
}

async fn invoke(app: App, call: Call<InvokeTool>) -> Result<Act<Out<InvokedTool>>, Error> {
    let (context, input) = (&call.context, call.input);
    let agent = match &input.agent {
        None => None,
        Some(agent) => {
            let live = agents::live(&app.db, &context.caller, agent, ENVIRONMENT).await?;
            context.recorder.request("agent", agent.as_str());
            Some(live.definition)
        }
    };
    let call_id = id::new("call");
    let asked = ToolCall {
        call_id: &call_id,
        tool: &input.tool_name,
        arguments: input.arguments,
        agent: agent.as_deref(),
        environment: ENVIRONMENT,
        dry_run: input.dry_run,
    };
    let outcome = run(&app, context, asked).await?;
    let mut invoked = InvokedTool {
        object: "tool.result".into(),
        call_id: call_id.clone(),
        tool: input.tool_name.clone(),
        ok: false,
        result: None,
        error: None,
        policy: outcome.verdict,
        approval_id: None,
        expires_at: None,
        latency_ms: outcome.latency_ms,
        trace_id: context.trace_id(),
    };
    let webhooks = app.books.webhooks.clone();
    Ok(match outcome.ended {
        Ended::Refused(error) => return Err(error),
        Ended::Done(result, statements) => {
            (invoked.ok, invoked.result) = (true, Some(result));
            // What stores nothing here has done its work elsewhere: it must not be done again.
            let is_elsewhere = statements.is_empty();
            let act = Act::new(Out::Body(invoked), statements).then(move || webhooks.wake());
            if is_elsewhere { act.happened() } else { act }
        }
        Ended::Failed(error) => {
            invoked.error = Some(error);
            Act::new(Out::Body(invoked), Vec::new()).happened()
        }
        Ended::Waits(approval) => {
            invoked.error =
                Some("A person must approve this call. Make it again once it is approved.".into());
            (invoked.approval_id, invoked.expires_at) = (Some(approval.id), Some(approval.expires_at));
            Act::new(Out::Status(202, invoked), Vec::new())
        }
    })
}
