//! `GET /models`: the tiers and the models that the caller's key may use.

use crate::app::App;
use crate::completions;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::catalogue::{GetModel, ListModels};
use contract::wire::models::Model;
use contract::wire::page::Page;

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<ListModels, _, _>(list).mount::<GetModel, _, _>(get)
}

/// All on one page, as OpenAI's clients ask for no second one.
async fn list(app: App, call: Call<ListModels>) -> Result<Out<Page<Model>>, Error> {
    Ok(Out::Body(Page::whole(completions::models(&app, &call.context.caller))))
}

async fn get(app: App, call: Call<GetModel>) -> Result<Out<Model>, Error> {
    let id = &call.input.model_id;
    let model = completions::models(&app, &call.context.caller).into_iter().find(|model| model.id == *id);
    model.map(Out::Body).ok_or_else(|| Error::not_found("model", id))
}
