//! `/admin/v1/retention` and `/admin/v1/backups`: how long what calls leave is kept, and copies of the store.

use crate::act::Act;
use crate::app::App;
use crate::backups;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{CreateBackup, DeleteBackup, GetRetention, ListBackups, UpdateRetention};
use contract::wire::admin::{Backup, Retention};
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<GetRetention, _, _>(retention)
        .act::<UpdateRetention, _, _>(retain)
        .mount::<ListBackups, _, _>(list)
        .act::<CreateBackup, _, _>(create)
        .act::<DeleteBackup, _, _>(delete)
}

async fn retention(app: App, _call: Call<GetRetention>) -> Result<Out<Retention>, Error> {
    Ok(Out::Body(app.retention.shown()))
}

async fn retain(app: App, call: Call<UpdateRetention>) -> Result<Act<Out<Retention>>, Error> {
    Ok(app.retention.update(&call.input)?.map(Out::Body))
}

async fn list(app: App, _call: Call<ListBackups>) -> Result<Out<Page<Backup>>, Error> {
    Ok(Out::Body(Page::whole(backups::list(&app).await?)))
}

async fn create(app: App, _call: Call<CreateBackup>) -> Result<Act<Out<Backup>>, Error> {
    Ok(backups::create(&app).await?.map(Out::Body))
}

async fn delete(app: App, call: Call<DeleteBackup>) -> Result<Act<Out<()>>, Error> {
    Ok(backups::delete(&app, &call.input.backup_id).await?.map(Out::Body))
}
