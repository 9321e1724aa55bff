//! `GET /models`: the tiers, and what they route to.

use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::catalogue::{GetModel, ListModels};
use contract::wire::models::Model;
use contract::wire::page::Page;

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<ListModels, _, _>(list).mount::<GetModel, _, _>(get)
}

async fn list(app: App, _: Call<ListModels>) -> Result<Out<Page<Model>>, Error> {
    Ok(Out::Body(Page::whole(app.providers.models())))
}

async fn get(app: App, call: Call<GetModel>) -> Result<Out<Model>, Error> {
    let id = &call.input.model_id;
    let model = app.providers.models().into_iter().find(|model| model.id == *id);
    model.map(Out::Body).ok_or_else(|| Error::not_found("model", id))
}
