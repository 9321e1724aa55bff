//! The knowledge endpoints.

use super::{MAX_TOP_K, Wanted};
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use crate::knowledge;
use contract::catalogue::{AddDocument, DeleteDocument, GetDocument, ListDocuments, Search};
use contract::wire::knowledge::{Document, DocumentDetail, SearchAnswer};
use contract::wire::page::Page;

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<Search, _, _>(search)
        .mount::<AddDocument, _, _>(add)
        .mount::<ListDocuments, _, _>(list)
        .mount::<GetDocument, _, _>(get)
        .mount::<DeleteDocument, _, _>(delete)
}

async fn search(app: App, call: Call<Search>) -> Result<Out<SearchAnswer>, Error> {
    let input = &call.input;
    let top_k = input.top_k.unwrap_or(10);
    if !(1..=MAX_TOP_K).contains(&top_k) {
        return Err(Error::invalid("top_k", format!("Ask for 1 to {MAX_TOP_K} passages.")));
    }
    if input.mode.as_deref() == Some("dense") {
        return Err(Error::invalid("mode", "No embedding model is configured: search is lexical."));
    }
    let collections = input.collections.as_deref();
    let wanted = Wanted { query: &input.query, collections, filters: input.filters.as_ref(), top_k };
    let found = knowledge::retrieve(&app.db, &call.context.caller, &wanted).await?;
    let (mode, trace_id) = ("lexical".into(), call.context.trace_id());
    Ok(Out::Body(SearchAnswer { object: "list".into(), data: found.passages, mode, trace_id }))
}

async fn add(app: App, call: Call<AddDocument>) -> Result<Out<Document>, Error> {
    Ok(Out::Body(knowledge::add(&app.db, &call.context.caller, call.input).await?))
}

async fn list(app: App, call: Call<ListDocuments>) -> Result<Out<Page<Document>>, Error> {
    Ok(Out::Body(knowledge::list(&app.db, &call.context.caller, &call.input).await?))
}

async fn get(app: App, call: Call<GetDocument>) -> Result<Out<DocumentDetail>, Error> {
    let doc_id = &call.input.doc_id;
    let found = knowledge::find(&app.db, &call.context.caller, doc_id).await?;
    found.map(Out::Body).ok_or_else(|| Error::not_found("document", doc_id))
}

async fn delete(app: App, call: Call<DeleteDocument>) -> Result<Out<()>, Error> {
    let (caller, doc_id) = (&call.context.caller, &call.input.doc_id);
    if knowledge::find(&app.db, caller, doc_id).await?.is_none() {
        return Err(Error::not_found("document", doc_id));
    }
    knowledge::delete(&app.db, &caller.team, doc_id).await?;
    Ok(Out::Body(()))
}
