//! Markdown as a document.

use super::images;
use crate::documents::document::{
    Block, DEEPEST, Document, Item, Marker, Run, Style, Table, Text, Unwritable,
};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

/// What the paragraph says that becomes the table of contents.
const CONTENTS: &str = "[TOC]";

/// The comment that begins a page.
const PAGE_BREAK: &str = "<!-- pagebreak -->";

/// What becomes of a chart or an image that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is refused.
    Refused,
    /// It stays as the text that it was.
    Kept,
}

/// Most bytes of Markdown beside its images: nested as deep as it goes, the parser takes more than a hundred times as much
/// memory.
const MOST_MARKDOWN: usize = 1 << 20;

/// Reads a text.
///
/// # Errors
/// If it is too large, or a chart or an image is wrong, and that is refused.
pub(super) fn read(text: &str, wrong: Wrong) -> Result<Document, Unwritable> {
    if text.len() - images::base64_in(text) > MOST_MARKDOWN {
        let message = format!("Markdown has {MOST_MARKDOWN} bytes at most beside its images.");
        return Err(Unwritable::TooLarge(message));
    }
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut reader = Reader::new(wrong);
    for event in Parser::new_ext(text, options) {
        reader.event(event)?;
    }
    reader.flush();
    Ok(reader.document)
}

/// What stands before each line of a text that is read as one paragraph, whatever it begins with: punctuation, so that
/// emphasis may follow it.
const SENTINEL: char = '\u{205e}';

/// Reads the emphasis and links of a text that is one paragraph, if it is not too long for one.
pub(super) fn read_inline(text: &str) -> Text {
    let is_long = text.len() > MOST_MARKDOWN / 8;
    if is_long || !text.contains(['*', '_', '[', '`', '<', '&', '\\', '~', '!', '\n', '\r']) {
        return if text.is_empty() { Text::new() } else { vec![Run::plain(text)] };
    }
    let guarded: Vec<String> = text.lines().map(|line| format!("{SENTINEL}{line}")).collect();
    let read = read(&guarded.join("  \n"), Wrong::Kept).unwrap_or_default();
    let Some(Block::Paragraph(mut text)) = read.blocks.into_iter().next() else {
        return vec![Run::plain(text)];
    };
    let mut begins = true;
    for run in &mut text {
        let mut kept = String::with_capacity(run.text.len());
        for c in run.text.chars() {
            if !(begins && c == SENTINEL) {
                kept.push(c);
            }
            begins = c == '\n';
        }
        run.text = kept;
    }
    text.retain(|run| !run.text.is_empty());
    text
}

struct Reader {
    document: Document,
    wrong: Wrong,
    text: Text,
    /// The emphasis that is open, and what was before each.
    style: Style,
    styles: Vec<Style>,
    links: Vec<Option<Arc<str>>>,
    quotes: usize,
    /// The lists that are open: the next number of each.
    lists: Vec<Option<u64>>,
    marker: Marker,
    heading: bool,
    table: Option<Table>,
    in_cell: bool,
    /// The language and text of the code that is open.
    code: Option<(String, String)>,
    /// The address and words of the image that is open.
    image: Option<(String, String)>,
    note: Option<usize>,
    notes: HashMap<String, usize>,
}

