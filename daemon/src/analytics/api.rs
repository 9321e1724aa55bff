//! The analytics endpoints: usage, traces and the audit log.

use super::usage;
use crate::app::App;
use crate::audit;
use crate::error::{Error, Kind};
use crate::http::mount::{Api, Call, Content, Out, Written};
use crate::{flywheel, trace};
use contract::catalogue::{GetTrace, GetUsage, ListAudit};
use contract::wire::analytics::{AuditPage, Trace};
use contract::wire::page::Page;
use contract::wire::usage::{Format, UsageRow};

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<GetUsage, _, _>(get_usage)
        .mount::<GetTrace, _, _>(get_trace)
        .mount::<ListAudit, _, _>(list_audit)
}

async fn get_usage(app: App, call: Call<GetUsage>) -> Result<Out<Page<UsageRow>>, Error> {
    let rows = usage::usage(&app, &call.context.caller, &call.input).await?;
    Ok(match call.input.format {
        Format::Json => Out::Body(Page::whole(rows)),
        Format::Csv => Out::Written(Written {
            headers: vec![("content-type", "text/csv; charset=utf-8".into())],
            content: Content::Text(usage::csv(&rows).into_bytes()),
        }),
    })
}

async fn get_trace(app: App, call: Call<GetTrace>) -> Result<Out<Trace>, Error> {
    let id = &call.input.trace_id;
    let found = trace::sql::find(&app.db, &call.context.caller, id).await?;
    let trace = found.ok_or_else(|| Error::not_found("trace", id))?;
    let feedback = flywheel::feedback_on(&app.db, &trace.team, id).await?;
    Ok(Out::Body(Trace { feedback, ..trace }))
}

async fn list_audit(app: App, call: Call<ListAudit>) -> Result<Out<AuditPage>, Error> {
    let verifies = call.input.verify;
    let page = audit::list(&app.db, &call.context.caller, call.input).await?;
    let chain = match verifies {
        true if call.context.caller.sees_others() => Some(audit::verify(&app.db, &app.books.ledger).await?),
        true => {
            return Err(Error::new(
                Kind::Forbidden,
                "not_permitted",
                "Only operators and auditors verify the chain.",
            ));
        }
        false => None,
    };
    Ok(Out::Body(AuditPage { page, chain }))
}
