//! The knowledge endpoints.

use super::{MAX_TOP_K, Mode, Wanted, files};
use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::guardrails::Redactor;
use crate::http::mount::{Api, Call, Out};
use crate::knowledge;
use contract::catalogue::{AddDocument, DeleteDocument, GetDocument, ListDocuments, Search};
use contract::wire::knowledge::{Document, DocumentDetail, SearchAnswer, SearchRequest};
use contract::wire::page::Page;
use futures::{FutureExt, TryFutureExt};
use serde_json::Map;

/// Most collections of one search.
const MOST_COLLECTIONS: usize = 100;

/// Most metadata filters of one search.
const MOST_FILTERS: usize = 16;

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<Search, _, _>(search)
        .act::<AddDocument, _, _>(add)
        .mount::<ListDocuments, _, _>(list)
        .mount::<GetDocument, _, _>(get)
        .act::<DeleteDocument, _, _>(delete)
}

async fn search(app: App, call: Call<Search>) -> Result<Out<SearchAnswer>, Error> {
    let input = &call.input;
    let mode = check(input)?;
    let (collections, top_k) = (input.collections.as_deref(), input.top_k.unwrap_or(10));
    let wanted = Wanted { query: &input.query, collections, filters: input.filters.as_ref(), top_k, mode };
    let mut found = knowledge::retrieve(&app, &call.context, &wanted).await?;
    let query = Redactor::default().redact(&input.query);
    found.log(&call.context.recorder, &query, &vec![true; found.passages.len()], Map::new());
    knowledge::highlight(&mut found);
    let (mode, trace_id) = (found.mode.as_str().into(), call.context.trace_id());
    Ok(Out::Body(SearchAnswer { object: "list".into(), data: found.passages, mode, trace_id }))
}

fn check(input: &SearchRequest) -> Result<Mode, Error> {
    let wrong = |param, message: String| Err(Error::invalid(param, message));
    if input.top_k.is_some_and(|top_k| !(1..=MAX_TOP_K).contains(&top_k)) {
        return wrong("top_k", format!("Ask for 1 to {MAX_TOP_K} passages."));
    }
    if input.collections.as_ref().is_some_and(|list| list.len() > MOST_COLLECTIONS) {
        return wrong("collections", format!("Name {MOST_COLLECTIONS} collections at most."));
    }
    if input.filters.as_ref().is_some_and(|filters| filters.len() > MOST_FILTERS) {
        return wrong("filters", format!("Give {MOST_FILTERS} filters at most."));
    }
    let Some(name) = input.mode.as_deref() else { return Ok(Mode::default()) };
    Mode::parse(name).ok_or_else(|| Error::invalid("mode", "The mode is `hybrid`, `lexical` or `dense`."))
}

async fn add(app: App, call: Call<AddDocument>) -> Result<Act<Out<Document>>, Error> {
    let (context, request) = (call.context, call.input);
    let act = match &context.upload {
        Some(upload) => files::add(&app, &context.caller, request, upload).await?,
        None => files::add_text(&app, &context.caller, request).await?,
    };
    if act.answer.status != "queued" {
        return Ok(act.map(Out::Body));
    }
    let wait = context.wait.unwrap_or_default();
    let read = files::read(&app, &context.caller.team, act.answer.clone(), wait);
    let told = read.map_ok(|document| (if document.status == "queued" { 202 } else { 201 }, document));
    Ok(act.map(|document| Out::Begun(202, document, told.boxed())))
}

async fn list(app: App, call: Call<ListDocuments>) -> Result<Out<Page<Document>>, Error> {
    Ok(Out::Body(knowledge::list(&app.db, &call.context.caller, &call.input).await?))
}

async fn get(app: App, call: Call<GetDocument>) -> Result<Out<DocumentDetail>, Error> {
    let doc_id = &call.input.doc_id;
    let found = knowledge::find(&app.db, &call.context.caller, doc_id).await?;
    found.map(Out::Body).ok_or_else(|| Error::not_found("document", doc_id))
}

async fn delete(app: App, call: Call<DeleteDocument>) -> Result<Act<Out<()>>, Error> {
    let doc_id = &call.input.doc_id;
    let act = files::delete(&app, &call.context.caller, doc_id).await?;
    act.map(|act| act.map(Out::Body)).ok_or_else(|| Error::not_found("document", doc_id))
}
