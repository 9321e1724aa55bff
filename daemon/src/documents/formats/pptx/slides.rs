//! A document's blocks on slides.

use super::NAMESPACES;
use super::master::{BODY, Layout, tree};
use super::text::{Links, Look, lines, paragraph, split};
use crate::documents::document::{
    Block, Chart, Document, Image, Item, Marker, Run, Style, Table, Text, plain,
};
use crate::documents::formats::docx::fit;
use crate::documents::formats::drawing::{CHART_TYPE, chart_part};
use crate::documents::formats::html::escape;
use crate::documents::formats::package::{HEAD, Package, Relations};
use crate::documents::formats::tables::shares;

/// Lines of a slide's text, and characters of a line.
const LINES: usize = 12;
const CHARACTERS: usize = 92;

/// Characters of a title that stands on a further slide.
const TITLE_CHARACTERS: usize = 120;

/// Lines of a slide's table, and characters of a line over all its columns.
const TABLE_LINES: usize = 14;
const TABLE_CHARACTERS: f64 = 120.0;

/// Lines of a header that stands again on a further slide.
const HEADER_LINES: usize = TABLE_LINES / 3;

/// The size of letters in tables and notes, in hundredths of a point.
const SMALL: u32 = 1_200;

/// A slide.
pub(super) struct Slide<'d> {
    pub(super) layout: Layout,
    title: Text,
    body: Body<'d>,
}

