//! Blocks as they were sent, as a document.

use super::images;
use super::markdown::read_inline;
use crate::documents::document::{Block, Document, Item, Marker, Run, Table, Text, Unwritable};
use contract::wire::documents::{DocumentBlock, DocumentCell};

/// Reads blocks.
///
/// # Errors
/// If a block is wrong.
pub(super) fn read(blocks: Vec<DocumentBlock>) -> Result<Document, Unwritable> {
    let mut document = Document::default();
    for block in blocks {
        let read = match block {
            DocumentBlock::Heading { level, .. } if !(1..=6).contains(&level) => {
                return Err(Unwritable::Wrong(format!("A heading has a level of 1 to 6, not {level}.")));
            }
            DocumentBlock::Heading { level, text } => Block::Heading { level, text: read_inline(&text) },
            DocumentBlock::Paragraph { text } => Block::Paragraph(read_inline(&text)),
            DocumentBlock::Quote { text } => Block::Quote(read_inline(&text)),
            DocumentBlock::Code { text } => Block::Code(text),
            DocumentBlock::List { ordered, items } => {
                document.blocks.extend(items.iter().zip(1..).map(|(text, number)| {
                    let marker = if ordered { Marker::Number(number) } else { Marker::Bullet };
                    Block::Item(Item { depth: 0, marker, text: read_inline(text) })
                }));
                continue;
            }
            DocumentBlock::Table { header, rows } => Block::Table(Table {
                header: header.into_iter().map(cell).collect(),
                rows: rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect(),
            }),
            DocumentBlock::Image { data, alt } => Block::Image(images::of_base64(&data, &alt)?),
            DocumentBlock::Chart(chart) => Block::Chart(chart),
            DocumentBlock::Contents => Block::Contents,
            DocumentBlock::PageBreak => Block::PageBreak,
        };
        document.blocks.push(read);
    }
    Ok(document)
}

fn cell(cell: DocumentCell) -> Text {
    match cell {
        DocumentCell::Text(text) => read_inline(&text),
        DocumentCell::Number(number) => vec![Run::plain(number.to_string())],
        DocumentCell::Bool(value) => vec![Run::plain(if value { "yes" } else { "no" })],
        DocumentCell::Empty(()) => Text::new(),
    }
}
