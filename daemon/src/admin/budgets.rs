//! `/admin/v1/budgets`.

use super::{NOTHING, changed};
use crate::app::App;
use crate::error::Error;
use crate::gate::teams;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{CreateBudget, DeleteBudget, GetBudget, ListBudgets, UpdateBudget};
use contract::time::Time;
use contract::wire::admin::Budget;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListBudgets, _, _>(list)
        .mount::<CreateBudget, _, _>(create)
        .mount::<GetBudget, _, _>(get)
        .mount::<UpdateBudget, _, _>(update)
        .mount::<DeleteBudget, _, _>(delete)
}

async fn list(app: App, call: Call<ListBudgets>) -> Result<Out<Page<Budget>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let rows = app.books.budgets.list(&team, Time::now().0);
    Ok(Out::Body(Page::cut(rows, &call.input.page, |budget| budget.id.clone())))
}

async fn create(app: App, call: Call<CreateBudget>) -> Result<Out<Budget>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let budget = app.books.budgets.create(&team, call.input).await?;
    changed(&call.context, NOTHING, Some(&budget));
    Ok(Out::Body(budget))
}

async fn get(app: App, call: Call<GetBudget>) -> Result<Out<Budget>, Error> {
    let team = teams::reach(&call.context.caller);
    Ok(Out::Body(app.books.budgets.find(team, &call.input.budget_id, Time::now().0)?))
}

async fn update(app: App, call: Call<UpdateBudget>) -> Result<Out<Budget>, Error> {
    let team = teams::reach(&call.context.caller);
    let before = app.books.budgets.find(team, &call.input.budget_id, Time::now().0)?;
    let budget = app.books.budgets.update(team, call.input).await?;
    changed(&call.context, Some(&before), Some(&budget));
    Ok(Out::Body(budget))
}

async fn delete(app: App, call: Call<DeleteBudget>) -> Result<Out<()>, Error> {
    let team = teams::reach(&call.context.caller);
    let budget = app.books.budgets.delete(team, &call.input.budget_id).await?;
    changed(&call.context, Some(&budget), NOTHING);
    Ok(Out::Body(()))
}
