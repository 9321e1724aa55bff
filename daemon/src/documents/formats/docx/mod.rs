//! Word files (ECMA-376, part 1, WordprocessingML), of our own look or a template's.

mod body;
mod styles;

use super::package::{HEAD, Package, Relations, attribute, relations_of};
use super::{Extras, Format, Written};
use crate::documents::document::{Document, Unwritable};
use body::Body;
pub(super) use body::fit;
use contract::wire::documents::DocumentFormat;
use quick_xml::Reader;
use quick_xml::events::Event;
use styles::{Numbering, Styles};

pub(super) const FORMAT: Format = Format {
    format: DocumentFormat::Docx,
    ending: "docx",
    media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    write,
    has_templates: true,
};

/// What the types of Word's parts begin with.
const TYPES: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The namespaces of a document's parts.
const NAMESPACES: [(&str, &str); 6] = [
    ("w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    ("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    ("wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
    ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
    ("pic", "http://schemas.openxmlformats.org/drawingml/2006/picture"),
    ("c", "http://schemas.openxmlformats.org/drawingml/2006/chart"),
];

/// A page of A4 with margins of 22 mm.
const PAGE: &str = "<w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1247\" w:right=\"1247\" w:bottom=\"1247\" \
                    w:left=\"1247\" w:header=\"624\" w:footer=\"624\" w:gutter=\"0\"/>";

/// What a document begins from: nothing, or a template's parts.
struct Base {
    package: Package,
    /// The main part's name, its folder, the beginning of its element, and its page.
    main: String,
    open: String,
    section: String,
    relations: Relations,
    styles: Styles,
    numbering: Numbering,
}

fn write(document: &Document, extras: &Extras<'_>) -> Result<Written, Unwritable> {
    let base = match extras.template {
        Some(bytes) => Base::of_template(bytes)?,
        None => Base::plain()?,
    };
    let Base { mut package, main, open, section, relations, styles, numbering } = base;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let place = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let mut body = Body::new(&styles, numbering, relations);
    body.xml = format!("{HEAD}{open}<w:body>");
    body.write(document);
    body.xml.push_str(&format!("{section}</w:body></w:document>"));
    package.put(&main, &format!("{TYPES}.document.main+xml"), std::mem::take(&mut body.xml));
    let (notes, notes_relations) = body.notes(document);
    body.relations.to("footnotes", "katonic-footnotes.xml");
    package.put(&place("katonic-footnotes.xml"), &format!("{TYPES}.footnotes+xml"), notes);
    package.relate(&place("katonic-footnotes.xml"), &notes_relations);
    body.relations.to("numbering", "katonic-numbering.xml");
    package.put(&place("katonic-numbering.xml"), &format!("{TYPES}.numbering+xml"), body.numbering.finish()?);
    body.relations.to("styles", "katonic-styles.xml");
    package.put(&place("katonic-styles.xml"), &format!("{TYPES}.styles+xml"), styles.xml.clone());
    for (name, image) in body.images {
        package.put_media(&place(&name), image.to_vec());
    }
    for (name, chart) in body.charts {
        package.put(&place(&name), super::drawing::CHART_TYPE, chart);
    }
    package.relate(&main, &body.relations);
    package.properties(document.title.as_deref());
    Ok(package.finish()?.into())
}

impl Base {
    fn plain() -> Result<Self, Unwritable> {
        let mut package = Package::default();
        let mut root = Relations::default();
        root.to("officeDocument", "word/document.xml");
        root.to(CORE, "docProps/core.xml");
        package.relate("", &root);
        let mut relations = Relations::default();
        let footer = relations.to("footer", "footer.xml");
        package.put("word/footer.xml", &format!("{TYPES}.footer+xml"), footer_part());
        relations.to("settings", "settings.xml");
        package.put("word/settings.xml", &format!("{TYPES}.settings+xml"), settings_part());
        let section =
            format!("<w:sectPr><w:footerReference w:type=\"default\" r:id=\"{footer}\"/>{PAGE}</w:sectPr>");
        Ok(Self {
            package,
            main: "word/document.xml".to_owned(),
            open: format!("<w:document{}>", namespaces("")),
            section,
            relations,
            styles: Styles::new(None)?,
            numbering: Numbering::new(None)?,
        })
    }

    fn of_template(bytes: &[u8]) -> Result<Self, Unwritable> {
        let unusable = |what: &str| Unwritable::Template(format!("The template {what}."));
        let mut package = Package::open(bytes)?;
        let mut main = None;
        let mut root = Relations::default();
        for relation in relations_in(&package, "")? {
            if relation.is("officeDocument") {
                main = Some(relation.target.trim_start_matches('/').to_owned());
            }
            if !relation.is("core-properties") {
                root.keep(&relation.id, &relation.xml);
            }
        }
        root.to(CORE, "docProps/core.xml");
        package.relate("", &root);
        let main = main.ok_or_else(|| unusable("is no Word file"))?;
        let is_plain = [".document.main+xml", ".template.main+xml"].map(|end| format!("{TYPES}{end}"));
        if !package.type_of(&main).is_some_and(|kind| is_plain.iter().any(|plain| plain == kind)) {
            return Err(unusable("is no Word file without macros"));
        }
        let xml = package.text(&main).ok_or_else(|| unusable("has no main part"))?;
        let start = xml.find("<w:document").ok_or_else(|| unusable("is of another kind of Word file"))?;
        let end = start + xml[start..].find('>').ok_or_else(|| unusable("is broken"))?;
        let open = xml[start..end].trim_end_matches('/');
        let open = format!("{open}{}>", namespaces(open));
        let (mut relations, mut styles, mut numbering) = (Relations::default(), None, None);
        for relation in relations_in(&package, &main)? {
            let part = relation.part(&main);
            match relation.kind.rsplit('/').next() {
                Some("styles") => styles = package.text(&part),
                Some("numbering") => numbering = package.text(&part),
                Some("footnotes") => {}
                // What the old text led to goes with it; what its pages show stays.
                Some(
                    "header" | "footer" | "settings" | "theme" | "fontTable" | "webSettings" | "endnotes",
                ) => {
                    relations.keep(&relation.id, &relation.xml);
                    continue;
                }
                _ => {}
            }
            if !relation.is_outside {
                package.remove(&part);
            }
        }
        Ok(Self {
            section: section(&xml),
            open,
            styles: Styles::new(styles.as_deref())?,
            numbering: Numbering::new(numbering)?,
            package,
            main,
            relations,
        })
    }
}

const CORE: &str = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";

/// The last section of a document: its page, headers and footers.
fn section(xml: &str) -> String {
    let xml = without_changes(xml);
    let found = xml.rfind("<w:sectPr").and_then(|start| {
        let rest = &xml[start..];
        let open = rest.find('>')?;
        if rest[..open].ends_with('/') {
            return Some(&rest[..=open]);
        }
        let end = "</w:sectPr>";
        rest.find(end).map(|at| &rest[..at + end.len()])
    });
    found.map_or_else(|| format!("<w:sectPr>{PAGE}</w:sectPr>"), str::to_owned)
}

/// A document without what its sections were before, which stands in them where changes are tracked.
fn without_changes(xml: &str) -> String {
    let (mut kept, mut rest) = (String::new(), xml);
    while let Some((before, after)) = rest.split_once("<w:sectPrChange") {
        kept.push_str(before);
        let (tag, inner) = after.split_once('>').unwrap_or_default();
        let change =
            if tag.ends_with('/') { Some(("", inner)) } else { inner.split_once("</w:sectPrChange>") };
        rest = change.map_or("", |(_, rest)| rest);
    }
    kept + rest
}

/// The namespaces that an element doesn't name yet.
fn namespaces(element: &str) -> String {
    let missing = NAMESPACES.iter().filter(|(prefix, _)| !element.contains(&format!("xmlns:{prefix}=")));
    missing.map(|(prefix, address)| format!(" xmlns:{prefix}=\"{address}\"")).collect()
}

/// A relationship of a template.
struct Related {
    id: String,
    kind: String,
    target: String,
    is_outside: bool,
    xml: String,
}

impl Related {
    fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }

    /// The part's name, from the part that leads to it.
    fn part(&self, from: &str) -> String {
        match (self.target.strip_prefix('/'), from.rsplit_once('/')) {
            (Some(absolute), _) => absolute.to_owned(),
            (None, Some((folder, _))) => format!("{folder}/{}", self.target),
            (None, None) => self.target.clone(),
        }
    }
}

fn relations_in(package: &Package, part: &str) -> Result<Vec<Related>, Unwritable> {
    let Some(xml) = package.text(&relations_of(part)) else { return Ok(Vec::new()) };
    let mut reader = Reader::from_str(&xml);
    let mut relations = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element))
                if element.local_name().as_ref() == "Relationship" =>
            {
                let value = |name| attribute(&element, name).unwrap_or_default();
                let all = ["Id", "Type", "Target", "TargetMode"].map(|name| (name, value(name)));
                let written = all.iter().filter(|(_, value)| !value.is_empty());
                let written =
                    written.map(|(name, value)| format!(" {name}=\"{}\"", super::html::escape(value)));
                relations.push(Related {
                    id: value("Id"),
                    kind: value("Type"),
                    target: value("Target"),
                    is_outside: value("TargetMode") == "External",
                    xml: format!("<Relationship{}/>", written.collect::<String>()),
                });
            }
            Ok(Event::Eof) => return Ok(relations),
            Ok(_) => {}
            Err(_) => return Err(Unwritable::Template("The template is broken.".into())),
        }
    }
}

