//! `/admin/v1/operators`.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::{operators, teams};
use crate::http::mount::{Api, Call, Out};
use contract::admin::{CreateOperator, ListOperators, RevokeOperator};
use contract::wire::admin::Operator;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListOperators, _, _>(list)
        .act::<CreateOperator, _, _>(create)
        .act::<RevokeOperator, _, _>(revoke)
}

async fn list(app: App, call: Call<ListOperators>) -> Result<Out<Page<Operator>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let rows = operators::list(&app.db, &team).await?;
    Ok(Out::Body(Page::cut(rows, &call.input.page, |operator| operator.id.clone())))
}

async fn create(app: App, call: Call<CreateOperator>) -> Result<Act<Out<Operator>>, Error> {
    let caller = &call.context.caller;
    let team = teams::chosen(&app.db, caller, call.input.team.as_deref()).await?;
    Ok(operators::create(&app.pepper, caller, &team, call.input)?.map(Out::Body))
}

async fn revoke(app: App, call: Call<RevokeOperator>) -> Result<Act<Out<()>>, Error> {
    let act = operators::revoke(&app.db, &call.context.caller, &call.input.operator_id).await?;
    Ok(act.map(Out::Body).then(move || app.known_keys.forget()))
}
