//! Word documents (ECMA-376, part 1, WordprocessingML). They have no pages of their own: sections are what is cited.

use super::package::{Package, Xml, attribute, elements, is_package_of};
use super::rows::Rows;
use super::writer::Writer;
use super::{Content, Format, Refusal};
use quick_xml::events::BytesStart;
use std::collections::HashMap;
use std::mem;

pub(super) const FORMAT: Format =
    Format { endings: &[], is_marked: |bytes| is_package_of(bytes, "word/"), read };

fn read(bytes: &[u8], _: usize) -> Result<Content, Refusal> {
    let mut package = Package::open(bytes)?;
    let main = package.main()?;
    let related = package.relations(&main)?;
    let part = |kind: &str| related.iter().find(|relation| relation.kind == kind).map(|found| &found.target);
    let styles = match part("styles") {
        Some(name) => styles(&package.required(name)?)?,
        None => HashMap::new(),
    };
    let mut body = Body::new(&styles);
    body.read(&package.required(&main)?)?;
    for kind in ["footnotes", "endnotes"] {
        if let Some(notes) = part(kind).map(|name| package.part(name)).transpose()?.flatten() {
            body.read(&notes)?;
        }
    }
    let title = body.title.take().or(package.title()?);
    Ok(body.writer.finish(title, None))
}

/// What a style says of its paragraphs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Style {
    #[default]
    Plain,
    Heading(u8),
    Title,
    Item,
    /// A line of the table of contents, which says nothing that its heading does not.
    Contents,
}

