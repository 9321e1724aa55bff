//! `POST /chat/completions`, `/responses` and `/embeddings`.

use super::{agent, chat, embeddings, responses};
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::catalogue::{ChatCompletions, Embeddings, Responses};
use contract::wire::Object;
use serde_json::{Map, Value};

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<ChatCompletions, _, _>(complete)
        .mount::<Responses, _, _>(respond)
        .mount::<Embeddings, _, _>(embed)
}

async fn complete(app: App, call: Call<ChatCompletions>) -> Result<Out<Object>, Error> {
    let request = chat::Request::read(call.input)?;
    let written = match agent::named(&app, &call.context, &request.model) {
        Some(agent) => agent::complete(&app, call.context, agent, request).await?,
        None => chat::complete(&app, call.context, request).await?,
    };
    Ok(Out::Written(written))
}

async fn respond(app: App, call: Call<Responses>) -> Result<Out<Object>, Error> {
    responses::respond(&app, call.context, call.input).await.map(Out::Written)
}

async fn embed(app: App, call: Call<Embeddings>) -> Result<Out<Object>, Error> {
    embeddings::embed(&app, &call.context, call.input).await.map(Out::Written)
}

/// A text that a request must have.
pub(super) fn required(body: &Map<String, Value>, name: &'static str) -> Result<String, Error> {
    match body.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        _ => Err(Error::invalid(name, format!("`{name}` is missing: it is a text."))),
    }
}

/// A flag that a request may have.
pub(super) fn flag(body: &Map<String, Value>, name: &'static str) -> Result<bool, Error> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Error::invalid(name, format!("`{name}` is true or false."))),
    }
}
