//! Styles and lists of Word files: ours, or a template's with ours for what it lacks.

use crate::documents::document::Unwritable;
use crate::documents::formats::package::{HEAD, attribute};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;

/// The namespace of Word's own elements.
const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

/// The styles that are used: a name that Word knows, our id, its kind, and how it looks.
const STYLES: &[(&str, &str, &str, &str)] = &[
    ("Normal", "Normal", "paragraph", "<w:qFormat/>"),
    (
        "Title",
        "Title",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:spacing w:after=\"240\"/></w:pPr><w:rPr><w:color w:val=\"1F3864\"/><w:sz w:val=\"52\"/><w:szCs w:val=\"52\"/></w:rPr>",
    ),
    (
        "heading 1",
        "Heading1",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before=\"360\" w:after=\"120\"/><w:outlineLvl w:val=\"0\"/></w:pPr><w:rPr><w:b/><w:bCs/><w:color w:val=\"1F3864\"/><w:sz w:val=\"34\"/><w:szCs w:val=\"34\"/></w:rPr>",
    ),
    (
        "heading 2",
        "Heading2",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before=\"280\" w:after=\"100\"/><w:outlineLvl w:val=\"1\"/></w:pPr><w:rPr><w:b/><w:bCs/><w:color w:val=\"1F3864\"/><w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/></w:rPr>",
    ),
    (
        "heading 3",
        "Heading3",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before=\"240\" w:after=\"80\"/><w:outlineLvl w:val=\"2\"/></w:pPr><w:rPr><w:b/><w:bCs/><w:color w:val=\"1F3864\"/><w:sz w:val=\"24\"/><w:szCs w:val=\"24\"/></w:rPr>",
    ),
    (
        "heading 4",
        "Heading4",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before=\"200\" w:after=\"60\"/><w:outlineLvl w:val=\"3\"/></w:pPr><w:rPr><w:b/><w:bCs/><w:i/><w:iCs/><w:color w:val=\"1F3864\"/></w:rPr>",
    ),
    (
        "heading 5",
        "Heading5",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before=\"200\" w:after=\"60\"/><w:outlineLvl w:val=\"4\"/></w:pPr><w:rPr><w:b/><w:bCs/></w:rPr>",
    ),
    (
        "heading 6",
        "Heading6",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before=\"200\" w:after=\"60\"/><w:outlineLvl w:val=\"5\"/></w:pPr><w:rPr><w:i/><w:iCs/></w:rPr>",
    ),
    (
        "List Paragraph",
        "ListParagraph",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr><w:spacing w:after=\"60\"/></w:pPr>",
    ),
    (
        "Quote",
        "Quote",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr><w:pBdr><w:left w:val=\"single\" w:sz=\"18\" w:space=\"10\" w:color=\"BFC7D5\"/></w:pBdr><w:ind w:left=\"480\"/></w:pPr><w:rPr><w:color w:val=\"444444\"/></w:rPr>",
    ),
    (
        "Code",
        "Code",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr><w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"F4F5F7\"/><w:spacing w:line=\"240\" w:lineRule=\"auto\"/></w:pPr><w:rPr><w:rFonts w:ascii=\"Consolas\" w:hAnsi=\"Consolas\" w:cs=\"Consolas\"/><w:noProof/><w:sz w:val=\"19\"/><w:szCs w:val=\"19\"/></w:rPr>",
    ),
    (
        "toc 1",
        "TOC1",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:pPr><w:spacing w:after=\"60\"/></w:pPr>",
    ),
    (
        "toc 2",
        "TOC2",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:pPr><w:spacing w:after=\"60\"/><w:ind w:left=\"240\"/></w:pPr>",
    ),
    (
        "toc 3",
        "TOC3",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:pPr><w:spacing w:after=\"60\"/><w:ind w:left=\"480\"/></w:pPr>",
    ),
    (
        "footer",
        "Footer",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:rPr><w:color w:val=\"666666\"/><w:sz w:val=\"18\"/><w:szCs w:val=\"18\"/></w:rPr>",
    ),
    (
        "footnote text",
        "FootnoteText",
        "paragraph",
        "<w:basedOn w:val=\"Normal\"/><w:pPr><w:spacing w:after=\"40\" w:line=\"240\" w:lineRule=\"auto\"/></w:pPr><w:rPr><w:sz w:val=\"18\"/><w:szCs w:val=\"18\"/></w:rPr>",
    ),
    (
        "footnote reference",
        "FootnoteReference",
        "character",
        "<w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr>",
    ),
    (
        "Hyperlink",
        "Hyperlink",
        "character",
        "<w:rPr><w:color w:val=\"1155CC\"/><w:u w:val=\"single\"/></w:rPr>",
    ),
    (
        "Table Grid",
        "TableGrid",
        "table",
        "<w:tblPr><w:tblBorders><w:top w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"BFC7D5\"/><w:left w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"BFC7D5\"/><w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"BFC7D5\"/><w:right w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"BFC7D5\"/><w:insideH w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"BFC7D5\"/><w:insideV w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"BFC7D5\"/></w:tblBorders></w:tblPr>",
    ),
];

