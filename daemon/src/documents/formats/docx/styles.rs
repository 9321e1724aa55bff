//! Styles and lists of Word files: ours, or a template's with ours for what it lacks.

use crate::documents::document::Unwritable;
use crate::documents::formats::package::{HEAD, attribute};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, HashMap};

/// The namespace of Word's own elements.
const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

/// Our styles. Each stands on a line of its own, and begins with its id and the name that Word knows it by.
const STYLES: &str = include_str!("styles.xml");

/// The styles' part, and what their ids are there.
pub(super) struct Styles {
    pub(super) xml: String,
    ids: HashMap<String, String>,
}

impl Styles {
    /// Our own styles, or a template's with ours for what it lacks.
    ///
    /// # Errors
    /// If the template's are broken.
    pub(super) fn new(template: Option<&str>) -> Result<Self, Unwritable> {
        let Some(template) = template else {
            return Ok(Self { xml: STYLES.to_owned(), ids: HashMap::new() });
        };
        let there = known(template)?;
        let normal = there.get("normal").map_or("KatonicNormal", String::as_str);
        let (mut ids, mut added) = (HashMap::new(), String::new());
        for (name, id) in known(STYLES)? {
            if let Some(there) = there.get(&name) {
                ids.insert(id, there.clone());
                continue;
            }
            let own = format!("w:styleId=\"{id}\"");
            let style = STYLES.lines().find(|line| line.contains(&own)).unwrap_or_default();
            added.push_str(
                &style
                    .replace(&own, &format!("w:styleId=\"Katonic{id}\""))
                    .replace("w:default=\"1\"", "")
                    .replace("basedOn w:val=\"Normal\"", &format!("basedOn w:val=\"{normal}\""))
                    .replace("next w:val=\"Normal\"", &format!("next w:val=\"{normal}\"")),
            );
            ids.insert(id.clone(), format!("Katonic{id}"));
        }
        Ok(Self { xml: within(template, "styles", &added)?, ids })
    }

    /// The id of a style that we call so.
    pub(super) fn id<'s>(&'s self, ours: &'s str) -> &'s str {
        self.ids.get(ours).map_or(ours, String::as_str)
    }
}

/// The ids of styles by their names in lower case.
fn known(xml: &str) -> Result<BTreeMap<String, String>, Unwritable> {
    let (mut styles, mut id) = (BTreeMap::new(), String::new());
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
