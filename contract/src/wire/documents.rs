//! Documents written as files.

use super::Object;
use super::chat::{Citation, Usage};
use super::openai::text_or_list_of;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use std::borrow::Cow;
use std::fmt;

/// A format that documents are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DocumentFormat {
    /// Word.
    Docx,
    /// PDF.
    Pdf,
    /// PowerPoint: a slide a heading of the first two levels.
    Pptx,
    /// Excel: a sheet a table, and one for the text.
    Xlsx,
    /// One HTML page that needs nothing else.
    Html,
    /// Markdown.
    Markdown,
}

/// `POST /documents/generate`: what an agent answers to a prompt, or given content, as a file. With
/// `Accept: application/json` the answer holds the file in base64.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({"format": "pdf", "title": "Leave", "content": "# Leave\n\nTen days a year."}))]
pub struct GenerateDocumentRequest {
    /// The file's format.
    pub format: DocumentFormat,
    /// What the agent is asked; its citations become footnotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The agent that is asked: the version that is live in `prod`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"hr-assistant")]
    pub agent: Option<String>,
    /// Markdown or blocks, where no agent is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<DocumentContent>,
    /// A Word file in base64, for `docx`: its styles, headers, footers and page are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The title, which also names the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What `{{name}}` stands for in title and content: a text, number or boolean; or, where it stands alone in a
    /// paragraph, a list of objects or of lists, which becomes a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Object>,
}

/// What a document says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum DocumentContent {
    /// Markdown with tables and footnotes. A paragraph `[TOC]` becomes the table of contents, a code block of the language
    /// `chart` that holds a chart's JSON becomes the chart, and an image is given as a `data:` address.
    Markdown(String),
    /// Blocks.
    Blocks(Vec<DocumentBlock>),
}

impl JsonSchema for DocumentContent {
    fn schema_name() -> Cow<'static, str> {
        "DocumentContent".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = text_or_list_of::<DocumentBlock>(generator);
        let description = "What a document says: a text of Markdown with tables and footnotes, or a list of blocks. In Markdown a \
                           paragraph `[TOC]` becomes the table of contents, a code block of the language `chart` that \
                           holds a chart's JSON becomes the chart, and an image is given as a `data:` address.";
        schema.insert("description".into(), description.into());
        schema.insert("examples".into(), json!(["# Leave\n\nTen days a year."]));
        schema
    }
}

/// By hand, so that what is wrong in a block is told with its place.
impl<'de> Deserialize<'de> for DocumentContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Content;

        impl<'de> Visitor<'de> for Content {
            type Value = DocumentContent;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("Markdown or a list of blocks")
            }

            fn visit_str<E: de::Error>(self, markdown: &str) -> Result<DocumentContent, E> {
                Ok(DocumentContent::Markdown(markdown.to_owned()))
            }

            fn visit_string<E: de::Error>(self, markdown: String) -> Result<DocumentContent, E> {
                Ok(DocumentContent::Markdown(markdown))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, blocks: A) -> Result<DocumentContent, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(blocks)).map(DocumentContent::Blocks)
            }
        }

        deserializer.deserialize_any(Content)
    }
}

/// A block of a document. Texts may be emphasised and linked as in Markdown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum DocumentBlock {
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Its text.
        text: String,
    },
    /// A quotation.
    Quote {
        /// Its text.
        text: String,
    },
    /// Code, as it is.
    Code {
        /// Its text.
        text: String,
    },
    /// A list.
    List {
        /// Whether its items are numbered.
        #[serde(default)]
        ordered: bool,
        /// Their texts.
        items: Vec<String>,
    },
    /// A table.
    Table {
        /// The columns' names.
        header: Vec<DocumentCell>,
        /// The rows, from top to bottom.
        rows: Vec<Vec<DocumentCell>>,
    },
    /// An image.
    Image {
        /// A PNG or JPEG file in base64.
        data: String,
        /// What it shows, in words.
        #[serde(default)]
        alt: String,
    },
    /// A chart.
    Chart(DocumentChart),
    /// The table of contents.
    Contents,
    /// What follows begins a page.
    PageBreak,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DocumentCell {
    /// A text, emphasised and linked as in Markdown.
    Text(String),
    /// A number.
    Number(serde_json::Number),
    /// Yes or no.
    Bool(bool),
    /// Nothing.
    Empty(()),
}

/// A chart of numbers by labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentChart {
    /// Bars or lines.
    pub kind: ChartKind,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// What the values belong to, such as months: up to 200.
    pub labels: Vec<String>,
    /// Up to 12, with a value a label each.
    pub series: Vec<ChartSeries>,
}

/// How a chart shows its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChartKind {
    /// A bar a value.
    Bar,
    /// A line a series.
    Line,
}

/// The values of one thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartSeries {
    /// Its name.
    pub name: String,
    /// A value a label.
    pub values: Vec<f64>,
}

/// A document that was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GeneratedDocument {
    /// Always `document.generated`.
    pub object: String,
    /// A name for the file.
    #[schemars(example = &"leave.docx")]
    pub filename: String,
    /// Its media type.
    #[schemars(example = &"application/pdf")]
    pub media_type: String,
    /// The file.
    pub base64: String,
    /// Where the agent's claims come from: the document's footnotes.
    pub citations: Vec<Citation>,
    /// What the agent used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Whether the agent declined, and the document says so.
    pub refused: bool,
    /// What the file doesn't show as it was meant, such as characters that no font at hand has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
}