/// The styles' part, and what their ids are there.
pub(super) struct Styles {
    pub(super) xml: String,
    ids: HashMap<&'static str, String>,
}

impl Styles {
    /// Our own styles, or a template's.
    ///
    /// # Errors
    /// If the template's are broken.
    pub(super) fn new(template: Option<&str>) -> Result<Self, Unwritable> {
        let there = template.map(known).transpose()?.unwrap_or_default();
        let mut ids = HashMap::new();
        let mut added = String::new();
        for (name, id, kind, look) in STYLES {
            if let Some(there) = there.get(&name.to_lowercase()) {
                ids.insert(*id, there.clone());
                continue;
            }
            let own = if template.is_some() { format!("Katonic{id}") } else { (*id).to_owned() };
            let default = if template.is_none() && *id == "Normal" { " w:default=\"1\"" } else { "" };
            let look = match there.get("normal") {
                Some(normal) => look.replace("w:val=\"Normal\"", &format!("w:val=\"{normal}\"")),
                None => (*look).to_owned(),
            };
            added.push_str(&format!(
                "<w:style w:type=\"{kind}\"{default} w:styleId=\"{own}\"><w:name w:val=\"{name}\"/>{look}</w:style>"
            ));
            ids.insert(*id, own);
        }
        let xml = match template {
            Some(xml) => within(xml, "styles", &added)?,
            None => format!(
                "{HEAD}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>\
                 <w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:cs=\"Calibri\"/><w:sz w:val=\"22\"/><w:szCs w:val=\"22\"/>\
                 </w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after=\"140\" w:line=\"276\" w:lineRule=\"auto\"/>\
                 </w:pPr></w:pPrDefault></w:docDefaults>{added}</w:styles>"
            ),
        };
        Ok(Self { xml, ids })
    }

    /// The id of a style that we call so.
    pub(super) fn id<'s>(&'s self, ours: &'s str) -> &'s str {
        self.ids.get(ours).map_or(ours, String::as_str)
    }
}

/// A template's styles: their ids by their names in lower case.
fn known(xml: &str) -> Result<HashMap<String, String>, Unwritable> {
    let (mut styles, mut id) = (HashMap::new(), String::new());
    starts(xml, |element| match element.local_name().as_ref() {
        "style" => id = attribute(element, "styleId").unwrap_or_default(),
        "name" => {
            let name = attribute(element, "val").unwrap_or_default().to_lowercase();
            styles.insert(name, quick_xml::escape::escape(id.as_str()).into_owned());
        }
        _ => {}
    })?;
    Ok(styles)
}

/// A part's elements as they begin.
fn starts(xml: &str, mut told: impl FnMut(&BytesStart<'_>)) -> Result<(), Unwritable> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => told(&element),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(_) => return Err(broken()),
        }
    }
}

fn broken() -> Unwritable {
    Unwritable::Template("The template is broken: save it again as a Word file.".into())
}

