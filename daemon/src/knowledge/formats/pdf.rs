//! PDF: its pages' headings, paragraphs, lists and tables, as they lie on the page.

use super::rows::Rows;
use super::writer::Writer;
use super::{Content, Format, Refusal};
use std::ops::ControlFlow;
use unpdf::model::{Block, Page, Paragraph, Table};
use unpdf::render::PageSelection;
use unpdf::{Error, ErrorMode, PageStreamOptions, ParseEvent, PdfParser};

pub(super) const FORMAT: Format = Format { endings: &[], is_marked, read };

/// Readers look for the mark in the first kilobyte (Adobe's implementation note 13 to PDF 1.7).
fn is_marked(bytes: &[u8]) -> bool {
    memchr::memmem::find(&bytes[..bytes.len().min(1024)], b"%PDF-").is_some()
}

/// What is known of a file when its last page is read.
#[derive(Default)]
struct Pages {
    writer: Writer,
    title: Option<String>,
    all: u32,
    failed: u32,
    without_text: u32,
    list_goes_on: bool,
}

fn read(bytes: &[u8], _: usize) -> Result<Content, Refusal> {
    let parser = PdfParser::from_bytes(bytes).map_err(refusal)?;
    let (mut pages, mut stopped) = (Pages::default(), Ok(()));
    let told = |event: ParseEvent| {
        stopped = pages.told(event);
        if stopped.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    parser.for_each_page(options(), told).map_err(refusal)?;
    stopped?;
    if pages.all > 0 && pages.failed == pages.all {
        return Err(Refusal::Broken("none of its pages can be read".into()));
    }
    let note = pages.note();
    let content = pages.writer.finish(pages.title, Some(pages.all));
    Ok(Content { note, ..content })
}

/// One page after the other, and no images. Said in full, as the default starts a thread for each processor.
fn options() -> PageStreamOptions {
    PageStreamOptions {
        error_mode: ErrorMode::Lenient,
        extract_text: true,
        extract_resources: false,
        min_image_dimension: 0,
        pages: PageSelection::All,
        password: None,
        parallel: false,
        suppress_low_confidence_ocr: true,
        window_size: 1,
        emit_progress_every: u32::MAX,
    }
}

impl Pages {
    fn told(&mut self, event: ParseEvent) -> Result<(), Refusal> {
        match event {
            ParseEvent::DocumentStart { metadata, .. } => {
                self.title = metadata.title.filter(|title| names(title))
            }
            ParseEvent::PageParsed(page) => self.page(&page)?,
            ParseEvent::PageFailed { .. } => {
                self.all += 1;
                self.failed += 1;
            }
            _ => {}
        }
        Ok(())
    }

    fn page(&mut self, page: &Page) -> Result<(), Refusal> {
        self.all += 1;
        self.without_text += u32::from(page.is_empty() && page.image_op_count > 0);
        self.writer.page(page.number);
        self.list_goes_on = false;
        for block in &page.elements {
            match block {
                Block::Paragraph(paragraph) => self.paragraph(paragraph)?,
                Block::Table(table) => self.table(table)?,
                Block::Code { content } => self.writer.paragraph(content)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn paragraph(&mut self, paragraph: &Paragraph) -> Result<(), Refusal> {
        let text = paragraph.plain_text();
        let is_item = paragraph.is_list_item();
        let goes_on = std::mem::replace(&mut self.list_goes_on, is_item);
        match paragraph.heading_level() {
            Some(level) => self.writer.heading(level, &text),
            None if is_item => self.writer.item(text.trim_start_matches(['•', '-', '–', '*', ' ']), !goes_on),
            None => self.writer.paragraph(&text),
        }
    }

    fn table(&mut self, table: &Table) -> Result<(), Refusal> {
        self.list_goes_on = false;
        let mut rows = Rows::new();
        for row in &table.rows {
            let cells: Vec<String> = row.cells.iter().map(|cell| cell.plain_text()).collect();
            rows.row(&mut self.writer, &cells, None)?;
        }
        Ok(())
    }

    /// What its owner should know of a file of which something was read.
    fn note(&self) -> Option<String> {
        let all = self.all;
        match (self.failed, self.without_text) {
            (0, 0) => None,
            (0, images) => Some(format!("{images} of its {all} pages hold images without text: scanned?")),
            (failed, _) => Some(format!("{failed} of its {all} pages are broken, and left out")),
        }
    }
}

/// Whether a title names the document, not the file that it was printed from.
fn names(title: &str) -> bool {
    let title = title.trim().to_ascii_lowercase();
    let is_file = title.starts_with("microsoft ") || title.starts_with("untitled");
    let ending = title
        .rsplit_once('.')
        .is_some_and(|(_, ending)| (2..=4).contains(&ending.len()) && !ending.contains(' '));
    !(title.is_empty() || is_file || ending)
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::Encrypted | Error::InvalidPassword => Refusal::Encrypted,
        error => Refusal::broken(error),
    }
}