/// The foot of each page: its number, and how many there are.
fn footer_part() -> String {
    let field =
        |name: &str| format!("<w:fldSimple w:instr=\" {name} \"><w:r><w:t>1</w:t></w:r></w:fldSimple>");
    format!(
        "{HEAD}<w:ftr{}><w:p><w:pPr><w:pStyle w:val=\"Footer\"/></w:pPr>{}<w:r><w:t xml:space=\"preserve\"> / </w:t></w:r>{}\
         </w:p></w:ftr>",
        namespaces(""),
        field("PAGE"),
        field("NUMPAGES")
    )
}

fn settings_part() -> String {
    format!(
        "{HEAD}<w:settings{}><w:footnotePr><w:footnote w:id=\"-1\"/><w:footnote w:id=\"0\"/></w:footnotePr><w:compat>\
         <w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/>\
         </w:compat></w:settings>",
        namespaces("")
    )
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn the_section_is_the_last_as_it_is_now() {
        let last = "<w:sectPr><w:pgSz w:w=\"2\"/></w:sectPr>";
        let was = "<w:sectPrChange w:id=\"1\"><w:sectPr><w:pgSz w:w=\"1\"/></w:sectPr></w:sectPrChange>";
        let open = last.trim_end_matches("</w:sectPr>");
        for was in [was, "<w:sectPrChange w:id=\"1\"/>", ""] {
            let xml = format!("<w:body><w:p>{last}</w:p>{open}{was}</w:sectPr></w:body>");
            assert_eq!(section(&xml), last);
        }
    }
}
