//! What exists in the daemon: its models, suites and documents, as far as the key may see them.

use crate::failure::{Exit, Failure};
use crate::session::Session;
use contract::catalogue::{ListDocuments, ListModels, ListSuites, ListTools};
use contract::check::{Known, KnownDocument};
use contract::wire::knowledge::ListDocumentsQuery;

/// Adds what the daemon has to what is known.
///
/// # Errors
/// If the daemon can't be reached. What the key may not see is told and left out.
pub(super) async fn ask(session: &Session, known: &mut Known) -> Result<(), Failure> {
    let client = session.client()?;
    let models = client.all::<ListModels, _>(|page| page).await;
    let suites = client.all::<ListSuites, _>(|page| page).await;
    let all = |page| ListDocumentsQuery { page, ..ListDocumentsQuery::default() };
    let documents = client.all::<ListDocuments, _>(all).await;
    let mut refused = Vec::new();
    let models = allowed("models", models, &mut refused)?;
    let suites = allowed("suites", suites, &mut refused)?;
    let documents = allowed("documents", documents, &mut refused)?;
    let tools = allowed("tools", client.all::<ListTools, _>(|page| page).await, &mut refused)?;
    if models.is_none() && suites.is_none() && documents.is_none() {
        return refused.pop().map_or(Ok(()), |(_, failure)| Err(failure));
    }
    for (what, _) in refused {
        session.output.note(&format!("The key may not list {what}: they are not looked up."));
    }
    known.models = models.map(|models| models.into_iter().map(|model| model.id).collect());
    known.tools = tools.into_iter().flatten().map(|tool| tool.name).collect();
    known.suites = suites.map(|suites| suites.into_iter().map(|suite| suite.id).collect());
    known.complete = documents.is_some();
    for document in documents.into_iter().flatten() {
        let folder = known.collections.entry(document.collection).or_default();
        if !folder.iter().any(|known| known.doc_id == document.doc_id) {
            folder.push(KnownDocument { doc_id: document.doc_id, sections: Vec::new() });
        }
    }
    Ok(())
}

/// A list, or none where the key may not see it.
fn allowed<T>(
    what: &'static str,
    list: Result<T, Failure>,
    refused: &mut Vec<(&'static str, Failure)>,
) -> Result<Option<T>, Failure> {
    match list {
        Err(failure) if failure.exit == Exit::NotAuthorised => {
            refused.push((what, failure));
            Ok(None)
        }
        list => list.map(Some),
    }
}
