//! `/admin/v1/budgets`.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::teams;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{CreateBudget, DeleteBudget, GetBudget, ListBudgets, UpdateBudget};
use contract::wire::admin::Budget;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListBudgets, _, _>(list)
        .act::<CreateBudget, _, _>(create)
        .mount::<GetBudget, _, _>(get)
        .act::<UpdateBudget, _, _>(update)
        .act::<DeleteBudget, _, _>(delete)
}

async fn list(app: App, call: Call<ListBudgets>) -> Result<Out<Page<Budget>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let rows = app.books.budgets.list(&team, app.books.clock.now().0);
    Ok(Out::Body(Page::cut(rows, &call.input.page, |budget| budget.id.clone())))
}

async fn create(app: App, call: Call<CreateBudget>) -> Result<Act<Out<Budget>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let now = app.books.clock.now().0;
    Ok(app.books.budgets.create(&team, call.input, now).await?.map(Out::Body))
}

async fn get(app: App, call: Call<GetBudget>) -> Result<Out<Budget>, Error> {
    let team = teams::reach(&call.context.caller);
    Ok(Out::Body(app.books.budgets.find(team, &call.input.budget_id, app.books.clock.now().0)?))
}

async fn update(app: App, call: Call<UpdateBudget>) -> Result<Act<Out<Budget>>, Error> {
    let (team, now) = (teams::reach(&call.context.caller), app.books.clock.now().0);
    Ok(app.books.budgets.update(team, call.input, now)?.map(Out::Body))
}

async fn delete(app: App, call: Call<DeleteBudget>) -> Result<Act<Out<()>>, Error> {
    let (team, now) = (teams::reach(&call.context.caller), app.books.clock.now().0);
    Ok(app.books.budgets.delete(team, &call.input.budget_id, now)?.map(Out::Body))
}
