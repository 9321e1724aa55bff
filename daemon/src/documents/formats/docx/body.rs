//! The text of a Word file: paragraphs, tables, images, charts, footnotes.

use super::namespaces;
use super::styles::{Numbering, Styles};
use crate::documents::document::{Block, Document, Image, Item, Marker, Run, Style, Table, Text, plain};
use crate::documents::formats::drawing::{HEIGHT, WIDTH, chart_part};
use crate::documents::formats::html::escape;
use crate::documents::formats::package::{HEAD, Relations};
use crate::documents::formats::tables::shares;
use std::collections::{HashMap, HashSet};
use unicode_bidi::{BidiClass, Direction, bidi_class, get_base_direction};

/// Word's unit of drawings: so many to a pixel of 1/96 inch, and to the width of the text of A4.
const EMU_PER_PIXEL: u64 = 9_525;
const EMU_OF_LINE: u64 = 5_976_000;
const EMU_OF_PAGE: u64 = 8_400_000;

/// Twentieths of a point in the width of the text of A4.
const LINE: f64 = 9_412.0;

/// The text of a document on its way.
pub(super) struct Body<'d> {
    pub(super) xml: String,
    pub(super) relations: Relations,
    pub(super) numbering: Numbering,
    /// Images and charts: the names of their parts, and what these hold.
    pub(super) images: Vec<(String, &'d [u8])>,
    pub(super) charts: Vec<(String, String)>,
    styles: &'d Styles,
    links: HashMap<String, String>,
    /// The numbered list that is open on each level, and its last number.
    lists: Vec<Option<(u32, u64)>>,
    /// The notes that were marked.
    marked: HashSet<usize>,
    headings: usize,
    /// Whether the next paragraph begins a page.
    breaks: bool,
}

impl<'d> Body<'d> {
    pub(super) fn new(styles: &'d Styles, numbering: Numbering, relations: Relations) -> Self {
        Self {
            xml: String::new(),
            relations,
            numbering,
            images: Vec::new(),
            charts: Vec::new(),
            styles,
            links: HashMap::new(),
            lists: Vec::new(),
            marked: HashSet::new(),
            headings: 0,
            breaks: false,
        }
    }

    pub(super) fn write(&mut self, document: &'d Document) {
        if let Some(title) = &document.title {
            self.paragraph("Title", "", &[Run::plain(title)]);
        }
        for block in &document.blocks {
            if !matches!(block, Block::Item(_)) {
                self.lists.clear();
            }
            match block {
                Block::Heading { level, text } => self.heading(*level, text),
                Block::Paragraph(text) => self.paragraph("Normal", "", text),
                Block::Quote(text) => self.paragraph("Quote", "", text),
                Block::Code(code) => self.paragraph("Code", "", &[Run::plain(code)]),
                Block::Item(item) => self.item(item),
                Block::Table(table) => self.table(table),
                Block::Image(image) => self.image(image),
                Block::Chart(chart) => {
                    let part = format!("charts/katonic-chart{}.xml", self.charts.len() + 1);
                    let id = self.relations.to("chart", &part);
                    self.charts.push((part, chart_part(chart)));
                    let inner = format!(
                        "<a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\">\
                         <c:chart r:id=\"{id}\"/></a:graphicData></a:graphic>"
                    );
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a constant")]
                    let size = (WIDTH as u64 * EMU_PER_PIXEL, HEIGHT as u64 * EMU_PER_PIXEL);
                    self.drawing(size, &chart.title, &inner);
                }
                Block::Contents => self.contents(document),
                Block::Rule => self.xml.push_str(
                    "<w:p><w:pPr><w:pBdr><w:bottom w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"BFC7D5\"/></w:pBdr></w:pPr></w:p>",
                ),
                Block::PageBreak => self.breaks = true,
            }
        }
        // A document ends with a paragraph.
        if matches!(document.blocks.last(), Some(Block::Table(_)) | None) {
            self.xml.push_str("<w:p/>");
        }
    }

    fn paragraph(&mut self, style: &str, more: &str, text: &[Run]) {
        let runs = self.runs(text);
        self.open(style, more, text);
        self.xml.push_str(&runs);
        self.xml.push_str("</w:p>");
    }