impl Reader {
    fn new(wrong: Wrong) -> Self {
        Self {
            document: Document::default(),
            wrong,
            text: Text::new(),
            style: Style::default(),
            styles: Vec::new(),
            links: Vec::new(),
            quotes: 0,
            lists: Vec::new(),
            marker: Marker::None,
            heading: false,
            table: None,
            in_cell: false,
            code: None,
            image: None,
            note: None,
            notes: HashMap::new(),
        }
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), Unwritable> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => return self.end(tag),
            Event::Text(text) => self.push(&text),
            Event::Code(text) => {
                let style = self.style;
                self.style.is_code = true;
                self.push(&text);
                self.style = style;
            }
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.push("\n"),
            Event::TaskListMarker(is_done) => self.push(if is_done { "☑ " } else { "☐ " }),
            Event::FootnoteReference(name) => {
                let note = self.note_of(&name);
                if self.note.is_none() {
                    self.text.push(Run::mark(note));
                }
            }
            Event::Rule => {
                self.flush();
                self.document.blocks.push(Block::Rule);
            }
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.push(&text),
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.emphasise(Style { is_italic: true, ..self.style }),
            Tag::Strong => self.emphasise(Style { is_bold: true, ..self.style }),
            Tag::Strikethrough => self.emphasise(Style { is_struck: true, ..self.style }),
            Tag::Link { dest_url, .. } => self.links.push(address(&dest_url)),
            Tag::Image { dest_url, .. } => self.image = Some((dest_url.into_string(), String::new())),
            Tag::TableCell => {
                self.in_cell = true;
                self.text.clear();
            }
            other => {
                self.flush();
                self.start_block(other);
            }
        }
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } => self.heading = true,
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::List(first) => self.lists.push(first),
            Tag::Item => {
                self.marker = match self.lists.last_mut() {
                    Some(Some(next)) => {
                        *next += 1;
                        Marker::Number(*next - 1)
                    }
                    _ => Marker::Bullet,
                };
            }
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::Table(_) => self.table = Some(Table { header: Vec::new(), rows: Vec::new() }),
            Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::FootnoteDefinition(name) => self.note = Some(self.note_of(&name)),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), Unwritable> {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.style = self.styles.pop().unwrap_or_default();
            }
            TagEnd::Link => drop(self.links.pop()),
            TagEnd::Image => return self.end_image(),
            TagEnd::TableCell => self.end_cell(),
            TagEnd::Heading(level) => {
                self.heading = false;
                let text = mem::take(&mut self.text);
                if !text.is_empty() {
                    self.document.blocks.push(Block::Heading { level: level as u8, text });
                }
            }
            TagEnd::CodeBlock => return self.end_code(),
            TagEnd::Table => self.document.blocks.extend(self.table.take().map(Block::Table)),
            other => {
                self.flush();
                match other {
                    TagEnd::BlockQuote(_) => self.quotes -= 1,
                    TagEnd::List(_) => drop(self.lists.pop()),
                    TagEnd::FootnoteDefinition => self.note = None,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn emphasise(&mut self, style: Style) {
        self.styles.push(mem::replace(&mut self.style, style));
    }

    fn push(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
            return;
        }
        if let Some((_, alt)) = &mut self.image {
            alt.push_str(text);
            return;
        }
        let link = self.links.last().cloned().flatten();
        match self.text.last_mut() {
            Some(run) if run.style == self.style && run.link == link && run.note.is_none() => {
                run.text.push_str(text)
            }
            _ => self.text.push(Run { text: text.to_owned(), style: self.style, link, note: None }),
        }
    }

    /// Tags are shown as they stand: a document has no HTML in it but line ends, and comments say nothing.
    fn html(&mut self, html: &str) {
        let tag = html.trim().to_ascii_lowercase();
        match tag.as_str() {
            "<br>" | "<br/>" | "<br />" => self.push("\n"),
            PAGE_BREAK if !self.in_cell => {
                self.flush();
                self.document.blocks.push(Block::PageBreak);
            }
            _ if tag.starts_with("<!--") => {}
            _ => self.push(html),
        }
    }

    fn note_of(&mut self, name: &str) -> usize {
        let next = self.document.notes.len();
        let note = *self.notes.entry(name.to_owned()).or_insert(next);
        if note == next {
            self.document.notes.push(Text::new());
        }
        note
    }

    fn end_cell(&mut self) {
        self.in_cell = false;
        let text = trimmed(mem::take(&mut self.text));
        if let Some(table) = &mut self.table {
            match table.rows.last_mut() {
                Some(row) => row.push(text),
                None => table.header.push(text),
            }
        }
    }

    fn end_code(&mut self) -> Result<(), Unwritable> {
        let Some((language, text)) = self.code.take() else { return Ok(()) };
        if language == "chart" {
            match serde_json::from_str(&text) {
                Ok(chart) => {
                    self.document.blocks.push(Block::Chart(chart));
                    return Ok(());
                }
                Err(error) if self.wrong == Wrong::Refused => {
                    return Err(Unwritable::Wrong(format!("A chart is wrong: {error}.")));
                }
                Err(_) => {}
            }
        }
        self.document.blocks.push(Block::Code(text.trim_end_matches('\n').to_owned()));
        Ok(())
    }

    /// An image is a block of its own; where there is no place for one, its words stand.
    fn end_image(&mut self) -> Result<(), Unwritable> {
        let Some((url, alt)) = self.image.take() else { return Ok(()) };
        match images::of_address(&url, &alt) {
            Ok(image) if !self.in_cell && !self.heading && self.note.is_none() => {
                self.flush();
                self.document.blocks.push(Block::Image(image));
            }
            Err(error) if self.wrong == Wrong::Refused => return Err(error),
            _ => self.push(&alt),
        }
        Ok(())
    }

    /// Ends the paragraph that is open.
    fn flush(&mut self) {
        let text = trimmed(mem::take(&mut self.text));
        if text.is_empty() || self.heading {
            return;
        }
        if let Some(note) = self.note {
            let note = &mut self.document.notes[note];
            if !note.is_empty() {
                note.push(Run::plain(" "));
            }
            note.extend(text);
            return;
        }
        self.document.blocks.push(match () {
            () if self.quotes > 0 => Block::Quote(text),
            () if !self.lists.is_empty() => {
                let depth = u8::try_from(self.lists.len() - 1).unwrap_or(DEEPEST).min(DEEPEST);
                Block::Item(Item { depth, marker: mem::replace(&mut self.marker, Marker::None), text })
            }
            () if text.len() == 1 && text[0].text == CONTENTS => Block::Contents,
            () => Block::Paragraph(text),
        });
    }
}

/// An address that a link may lead to.
fn address(url: &str) -> Option<Arc<str>> {
    let lower = url.to_ascii_lowercase();
    let is_safe = ["https://", "http://", "mailto:"].iter().any(|start| lower.starts_with(start));
    let is_plain = !url.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_safe && is_plain && url.len() <= 2048).then(|| url.into())
}

/// The text without white space at its ends.
fn trimmed(mut text: Text) -> Text {
    if let Some(first) = text.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = text.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    text.retain(|run| !run.text.is_empty() || run.note.is_some());
    text
}
