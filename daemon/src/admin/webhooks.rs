//! `/admin/v1/webhooks`.

use super::{NOTHING, changed};
use crate::app::App;
use crate::error::Error;
use crate::gate::teams;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{CreateWebhook, DeleteWebhook, ListDeliveries, ListWebhooks, ResendDelivery};
use contract::wire::admin::{Delivery, Webhook};
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListWebhooks, _, _>(list)
        .mount::<CreateWebhook, _, _>(create)
        .mount::<DeleteWebhook, _, _>(delete)
        .mount::<ListDeliveries, _, _>(deliveries)
        .mount::<ResendDelivery, _, _>(resend)
}

async fn list(app: App, call: Call<ListWebhooks>) -> Result<Out<Page<Webhook>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let rows = app.books.webhooks.list(&team).await?;
    Ok(Out::Body(Page::cut(rows, &call.input.page, |webhook| webhook.id.clone())))
}

async fn create(app: App, call: Call<CreateWebhook>) -> Result<Out<Webhook>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let webhook = app.books.webhooks.create(&team, call.input).await?;
    changed(&call.context, NOTHING, Some(&webhook));
    Ok(Out::Body(webhook))
}

async fn delete(app: App, call: Call<DeleteWebhook>) -> Result<Out<()>, Error> {
    let webhook = app.books.webhooks.delete(&call.context.caller.team, &call.input.webhook_id).await?;
    changed(&call.context, Some(&webhook), NOTHING);
    Ok(Out::Body(()))
}

async fn deliveries(app: App, call: Call<ListDeliveries>) -> Result<Out<Page<Delivery>>, Error> {
    let (team, input) = (&call.context.caller.team, &call.input);
    Ok(Out::Body(app.books.webhooks.deliveries(team, &input.webhook_id, &input.page).await?))
}

async fn resend(app: App, call: Call<ResendDelivery>) -> Result<Out<Delivery>, Error> {
    let (team, input) = (&call.context.caller.team, &call.input);
    Ok(Out::Body(app.books.webhooks.resend(team, &input.webhook_id, &input.delivery_id).await?))
}