    fn open(&mut self, style: &str, more: &str, text: &[Run]) {
        let style = self.styles.id(style);
        let bidi = if is_right_to_left(text) { "<w:bidi/>" } else { "" };
        // Word wants it after the list's mark, before what is said of space.
        let (before, after) = if more.starts_with("<w:numPr>") { (more, "") } else { ("", more) };
        let page = if std::mem::take(&mut self.breaks) { "<w:pageBreakBefore/>" } else { "" };
        self.xml.push_str(&format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{page}{before}{bidi}{after}</w:pPr>"
        ));
    }

    fn heading(&mut self, level: u8, text: &Text) {
        self.headings += 1;
        let number = self.headings;
        let runs = self.runs(text);
        self.open(&format!("Heading{level}"), "", text);
        self.xml.push_str(&format!(
            "<w:bookmarkStart w:id=\"{number}\" w:name=\"_Toc{number:06}\"/>{runs}<w:bookmarkEnd w:id=\"{number}\"/></w:p>"
        ));
    }

    fn item(&mut self, item: &Item) {
        let level = usize::from(item.depth);
        self.lists.resize(level + 1, None);
        let list = match item.marker {
            Marker::None => {
                let indent = format!("<w:ind w:left=\"{}\"/>", 480 + level * 400);
                return self.paragraph("ListParagraph", &indent, &item.text);
            }
            Marker::Bullet => {
                self.lists[level] = None;
                self.numbering.bullets()
            }
            Marker::Number(number) => {
                let open = self.lists[level].filter(|(_, last)| last.checked_add(1) == Some(number));
                let list = open.map_or_else(|| self.numbering.begin(item.depth, number), |(list, _)| list);
                self.lists[level] = Some((list, number));
                list
            }
        };
        let marks = format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr>");
        self.paragraph("ListParagraph", &marks, &item.text);
    }

    fn table(&mut self, table: &Table) {
        let grid = self.styles.id("TableGrid").to_owned();
        #[expect(clippy::cast_possible_truncation, reason = "less than a page")]
        let widths: Vec<i64> = shares(table).iter().map(|share| (share * LINE) as i64).collect();
        let columns: String = widths.iter().map(|width| format!("<w:gridCol w:w=\"{width}\"/>")).collect();
        self.xml.push_str(&format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"{grid}\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/>\
             <w:tblLook w:val=\"0020\" w:firstRow=\"1\"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>"
        ));
        self.row(&table.header, &widths, true);
        for row in &table.rows {
            self.row(row, &widths, false);
        }
        self.xml.push_str("</w:tbl>");
    }

    fn row(&mut self, cells: &[Text], widths: &[i64], is_header: bool) {
        let header = if is_header { "<w:tblHeader/>" } else { "" };
        self.xml.push_str(&format!("<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>"));
        let fill = if is_header { "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"E8EDF5\"/>" } else { "" };
        for (text, width) in cells.iter().zip(widths) {
            self.xml
                .push_str(&format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{fill}</w:tcPr>"));
            let more = "<w:spacing w:before=\"40\" w:after=\"40\" w:line=\"240\" w:lineRule=\"auto\"/>";
            if is_header {
                let bold = |run: &Run| Run { style: Style { is_bold: true, ..run.style }, ..run.clone() };
                let text: Text = text.iter().map(bold).collect();
                self.paragraph("Normal", more, &text);
            } else {
                self.paragraph("Normal", more, text);
            }
            self.xml.push_str("</w:tc>");
        }
        self.xml.push_str("</w:tr>");
    }

    fn image(&mut self, image: &'d Image) {
        let name = format!("media/katonic-image{}.{}", self.images.len() + 1, image.kind.ending());
        let id = self.relations.to("image", &name);
        self.images.push((name, &image.bytes));
        let (width, height) = fit(image, EMU_OF_LINE, EMU_OF_PAGE);
        let number = self.images.len();
        let inner = format!(
            "<a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic><pic:nvPicPr>\
             <pic:cNvPr id=\"{number}\" name=\"Image {number}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>\
             <a:blip r:embed=\"{id}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/>\
             <a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>\
             </a:graphicData></a:graphic>"
        );
        self.drawing((width, height), &image.alt, &inner);
    }

    fn drawing(&mut self, (width, height): (u64, u64), alt: &str, inner: &str) {
        let number = self.images.len() + self.charts.len();
        let alt = escape(alt);
        let page = if std::mem::take(&mut self.breaks) { "<w:pPr><w:pageBreakBefore/></w:pPr>" } else { "" };
        self.xml.push_str(&format!(
            "<w:p>{page}<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
             <wp:docPr id=\"{number}\" name=\"Drawing {number}\" descr=\"{alt}\"/><wp:cNvGraphicFramePr/>{inner}</wp:inline>\
             </w:drawing></w:r></w:p>"
        ));
    }

    /// A field that Word fills with page numbers when the file is opened; until then it lists the headings.
    fn contents(&mut self, document: &Document) {
        let headings: Vec<_> = document.headings().zip(1..).filter(|((level, _), _)| *level <= 3).collect();
        for (at, ((level, text), number)) in headings.iter().enumerate() {
            self.open(&format!("TOC{level}"), "", &[Run::plain(text)]);
            if at == 0 {
                self.xml.push_str(
                    "<w:r><w:fldChar w:fldCharType=\"begin\" w:dirty=\"true\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> \
                     TOC \\o \"1-3\" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>",
                );
            }
            let look = look(Style::default(), is_right_to_left(&[Run::plain(text)]), "");
            self.xml.push_str(&format!("<w:hyperlink w:anchor=\"_Toc{number:06}\"><w:r>{look}"));
            self.text(text);
            self.xml.push_str("</w:r></w:hyperlink>");
            if at + 1 == headings.len() {
                self.xml.push_str("<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>");
            }
            self.xml.push_str("</w:p>");
        }
    }

    fn runs(&mut self, text: &[Run]) -> String {
        let outside = std::mem::take(&mut self.xml);
        for run in text {
            match (run.note, &run.link) {
                (Some(note), _) => self.mark(note),
                (None, Some(link)) => {
                    let relations = &mut self.relations;
                    let id = self
                        .links
                        .entry(link.to_string())
                        .or_insert_with(|| relations.outside("hyperlink", link));
                    self.xml.push_str(&format!("<w:hyperlink r:id=\"{id}\">"));
                    self.run(run, "Hyperlink");
                    self.xml.push_str("</w:hyperlink>");
                }
                (None, None) => self.run(run, ""),
            }
        }
        std::mem::replace(&mut self.xml, outside)
    }

    /// The first mark of a note is Word's own; others repeat its number.
    fn mark(&mut self, note: usize) {
        let (style, number) = (self.styles.id("FootnoteReference"), note + 1);
        let what = match self.marked.insert(note) {
            true => format!("<w:footnoteReference w:id=\"{number}\"/>"),
            false => format!("<w:t>{number}</w:t>"),
        };
        self.xml.push_str(&format!("<w:r><w:rPr><w:rStyle w:val=\"{style}\"/></w:rPr>{what}</w:r>"));
    }

    fn run(&mut self, run: &Run, character: &str) {
        let rtl = run.text.chars().any(|c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL));
        let character = if character.is_empty() { "" } else { self.styles.id(character) };
        let look = look(run.style, rtl, character);
        self.xml.push_str(&format!("<w:r>{look}"));
        self.text(&run.text);
        self.xml.push_str("</w:r>");
    }

    fn text(&mut self, text: &str) {
        for (line, at) in text.split('\n').zip(0_u32..) {
            if at > 0 {
                self.xml.push_str("<w:br/>");
            }
            for (part, at) in line.split('\t').zip(0_u32..) {
                if at > 0 {
                    self.xml.push_str("<w:tab/>");
                }
                if !part.is_empty() {
                    self.xml.push_str(&format!("<w:t xml:space=\"preserve\">{}</w:t>", escape(part)));
                }
            }
        }
    }

    /// The part of the footnotes, and what it leads to.
    pub(super) fn notes(&mut self, document: &Document) -> (String, Relations) {
        let outside = std::mem::take(&mut self.relations);
        self.links.clear();
        self.xml.clear();
        for (kind, id) in [("separator", -1), ("continuationSeparator", 0)] {
            self.xml.push_str(&format!(
                "<w:footnote w:type=\"{kind}\" w:id=\"{id}\"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>"
            ));
        }
        let mark = format!(
            "<w:r><w:rPr><w:rStyle w:val=\"{}\"/></w:rPr><w:footnoteRef/></w:r><w:r><w:t xml:space=\"preserve\"> </w:t></w:r>",
            self.styles.id("FootnoteReference")
        );
        for (note, number) in document.notes.iter().zip(1..) {
            let runs = self.runs(note);
            self.xml.push_str(&format!("<w:footnote w:id=\"{number}\">"));
            self.open("FootnoteText", "", note);
            self.xml.push_str(&format!("{mark}{runs}</w:p></w:footnote>"));
        }
        let xml = format!("{HEAD}<w:footnotes{}>{}</w:footnotes>", namespaces(""), self.xml);
        (xml, std::mem::replace(&mut self.relations, outside))
    }
}

