//! The analytics endpoints: traces and the audit log.

use crate::app::App;
use crate::audit;
use crate::error::{Error, Kind};
use crate::http::mount::{Api, Call, Out};
use crate::trace;
use contract::catalogue::{GetTrace, ListAudit};
use contract::wire::analytics::{AuditPage, Trace};

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<GetTrace, _, _>(get_trace).mount::<ListAudit, _, _>(list_audit)
}

async fn get_trace(app: App, call: Call<GetTrace>) -> Result<Out<Trace>, Error> {
    let id = &call.input.trace_id;
    let found = trace::sql::find(&app.db, &call.context.caller, id).await?;
    found.map(Out::Body).ok_or_else(|| Error::not_found("trace", id))
}

async fn list_audit(app: App, call: Call<ListAudit>) -> Result<Out<AuditPage>, Error> {
    let page = audit::list(&app.db, &call.context.caller, &call.input).await?;
    let chain = match call.input.verify {
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