/// A part with more before its end.
fn within(xml: &str, root: &str, added: &str) -> Result<String, Unwritable> {
    let end = format!("</w:{root}>");
    let at = xml.rfind(&end).ok_or_else(broken)?;
    Ok(format!("{}{added}{}", &xml[..at], &xml[at..]))
}

/// The lists' part.
pub(super) struct Numbering {
    template: Option<String>,
    /// The next number of a list, and those of bullets and of numbers.
    next: u32,
    bullets: u32,
    kinds: [u32; 2],
    added: String,
}

impl Numbering {
    /// Our lists, beside a template's, whose headings may be numbered by them.
    ///
    /// # Errors
    /// If the template's are broken.
    pub(super) fn new(template: Option<String>) -> Result<Self, Unwritable> {
        let (mut kind, mut list) = (0, 0);
        if let Some(xml) = &template {
            starts(xml, |element| {
                let number = |name| attribute(element, name).and_then(|id| id.parse().ok()).unwrap_or(0_u32);
                match element.local_name().as_ref() {
                    "abstractNum" => kind = kind.max(number("abstractNumId")),
                    "num" => list = list.max(number("numId")),
                    _ => {}
                }
            })?;
        }
        let kinds = [kind.saturating_add(1), kind.saturating_add(2)];
        let bullets = list.saturating_add(1);
        let added = format!("<w:num w:numId=\"{bullets}\"><w:abstractNumId w:val=\"{}\"/></w:num>", kinds[0]);
        Ok(Self { template, next: bullets.saturating_add(1), bullets, kinds, added })
    }

    /// The list of bullets.
    pub(super) fn bullets(&self) -> u32 {
        self.bullets
    }

    /// Another numbered list, that begins at a number on a level.
    pub(super) fn begin(&mut self, level: u8, number: u64) -> u32 {
        let list = self.next;
        self.next = self.next.saturating_add(1);
        // Word counts in 31 bits.
        let number = number.min(i32::MAX as u64);
        self.added.push_str(&format!(
            "<w:num w:numId=\"{list}\"><w:abstractNumId w:val=\"{}\"/><w:lvlOverride w:ilvl=\"{level}\">\
             <w:startOverride w:val=\"{number}\"/></w:lvlOverride></w:num>",
            self.kinds[1]
        ));
        list
    }

    /// The part.
    ///
    /// # Errors
    /// If the template's is broken.
    pub(super) fn finish(self) -> Result<String, Unwritable> {
        let bullet = |_: u32| ("bullet", "•".to_owned());
        let number = |level: u32| ("decimal", format!("%{}.", level + 1));
        let kinds = kind(self.kinds[0], bullet) + &kind(self.kinds[1], number);
        let Some(xml) = self.template else {
            return Ok(format!("{HEAD}<w:numbering {W}>{kinds}{}</w:numbering>", self.added));
        };
        // Kinds stand before lists.
        let xml = match xml.find("<w:num ") {
            Some(at) => format!("{}{kinds}{}", &xml[..at], &xml[at..]),
            None => within(&xml, "numbering", &kinds)?,
        };
        // And a list of what was cleaned up may end the part.
        match xml.find("<w:numIdMacAtCleanup") {
            Some(at) => Ok(format!("{}{}{}", &xml[..at], self.added, &xml[at..])),
            None => within(&xml, "numbering", &self.added),
        }
    }
}

fn kind(id: u32, mark: impl Fn(u32) -> (&'static str, String)) -> String {
    let levels = (0..9).map(|level| {
        let (format, text) = mark(level);
        let left = 480 + level * 400;
        format!(
            "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/>\
             <w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"{left}\" w:hanging=\"360\"/></w:pPr></w:lvl>"
        )
    });
    let levels: String = levels.collect();
    format!(
        "<w:abstractNum w:abstractNumId=\"{id}\"><w:multiLevelType w:val=\"hybridMultilevel\"/>{levels}</w:abstractNum>"
    )
}