/// What stands under a slide's title.
enum Body<'d> {
    Text(Vec<(Text, Look)>),
    Table(&'d Table, std::ops::Range<usize>),
    Image(&'d Image),
    Chart(&'d Chart),
}

/// The slides of a document on their way.
pub(super) struct Slides<'d> {
    slides: Vec<Slide<'d>>,
    title: Text,
    text: Vec<(Text, Look)>,
    lines: usize,
    /// Whether the title was on a slide.
    is_shown: bool,
}

impl<'d> Slides<'d> {
    /// The slides of a document.
    pub(super) fn of(document: &'d Document) -> Vec<Slide<'d>> {
        let mut slides =
            Self { slides: Vec::new(), title: Text::new(), text: Vec::new(), lines: 0, is_shown: true };
        if let Some(title) = &document.title {
            let title = vec![Run::plain(title)];
            slides.slides.push(Slide { layout: Layout::Title, title, body: Body::Text(Vec::new()) });
        }
        for block in &document.blocks {
            slides.block(block, document);
        }
        slides.end();
        slides.notes(document);
        if slides.slides.is_empty() {
            slides.show(Body::Text(Vec::new()));
        }
        slides.slides
    }

    fn block(&mut self, block: &'d Block, document: &Document) {
        match block {
            Block::Heading { level: 1 | 2, text } => {
                self.end();
                self.title.clone_from(text);
                self.is_shown = false;
            }
            Block::Heading { text, .. } => self.paragraph(text, Look { is_bold: true, ..Look::default() }),
            Block::Paragraph(text) => self.paragraph(text, Look::default()),
            Block::Quote(text) => {
                let italic = |run: &Run| Run { style: Style { is_italic: true, ..run.style }, ..run.clone() };
                self.paragraph(&text.iter().map(italic).collect(), Look::default());
            }
            Block::Code(code) => {
                for line in code.split('\n') {
                    let look = Look { is_code: true, size: SMALL + 200, ..Look::default() };
                    self.paragraph(&vec![Run::plain(line)], look);
                }
            }
            Block::Item(item) => self.item(item),
            Block::Table(table) => self.table(table),
            Block::Image(image) => {
                self.end_text();
                self.show(Body::Image(image));
            }
            Block::Chart(chart) => {
                self.end_text();
                self.show(Body::Chart(chart));
            }
            Block::Contents => self.contents(document),
            Block::PageBreak => self.end_text(),
            Block::Rule => {}
        }
    }

    fn item(&mut self, item: &Item) {
        let number = match item.marker {
            Marker::Number(number) => Some(number),
            Marker::Bullet => None,
            Marker::None => return self.paragraph(&item.text, Look::default()),
        };
        self.paragraph(&item.text, Look { level: Some(item.depth), number, ..Look::default() });
    }

    /// Adds a paragraph, on as many slides as it takes.
    fn paragraph(&mut self, text: &Text, look: Look) {
        for (part, at) in split(text, LINES * CHARACTERS / 2).into_iter().zip(0_u32..) {
            let takes = lines(&part, CHARACTERS);
            if self.lines + takes > LINES {
                self.end_text();
            }
            self.lines += takes;
            // What goes on has no mark of its own.
            let look = if at == 0 { look } else { Look { level: None, number: None, ..look } };
            self.text.push((part, look));
        }
    }

    fn table(&mut self, table: &'d Table) {
        self.end_text();
        let shares = shares(table);
        let takes = |row: &Vec<Text>| {
            let cell = |(text, share): (&Text, &f64)| lines(text, characters(*share));
            row.iter().zip(&shares).map(cell).max().unwrap_or(1)
        };
        let header = takes(&table.header);
        let (mut from, mut used) = (0, header);
        for (row, at) in table.rows.iter().zip(0..) {
            let more = takes(row);
            if used + more > TABLE_LINES && at > from {
                self.show(Body::Table(table, from..at));
                (from, used) = (at, header.min(HEADER_LINES));
            }
            used += more;
        }
        self.show(Body::Table(table, from..table.rows.len()));
    }

    fn contents(&mut self, document: &Document) {
        for (level, text) in document.headings().filter(|(level, _)| *level <= 2) {
            let look = Look { level: Some(level - 1), ..Look::default() };
            self.paragraph(&vec![Run::plain(text)], look);
        }
    }

    fn notes(&mut self, document: &Document) {
        if document.notes.is_empty() {
            return;
        }
        self.title = vec![Run::plain("Notes")];
        for (note, number) in document.notes.iter().zip(1..) {
            let look = Look { level: Some(0), number: Some(number), size: SMALL, ..Look::default() };
            self.paragraph(note, look);
        }
        self.end_text();
    }

    /// Ends what stands under a title; a title without anything under it has a slide too.
    fn end(&mut self) {
        self.end_text();
        if !self.is_shown {
            self.show(Body::Text(Vec::new()));
        }
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.show(Body::Text(text));
        }
        self.lines = 0;
    }

    fn show(&mut self, body: Body<'d>) {
        let title = if self.is_shown { repeated(&self.title, TITLE_CHARACTERS) } else { self.title.clone() };
        self.is_shown = true;
        self.slides.push(Slide { layout: Layout::Content, title, body });
    }
}

impl Slide<'_> {
    /// The slide's part; images and charts become parts of the package.
    pub(super) fn xml(&self, number: u32, relations: &mut Relations, package: &mut Package) -> String {
        let mut links = Links::default();
        let mut shapes = String::new();
        if !plain(&self.title).trim().is_empty() {
            let kind = if self.layout == Layout::Title { "ctrTitle" } else { "title" };
            let inner =
                paragraph(&self.title, Look { level: Some(0), ..Look::default() }, &mut links, relations);
            shapes.push_str(&placed(2, kind, "", &inner));
        }
        match &self.body {
            Body::Text(text) if text.is_empty() => {}
            Body::Text(text) => {
                let inner: String =
                    text.iter().map(|(text, look)| paragraph(text, *look, &mut links, relations)).collect();
                shapes.push_str(&placed(3, "body", " idx=\"1\"", &inner));
            }
            Body::Table(table, rows) => shapes.push_str(&frame(
                "http://schemas.openxmlformats.org/drawingml/2006/table",
                &self::table(table, rows.clone(), &mut links, relations),
            )),
            Body::Chart(chart) => {
                let part = format!("charts/chart{number}.xml");
                let id = relations.to("chart", &format!("../{part}"));
                package.put(&format!("ppt/{part}"), CHART_TYPE, chart_part(chart));
                let inner = format!(
                    "<c:chart xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" r:id=\"{id}\"/>"
                );
                shapes.push_str(&frame("http://schemas.openxmlformats.org/drawingml/2006/chart", &inner));
            }
            Body::Image(image) => {
                let part = format!("media/image{number}.{}", image.kind.ending());
                let id = relations.to("image", &format!("../{part}"));
                package.put_media(&format!("ppt/{part}"), image.bytes.clone());
                shapes.push_str(&picture(image, &id));
            }
        }
        if self.layout == Layout::Content {
            shapes.push_str(&placed(
                9,
                "sldNum",
                " sz=\"quarter\" idx=\"4\"",
                &format!(
                    "<a:p><a:pPr algn=\"r\"/><a:fld id=\"{{00000000-1234-1234-1234-123412341234}}\" type=\"slidenum\">\
                     <a:rPr sz=\"1100\"/><a:t>{number}</a:t></a:fld></a:p>"
                ),
            ));
        }
        format!(
            "{HEAD}<p:sld {NAMESPACES}><p:cSld>{}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>",
            tree(&shapes)
        )
    }
}