/// How a run looks, in the order that Word wants it told.
fn look(style: Style, rtl: bool, character: &str) -> String {
    let mut look = String::new();
    if !character.is_empty() {
        look.push_str(&format!("<w:rStyle w:val=\"{character}\"/>"));
    }
    let code = "<w:rFonts w:ascii=\"Consolas\" w:hAnsi=\"Consolas\" w:cs=\"Consolas\"/>";
    let parts = [
        (style.is_code, code),
        (style.is_bold, "<w:b/><w:bCs/>"),
        (style.is_italic, "<w:i/><w:iCs/>"),
        (style.is_struck, "<w:strike/>"),
        (rtl, "<w:rtl/>"),
    ];
    look.extend(parts.iter().filter(|(is_on, _)| *is_on).map(|(_, xml)| *xml));
    if look.is_empty() { look } else { format!("<w:rPr>{look}</w:rPr>") }
}

fn is_right_to_left(text: &[Run]) -> bool {
    get_base_direction(plain(text).as_str()) == Direction::Rtl
}

/// The size of an image that fits, in EMU.
pub(in crate::documents::formats) fn fit(image: &Image, width: u64, height: u64) -> (u64, u64) {
    let (w, h) = (u64::from(image.width) * EMU_PER_PIXEL, u64::from(image.height) * EMU_PER_PIXEL);
    let (w, h) = if w > width { (width, (h * width / w).max(1)) } else { (w, h) };
    if h > height { ((w * height / h).max(1), height) } else { (w, h) }
}
