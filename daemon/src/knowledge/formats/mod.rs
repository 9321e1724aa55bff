//! Files as text in blocks: a file a format, and a line of [`FORMATS`] each. What reads them runs in a process of its own
//! (`process.rs`): nothing here has to survive a hostile file, only to end.

mod csv;
mod docx;
mod eml;
mod encoding;
mod html;
mod markdown;
mod package;
mod pdf;
mod pptx;
mod process;
mod refusal;
mod rows;
mod writer;
mod xlsx;

pub(super) use package::{Xml, elements};
pub(crate) use process::Reader;
pub use process::read_in_child;
pub(crate) use refusal::Refusal;

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Most bytes of text that are read from a file: about three thousand pages. Indexing takes some ten times as much memory.
const MOST_TEXT: usize = 8 << 20;

/// Most bytes that a file's parts may expand to in all.
const MOST_EXPANDED: u64 = 256 << 20;

/// How deep messages and attachments may stand in each other.
const DEEPEST: usize = 3;

/// What was read from a file.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// Its title, where it tells one.
    pub(crate) title: Option<String>,
    /// Its text.
    pub(crate) text: String,
    /// The blocks of the text, in order.
    pub(crate) blocks: Vec<Block>,
    /// How many pages, slides or sheets it has, where the format has such.
    pub(crate) pages: Option<u32>,
    /// What its owner should know of it, such as that some pages can't be read.
    pub(crate) note: Option<String>,
}

/// A block of the text: it ends where the next may begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Block {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it stands in the text.
    pub(crate) range: Range<usize>,
    /// The page, slide or sheet that it stands on, from 1.
    pub(crate) page: Option<u32>,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A heading, of the level 1 to 6, without its marks.
    Heading { level: u8, title: String },
    /// A paragraph, a list, code, a quotation.
    Text,
    /// A table, a row a line.
    Table,
}

/// A format of files.
struct Format {
    /// The endings of its files' names, lower-case, where these may say what a text is; else its mark alone counts.
    endings: &'static [&'static str],
    /// Whether a file is known by its content, whatever its name.
    is_marked: fn(&[u8]) -> bool,
    /// Reads a file; `depth` is how many files it stands in.
    read: fn(bytes: &[u8], depth: usize) -> Result<Content, Refusal>,
}

/// The formats; of those that are known by their content, the first that knows a file reads it.
const FORMATS: &[Format] = &[
    pdf::FORMAT,
    docx::FORMAT,
    pptx::FORMAT,
    xlsx::FORMAT,
    html::FORMAT,
    eml::FORMAT,
    csv::COMMAS,
    csv::TABS,
    markdown::FORMAT,
];

/// Stands for the ending of a text that was given as Markdown, whatever it begins with.
pub(super) const GIVEN: &str = "text";

/// Reads a file whose name has an ending, by what its content is.
///
/// # Errors
/// Why it can't be read.
pub(crate) fn read(bytes: &[u8], ending: &str) -> Result<Content, Refusal> {
    read_within(bytes, ending, 0)
}

fn read_within(bytes: &[u8], ending: &str, depth: usize) -> Result<Content, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::NoText);
    }
    if ending == GIVEN {
        return (markdown::FORMAT.read)(bytes, depth);
    }
    package::refuse_foreign(bytes)?;
    let marked = FORMATS.iter().find(|format| (format.is_marked)(bytes));
    let format = marked.or_else(|| FORMATS.iter().find(|format| format.endings.contains(&ending)));
    let content = (format.unwrap_or(&markdown::FORMAT).read)(bytes, depth)?;
    if content.text.trim().is_empty() { Err(Refusal::NoText) } else { Ok(content) }
}

/// Reads a file that is Markdown or plain text; none, where its content is marked as something else, or is no UTF-8.
pub(super) fn read_plain(bytes: Vec<u8>) -> Option<Content> {
    let is_marked = FORMATS.iter().any(|format| (format.is_marked)(&bytes));
    let text = String::from_utf8(bytes).ok().filter(|text| !is_marked && !text.contains('\0'))?;
    Some(markdown::of(text))
}

/// A text as Markdown, of which plain text is a simple case.
pub(super) fn read_markdown(text: String) -> Content {
    // As CommonMark has it (0.31, section 2.3), and no store takes it.
    markdown::of(if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text })
}
