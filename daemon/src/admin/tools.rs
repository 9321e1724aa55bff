//! `/admin/v1/policies/tools`, `/admin/v1/approvals` and `/admin/v1/tickets`: what governs tools, the calls that people decide
//! on, and what was handed over to them.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::teams;
use crate::http::mount::{Api, Call, Out};
use crate::tools::approvals::Approvals;
use crate::tools::tickets;
use contract::admin::{ApproveToolCall, DenyToolCall, GetToolPolicy, ListApprovals, ListTickets};
use contract::wire::admin::{Approval, ApprovalStatus, ToolPolicy};
use contract::wire::page::Page;
use contract::wire::tools::Ticket;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<GetToolPolicy, _, _>(policy)
        .mount::<ListApprovals, _, _>(list)
        .act::<ApproveToolCall, _, _>(approve)
        .act::<DenyToolCall, _, _>(deny)
        .mount::<ListTickets, _, _>(list_tickets)
}

async fn policy(app: App, _: Call<GetToolPolicy>) -> Result<Out<ToolPolicy>, Error> {
    Ok(Out::Body(app.tools.shown_policy()))
}

async fn list(app: App, call: Call<ListApprovals>) -> Result<Out<Page<Approval>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    Ok(Out::Body(Approvals::list(&app, &team, &call.input).await?))
}

async fn approve(app: App, call: Call<ApproveToolCall>) -> Result<Act<Out<Approval>>, Error> {
    let (caller, input) = (&call.context.caller, &call.input);
    let (team, by, reason) = (teams::reach(caller), caller.name(), input.reason.as_deref());
    let act =
        Approvals::decide(&app, team, &input.approval_id, ApprovalStatus::Approved, &by, reason).await?;
    Ok(act.map(Out::Body))
}

async fn deny(app: App, call: Call<DenyToolCall>) -> Result<Act<Out<Approval>>, Error> {
    let (caller, input) = (&call.context.caller, &call.input);
    if input.reason.trim().is_empty() {
        return Err(Error::invalid("reason", "Say why: who asked is told."));
    }
    let (team, by, reason) = (teams::reach(caller), caller.name(), Some(input.reason.as_str()));
    let act = Approvals::decide(&app, team, &input.approval_id, ApprovalStatus::Denied, &by, reason).await?;
    Ok(act.map(Out::Body))
}

async fn list_tickets(app: App, call: Call<ListTickets>) -> Result<Out<Page<Ticket>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    Ok(Out::Body(tickets(&app.db, &team, &call.input.page).await?))
}
