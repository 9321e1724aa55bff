//! A document between what it was given as and the file it becomes.

pub(crate) use contract::wire::documents::{ChartKind, DocumentChart as Chart};

use std::mem;
use std::sync::Arc;
use thiserror::Error;

/// Most blocks of a document.
const MOST_BLOCKS: usize = 50_000;

/// Most cells of a document's tables and charts, and most columns of one: Word's own bound.
pub(super) const MOST_CELLS: usize = 200_000;
pub(super) const MOST_COLUMNS: usize = 63;

/// Most bytes of a document's text.
pub(super) const MOST_TEXT: usize = 8 << 20;

/// Most labels and series of a chart.
const MOST_LABELS: usize = 200;
const MOST_SERIES: usize = 12;

/// The largest value of a chart: past it, sums of values are no longer exact.
const MOST_VALUE: f64 = 1e15;

/// Most pixels of a document's images: decoded they take four bytes each.
const MOST_PIXELS: u64 = 32_000_000;

/// How deep lists stand in each other; what is deeper stands here.
pub(super) const DEEPEST: u8 = 8;

/// Most characters of a note.
const LONGEST_NOTE: usize = 4_000;

/// Why no file can be written.
#[derive(Debug, Error, PartialEq)]
pub(crate) enum Unwritable {
    /// It is too much.
    #[error("{0}")]
    TooLarge(String),
    /// A part of it is wrong.
    #[error("{0}")]
    Wrong(String),
    /// The template is.
    #[error("{0}")]
    Template(String),
    /// The writer failed.
    #[error("{0}")]
    Broken(String),
}

impl Unwritable {
    /// A failure of a library that writes.
    pub(super) fn broken(error: impl std::fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }

    /// More text than a document has.
    pub(super) fn too_much_text() -> Self {
        Self::TooLarge(format!("A document has {MOST_TEXT} bytes of text at most."))
    }

    /// More cells than a document has.
    pub(super) fn too_many_cells() -> Self {
        Self::TooLarge(format!("The tables and charts of a document have {MOST_CELLS} cells at most."))
    }

    /// More columns than a table has.
    pub(super) fn too_many_columns(columns: usize) -> Self {
        Self::TooLarge(format!("A table has {MOST_COLUMNS} columns at most, not {columns}."))
    }

    /// An image that can't be read.
    pub(super) fn broken_image() -> Self {
        Self::Wrong("An image's file is broken.".into())
    }
}

/// A document.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Document {
    /// Its title, which its first page shows.
    pub(crate) title: Option<String>,
    /// What it says, in order.
    pub(crate) blocks: Vec<Block>,
    /// Its footnotes; runs name them by their place.
    pub(crate) notes: Vec<Text>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    /// A heading of level 1 to 6.
    Heading { level: u8, text: Text },
    /// A paragraph.
    Paragraph(Text),
    /// A paragraph of a quotation.
    Quote(Text),
    /// Code, with its line ends.
    Code(String),
    /// A paragraph of a list.
    Item(Item),
    /// A table.
    Table(Table),
    /// An image.
    Image(Image),
    /// A chart.
    Chart(Chart),
    /// The table of contents.
    Contents,
    /// A line across the page.
    Rule,
    /// What follows begins a page.
    PageBreak,
}

/// A paragraph of a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// How deep its list stands in others, from 0.
    pub(crate) depth: u8,
    pub(crate) marker: Marker,
    pub(crate) text: Text,
}

/// What stands before a paragraph of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A bullet.
    Bullet,
    /// A number.
    Number(u64),
    /// Nothing: it goes on with the item before.
    None,
}

/// A table. Every row has as many cells as its header.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    pub(crate) header: Vec<Text>,
    pub(crate) rows: Vec<Vec<Text>>,
}

/// An image, whose bytes were looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Image {
    pub(crate) kind: ImageKind,
    pub(crate) bytes: Vec<u8>,
    /// Pixels.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// What it shows, in words.
    pub(crate) alt: String,
}

/// A format of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImageKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

/// Text in runs of one look each.
pub(crate) type Text = Vec<Run>;

/// A piece of text of one look.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) style: Style,
    /// Where it leads: an address of the web or of mail.
    pub(crate) link: Option<Arc<str>>,
    /// The footnote that it marks, counted from 0; its text is empty.
    pub(crate) note: Option<usize>,
}

/// How a run looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) is_bold: bool,
    pub(crate) is_italic: bool,
    pub(crate) is_code: bool,
    pub(crate) is_struck: bool,
}

impl Run {
    /// A run without a look of its own.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// The mark of a footnote.
    pub(crate) fn mark(note: usize) -> Self {
        Self { note: Some(note), ..Self::default() }
    }
}

/// The text alone, a footnote's mark as nothing.
pub(crate) fn plain(text: &[Run]) -> String {
    text.iter().map(|run| run.text.as_str()).collect()
}

impl ImageKind {
    /// The ending of its files' names.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
        }
    }

    /// Its media type.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

impl Block {
    /// How many cells it takes: a chart has those of its labels and values.
    fn cells(&self) -> usize {
        match self {
            Self::Table(table) => table.header.len() * (table.rows.len() + 1),
            Self::Chart(chart) => chart.labels.len() * (chart.series.len() + 1),
            _ => 0,
        }
    }
}