/// The styles by their ids; what one does not say, the one it is based on does.
fn styles(xml: &str) -> Result<HashMap<String, Style>, Refusal> {
    let mut found: HashMap<String, (Style, String)> = HashMap::new();
    let mut id = String::new();
    elements(xml, |event| {
        let Xml::Start(element) = event else { return Ok(()) };
        let value = || attribute(element, "val").unwrap_or_default();
        match element.local_name().as_ref() {
            "style" => id = attribute(element, "styleId").unwrap_or_default(),
            "name" => found.entry(id.clone()).or_default().0 = named(&value()),
            "numPr" => {
                let style = &mut found.entry(id.clone()).or_default().0;
                if *style == Style::Plain {
                    *style = Style::Item;
                }
            }
            "basedOn" => found.entry(id.clone()).or_default().1 = value(),
            "outlineLvl" => {
                let style = &mut found.entry(id.clone()).or_default().0;
                if *style == Style::Plain {
                    *style = outline(&value());
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    let resolve = |id: &String| {
        let mut at = id;
        for _ in 0..16 {
            match found.get(at) {
                Some((Style::Plain, base)) => at = base,
                Some((style, _)) => return *style,
                None => break,
            }
        }
        Style::Plain
    };
    Ok(found.keys().map(|id| (id.clone(), resolve(id))).collect())
}

/// Word gives its own styles English names in every language.
fn named(name: &str) -> Style {
    let name = name.to_ascii_lowercase();
    let level = |prefix| name.strip_prefix(prefix).and_then(|level| level.trim().parse::<u8>().ok());
    match name.as_str() {
        "title" => Style::Title,
        _ if level("toc").is_some() => Style::Contents,
        _ => level("heading").map_or(Style::Plain, Style::Heading),
    }
}

/// Levels of the outline count from 0; 9 is the text itself.
fn outline(level: &str) -> Style {
    level.parse().ok().filter(|level| *level < 9).map_or(Style::Plain, |level: u8| Style::Heading(level + 1))
}

/// A paragraph that is open.
#[derive(Default)]
struct Paragraph {
    text: String,
    style: Style,
    is_item: bool,
}

/// A table that is open.
struct Table {
    rows: Rows,
    cells: Vec<String>,
    is_header: Option<bool>,
}

/// A document's text on its way.
struct Body<'s> {
    writer: Writer,
    title: Option<String>,
    styles: &'s HashMap<String, Style>,
    /// Those of text boxes stand in others.
    open: Vec<Paragraph>,
    tables: Vec<Table>,
    list_goes_on: bool,
    in_run: usize,
    in_text: bool,
    is_hidden: bool,
    /// How deep in what is not read: what was moved away, and what stands there for old readers.
    unread: usize,
}

impl<'s> Body<'s> {
    fn new(styles: &'s HashMap<String, Style>) -> Self {
        Self {
            writer: Writer::default(),
            title: None,
            styles,
            open: Vec::new(),
            tables: Vec::new(),
            list_goes_on: false,
            in_run: 0,
            in_text: false,
            is_hidden: false,
            unread: 0,
        }
    }

    fn read(&mut self, xml: &str) -> Result<(), Refusal> {
        elements(xml, |event| match event {
            Xml::Start(element) => {
                self.start(element);
                Ok(())
            }
            Xml::End(name) => self.end(name),
            Xml::Text(text) => {
                if self.in_text {
                    self.push(text);
                }
                Ok(())
            }
        })
    }

    fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.open.last_mut().filter(|_| self.unread == 0 && !self.is_hidden) {
            paragraph.text.push_str(text);
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        let value = || attribute(element, "val").unwrap_or_default();
        let is_on = || !matches!(value().as_str(), "0" | "false" | "off");
        match (element.local_name().as_ref(), self.open.last_mut()) {
            ("moveFrom" | "Fallback", _) => self.unread += 1,
            ("p", _) => self.open.push(Paragraph::default()),
            ("r", _) => self.in_run += 1,
            ("t", _) => self.in_text = true,
            ("vanish", _) if self.in_run > 0 => self.is_hidden = is_on(),
            ("pStyle", Some(paragraph)) => {
                paragraph.style = self.styles.get(&value()).copied().unwrap_or_default();
            }
            ("outlineLvl", Some(paragraph)) if paragraph.style == Style::Plain => {
                paragraph.style = outline(&value());
            }
            ("numId", Some(paragraph)) => paragraph.is_item = value() != "0",
            ("tab", _) if self.in_run > 0 => self.push("\t"),
            ("br" | "cr", _) if self.in_run > 0 => self.push("\n"),
            ("noBreakHyphen", _) => self.push("-"),
            ("tbl", _) => {
                self.tables.push(Table { rows: Rows::new(), cells: Vec::new(), is_header: None });
            }
            ("tc", _) => {
                if let Some(table) = self.tables.last_mut() {
                    table.cells.push(String::new());
                }
            }
            ("tblHeader", _) => {
                if let Some(table) = self.tables.last_mut() {
                    table.is_header = Some(is_on());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "moveFrom" | "Fallback" => self.unread = self.unread.saturating_sub(1),
            "r" => {
                self.in_run = self.in_run.saturating_sub(1);
                self.is_hidden = false;
            }
            "t" => self.in_text = false,
            "p" => {
                let paragraph = self.open.pop().unwrap_or_default();
                self.paragraph(&paragraph)?;
            }
            "tr" => self.row()?,
            "tbl" => drop(self.tables.pop()),
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self, paragraph: &Paragraph) -> Result<(), Refusal> {
        if let Some(cell) = self.tables.last_mut().and_then(|table| table.cells.last_mut()) {
            cell.push_str(&paragraph.text);
            cell.push('\n');
            return Ok(());
        }
        if paragraph.text.trim().is_empty() {
            return Ok(());
        }
        let is_item =
            paragraph.style == Style::Item || (paragraph.is_item && paragraph.style == Style::Plain);
        let goes_on = mem::replace(&mut self.list_goes_on, is_item);
        match paragraph.style {
            Style::Contents => Ok(()),
            Style::Heading(level) => self.writer.heading(level, &paragraph.text),
            Style::Title => {
                self.title.get_or_insert_with(|| paragraph.text.clone());
                self.writer.heading(1, &paragraph.text)
            }
            Style::Item | Style::Plain if is_item => self.writer.item(&paragraph.text, !goes_on),
            Style::Item | Style::Plain => self.writer.paragraph(&paragraph.text),
        }
    }

    /// A row of a table; that of one in a cell is text of the cell.
    fn row(&mut self) -> Result<(), Refusal> {
        let Some(mut table) = self.tables.pop() else { return Ok(()) };
        let cells = mem::take(&mut table.cells);
        if let Some(cell) = self.tables.last_mut().and_then(|outer| outer.cells.last_mut()) {
            cell.push_str(&cells.concat());
        } else {
            self.list_goes_on = false;
            table.rows.row(&mut self.writer, &cells, table.is_header.take())?;
        }
        self.tables.push(table);
        Ok(())
    }
}