/// A text as further slides have it: its first characters, without a look, links and notes.
fn repeated(text: &Text, most: usize) -> Text {
    vec![Run::plain(text.iter().flat_map(|run| run.text.chars()).take(most).collect::<String>())]
}

/// How many characters of a table a line of a column has.
fn characters(share: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "less than a line")]
    let characters = (share * TABLE_CHARACTERS) as usize;
    characters.max(1)
}

fn placed(id: u32, kind: &str, index: &str, paragraphs: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{kind} {id}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr>\
         <p:ph type=\"{kind}\"{index}/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr><a:normAutofit/></a:bodyPr><a:lstStyle/>\
         {paragraphs}</p:txBody></p:sp>"
    )
}

fn frame(uri: &str, inner: &str) -> String {
    let [x, y, width, height] = BODY;
    format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"4\" name=\"Content 4\"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>\
         <p:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></p:xfrm><a:graphic><a:graphicData uri=\"{uri}\">\
         {inner}</a:graphicData></a:graphic></p:graphicFrame>"
    )
}

fn picture(image: &Image, id: &str) -> String {
    let [left, top, room, high] = BODY;
    let (width, height) = fit(image, room, high);
    let (x, y) = (left + (room - width) / 2, top + (high - height) / 2);
    format!(
        "<p:pic><p:nvPicPr><p:cNvPr id=\"4\" name=\"Image 4\" descr=\"{}\"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill>\
         <a:blip r:embed=\"{id}\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/>\
         <a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>",
        escape(&image.alt)
    )
}

fn table(
    table: &Table,
    rows: std::ops::Range<usize>,
    links: &mut Links,
    relations: &mut Relations,
) -> String {
    let width = u32::try_from(BODY[2]).map_or(0.0, f64::from);
    #[expect(clippy::cast_possible_truncation, reason = "less than a slide")]
    let columns =
        shares(table).into_iter().map(|share| format!("<a:gridCol w=\"{}\"/>", (share * width) as i64));
    let columns: String = columns.collect();
    let line = |name: &str| {
        format!("<a:{name} w=\"6350\"><a:solidFill><a:srgbClr val=\"BFC7D5\"/></a:solidFill></a:{name}>")
    };
    let lines: String = ["lnL", "lnR", "lnT", "lnB"].into_iter().map(line).collect();
    let mut row = |cells: &[Text], is_header: bool| {
        let fill =
            if is_header { "<a:solidFill><a:srgbClr val=\"E8EDF5\"/></a:solidFill>" } else { "<a:noFill/>" };
        let look = Look { is_bold: is_header, size: SMALL, ..Look::default() };
        let cells = cells.iter().map(|cell| {
            let text = paragraph(cell, look, links, relations);
            format!("<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{text}</a:txBody><a:tcPr marT=\"36000\" marB=\"36000\">{lines}{fill}</a:tcPr></a:tc>")
        });
        format!("<a:tr h=\"300000\">{}</a:tr>", cells.collect::<String>())
    };
    let mut xml = format!("<a:tbl><a:tblPr firstRow=\"1\"/><a:tblGrid>{columns}</a:tblGrid>");
    if rows.start == 0 {
        xml.push_str(&row(&table.header, true));
    } else {
        let again = |(text, share): (&Text, f64)| repeated(text, characters(share) * HEADER_LINES);
        let header: Vec<Text> = table.header.iter().zip(shares(table)).map(again).collect();
        xml.push_str(&row(&header, true));
    }
    for cells in &table.rows[rows] {
        xml.push_str(&row(cells, false));
    }
    xml.push_str("</a:tbl>");
    xml
}
