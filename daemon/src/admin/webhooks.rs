//! `/admin/v1/webhooks`.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::teams;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{CreateWebhook, DeleteWebhook, ListDeliveries, ListWebhooks, ResendDelivery};
use contract::wire::admin::{Delivery, Webhook};
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListWebhooks, _, _>(list)
        .act::<CreateWebhook, _, _>(create)
        .act::<DeleteWebhook, _, _>(delete)
        .mount::<ListDeliveries, _, _>(deliveries)
        .act::<ResendDelivery, _, _>(resend)
}

async fn list(app: App, call: Call<ListWebhooks>) -> Result<Out<Page<Webhook>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let rows = app.books.webhooks.list(&team).await?;
    Ok(Out::Body(Page::cut(rows, &call.input.page, |webhook| webhook.id.clone())))
}

async fn create(app: App, call: Call<CreateWebhook>) -> Result<Act<Out<Webhook>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    Ok(app.books.webhooks.create(&team, call.input)?.map(Out::Body))
}

async fn delete(app: App, call: Call<DeleteWebhook>) -> Result<Act<Out<()>>, Error> {
    let act = app.books.webhooks.delete(&call.context.caller.team, &call.input.webhook_id).await?;
    Ok(act.map(Out::Body))
}

async fn deliveries(app: App, call: Call<ListDeliveries>) -> Result<Out<Page<Delivery>>, Error> {
    let (team, input) = (&call.context.caller.team, &call.input);
    Ok(Out::Body(app.books.webhooks.deliveries(team, &input.webhook_id, &input.page).await?))
}

async fn resend(app: App, call: Call<ResendDelivery>) -> Result<Act<Out<Delivery>>, Error> {
    let (team, input) = (&call.context.caller.team, &call.input);
    let act = app.books.webhooks.resend(team, &input.webhook_id, &input.delivery_id).await?;
    Ok(act.map(Out::Body))
}
