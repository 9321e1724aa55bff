//! What a document is made of: Markdown, blocks, data, and an agent's citations.

mod blocks;
mod cite;
mod data;
mod images;
mod markdown;

use super::document::{Document, Unwritable};
use contract::wire::chat::Citation;
use contract::wire::documents::DocumentContent;
use serde_json::{Map, Value};

/// The document of given content.
///
/// # Errors
/// If a part of it is wrong, or it is too large.
pub(super) fn given(
    content: DocumentContent,
    title: Option<String>,
    data: Option<&Map<String, Value>>,
) -> Result<Document, Unwritable> {
    let mut document = match content {
        DocumentContent::Markdown(text) => markdown::read(&text, markdown::Wrong::Refused)?,
        DocumentContent::Blocks(blocks) => blocks::read(blocks)?,
    };
    document.title = title;
    if let Some(data) = data {
        data::fill(&mut document, data)?;
    }
    document.checked()
}

/// The document of an agent's answer: Markdown whose marks become footnotes.
///
/// # Errors
/// If it is too large.
pub(super) fn answered(
    answer: &str,
    citations: &[Citation],
    title: Option<String>,
) -> Result<Document, Unwritable> {
    let mut document = markdown::read(answer, markdown::Wrong::Kept)?;
    document.title = title;
    cite::cite(&mut document, citations);
    document.checked()
}