impl Document {
    /// Makes it fit to be written: control characters go, rows have the width of their headers, notes are short and in the
    /// order of their marks, and its contents are listed once.
    ///
    /// # Errors
    /// If it is too large, or a chart or table is wrong.
    pub(super) fn checked(mut self) -> Result<Self, Unwritable> {
        if self.blocks.len() > MOST_BLOCKS {
            return Err(too_large(format!("A document has {MOST_BLOCKS} blocks at most.")));
        }
        if let Some(title) = &mut self.title {
            *title = clean(title).replace('\n', " ");
        }
        let mut is_listed = false;
        self.blocks.retain(|block| *block != Block::Contents || !mem::replace(&mut is_listed, true));
        let (mut size, mut cells, mut pixels) = (self.title.as_ref().map_or(0, String::len), 0, 0);
        for block in &mut self.blocks {
            cells += block.cells();
            if cells > MOST_CELLS {
                return Err(Unwritable::too_many_cells());
            }
            match block {
                Block::Table(table) => check_table(table)?,
                Block::Chart(chart) => {
                    check_chart(chart)?;
                    size += chart_size(chart);
                }
                Block::Code(code) => {
                    *code = clean(code);
                    size += code.len();
                }
                Block::Image(image) => {
                    image.alt = clean(&image.alt);
                    size += image.alt.len();
                    pixels += u64::from(image.width) * u64::from(image.height);
                }
                _ => {}
            }
        }
        if pixels > MOST_PIXELS {
            return Err(too_large(format!("The images of a document have {MOST_PIXELS} pixels at most.")));
        }
        self.order_notes();
        self.notes.iter_mut().for_each(shorten);
        self.texts(|text| size += clean_text(text));
        self.notes.iter_mut().for_each(|note| size += clean_text(note));
        if size > MOST_TEXT {
            return Err(Unwritable::too_much_text());
        }
        Ok(self)
    }

    /// Notes in the order of their first marks; those without one go, as do marks of no note.
    fn order_notes(&mut self) {
        let mut old = mem::take(&mut self.notes);
        let mut places = vec![None; old.len()];
        let mut notes = Vec::new();
        self.texts(|text| {
            for run in text.iter_mut() {
                let Some(note) = run.note else { continue };
                run.note = old.get_mut(note).map(|told| {
                    *places[note].get_or_insert_with(|| {
                        notes.push(mem::take(told));
                        notes.len() - 1
                    })
                });
            }
        });
        for note in &mut notes {
            note.iter_mut().for_each(|run| run.note = None);
        }
        self.notes = notes;
    }

    /// Shows every text of its blocks, in order.
    pub(super) fn texts(&mut self, mut show: impl FnMut(&mut Text)) {
        for block in &mut self.blocks {
            match block {
                Block::Heading { text, .. } | Block::Paragraph(text) | Block::Quote(text) => show(text),
                Block::Item(item) => show(&mut item.text),
                Block::Table(table) => {
                    table.header.iter_mut().for_each(&mut show);
                    table.rows.iter_mut().flatten().for_each(&mut show);
                }
                _ => {}
            }
        }
    }

    /// Its headings in order: their levels and texts.
    pub(super) fn headings(&self) -> impl Iterator<Item = (u8, String)> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Heading { level, text } => Some((*level, plain(text))),
            _ => None,
        })
    }
}

fn too_large(what: String) -> Unwritable {
    Unwritable::TooLarge(what)
}

fn check_table(table: &mut Table) -> Result<(), Unwritable> {
    let columns = table.header.len();
    if columns == 0 {
        return Err(Unwritable::Wrong("A table has a header with a cell a column.".into()));
    }
    if columns > MOST_COLUMNS {
        return Err(Unwritable::too_many_columns(columns));
    }
    for (row, number) in table.rows.iter_mut().zip(1..) {
        if row.len() > columns {
            let many = row.len();
            return Err(Unwritable::Wrong(format!(
                "Row {number} of a table has {many} cells, its header {columns}."
            )));
        }
        row.resize(columns, Text::new());
    }
    Ok(())
}

fn check_chart(chart: &mut Chart) -> Result<(), Unwritable> {
    let (labels, series) = (chart.labels.len(), chart.series.len());
    if labels == 0 || series == 0 || labels > MOST_LABELS || series > MOST_SERIES {
        return Err(Unwritable::Wrong(format!(
            "A chart has 1 to {MOST_LABELS} labels and 1 to {MOST_SERIES} series."
        )));
    }
    for one in &mut chart.series {
        one.name = clean(&one.name);
        if one.values.len() != labels || one.values.iter().any(|value| value.abs() > MOST_VALUE) {
            return Err(Unwritable::Wrong(format!(
                "The series `{}` of a chart has a number for each of its {labels} labels, up to {MOST_VALUE:e}.",
                one.name
            )));
        }
    }
    chart.title = clean(&chart.title);
    chart.labels.iter_mut().for_each(|label| *label = clean(label));
    Ok(())
}

/// How many bytes of text a chart takes: files hold its labels with each series.
fn chart_size(chart: &Chart) -> usize {
    let names: usize = chart.series.iter().map(|series| series.name.len()).sum();
    let labels: usize = chart.labels.iter().map(String::len).sum();
    chart.title.len() + names + labels * chart.series.len()
}

/// Cleans a text; how many bytes it has.
fn clean_text(text: &mut Text) -> usize {
    for run in text.iter_mut().filter(|run| run.text.contains(is_dropped)) {
        run.text = clean(&run.text);
    }
    // A writer says an address with each run of its link.
    text.iter().map(|run| run.text.len() + run.link.as_ref().map_or(0, |link| link.len())).sum()
}

/// The text without what no format can hold: controls, and characters that are none.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| !is_dropped(*c)).collect()
}

/// Controls beside line end and tab, and what no XML holds (XML 1.0, section 2.2).
fn is_dropped(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn shorten(note: &mut Text) {
    let mut left = LONGEST_NOTE;
    for run in note.iter_mut() {
        let length = run.text.chars().count();
        if length > left {
            run.text = run.text.chars().take(left).chain(['…']).collect();
            left = 0;
        }
        left -= length.min(left);
    }
    note.retain(|run| !matches!(run.text.as_str(), "" | "…"));
}
