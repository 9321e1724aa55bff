//! A document comes in: checked, cut into passages, stored with its access list.

use super::{sql, structure};
use crate::error::Error;
use crate::gate::Caller;
use crate::gate::identity::canonical;
use crate::store::Db;
use contract::id;
use contract::time::Time;
use contract::wire::knowledge::{AddDocumentRequest, Document, DocumentAccess, OutlineEntry};
use tokio::task;

/// A passage on its way into the store.
pub(super) struct NewPassage {
    pub(super) section: Option<String>,
    pub(super) heading: String,
    pub(super) text: String,
}

/// Adds a document, or replaces the one of the same id.
///
/// # Errors
/// If an id or an address is malformed, the text is empty, or the store fails.
pub(crate) async fn add(db: &Db, caller: &Caller, request: AddDocumentRequest) -> Result<Document, Error> {
    check(&request)?;
    if !caller.may_read(&request.collection) {
        return Err(Error::not_found("collection", &request.collection));
    }
    let access = access(&request)?;
    let source = request.text;
    let cut = move || {
        let structure = structure::read(&source);
        (structure, source)
    };
    let (structure, source) = task::spawn_blocking(cut).await.map_err(Error::internal)?;
    let outline: Vec<OutlineEntry> = structure
        .sections
        .iter()
        .map(|section| OutlineEntry {
            section: section.number.clone(),
            title: section.heading.clone(),
            page: None,
        })
        .collect();
    let passages: Vec<NewPassage> = structure
        .sections
        .iter()
        .flat_map(|section| section.passages.iter().map(move |range| (section, range.clone())))
        .map(|(section, range)| NewPassage {
            section: section.label(),
            heading: section.heading.clone(),
            text: source[range].to_owned(),
        })
        .collect();
    if passages.is_empty() {
        return Err(Error::invalid("text", "The document has no text."));
    }
    let doc_id = request.doc_id.unwrap_or_else(|| id::new("doc"));
    let document = Document {
        object: "document".into(),
        title: request.title.or(structure.title).unwrap_or_else(|| doc_id.clone()),
        doc_id,
        collection: request.collection,
        status: "ready".into(),
        reason: None,
        pages: None,
        sections: u32::try_from(outline.len()).ok(),
        passages: u32::try_from(passages.len()).ok(),
        access,
        metadata: request.metadata,
        created_at: Time::now(),
    };
    sql::replace(db, caller, &document, &outline, &passages).await?;
    Ok(document)
}

fn check(request: &AddDocumentRequest) -> Result<(), Error> {
    if request.doc_id.as_deref().is_some_and(|id| !id::is_document_id(id)) {
        let message = "A document's id has 1 to 128 letters, digits, dots, dashes and underscores.";
        return Err(Error::invalid("doc_id", message));
    }
    if !id::is_name(&request.collection) {
        let message = "A collection's name has 3 to 63 lower-case letters, digits and dashes.";
        return Err(Error::invalid("collection", message));
    }
    Ok(())
}

fn access(request: &AddDocumentRequest) -> Result<DocumentAccess, Error> {
    let users = request.users.iter().map(|email| {
        canonical(email).map_err(|_| Error::invalid("users", format!("`{email}` is not an e-mail address.")))
    });
    let access = DocumentAccess {
        groups: request.groups.clone(),
        users: users.collect::<Result<_, _>>()?,
        public: request.public,
    };
    if access.groups.is_empty() && access.users.is_empty() && !access.public {
        let message = "Nobody could read this document. Give `groups`, `users`, or `public: true`.";
        return Err(Error::invalid("groups", message));
    }
    Ok(access)
}
