//! A package of Office Open XML (ECMA-376, part 2): parts, what they are, and what they lead to.
//!
//! Word and PowerPoint files are written by hand on `zip`: a template is kept part by part, which the crates that write
//! such files can't do, and charts are the same part in both.

use super::html::escape;
use crate::documents::document::Unwritable;
use std::collections::{BTreeMap, HashSet};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Most bytes that a template's parts expand to, and most parts.
const MOST_EXPANDED: u64 = 64 << 20;
const MOST_PARTS: usize = 2_000;

/// What every kind of relationship begins with.
const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The types of parts that are known by the ending of their names.
const ENDINGS: [(&str, &str); 4] = [
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
    ("xml", "application/xml"),
];

const CONTENT_TYPES: &str = "[Content_Types].xml";

/// A package on its way.
#[derive(Default)]
pub(super) struct Package {
    parts: BTreeMap<String, Vec<u8>>,
    /// The types of parts by their names.
    types: BTreeMap<String, String>,
    /// The types by the ending, of a template.
    endings: BTreeMap<String, String>,
}

/// What a part leads to.
#[derive(Default)]
pub(super) struct Relations {
    xml: String,
    count: usize,
    /// What a template calls what stays of it.
    kept: HashSet<String>,
}

impl Relations {
    /// Leads to a part; what it is called in the part. `kind` is such as `image`.
    pub(super) fn to(&mut self, kind: &str, target: &str) -> String {
        self.add(kind, target, "")
    }

    /// Leads to an address outside.
    pub(super) fn outside(&mut self, kind: &str, target: &str) -> String {
        self.add(kind, target, " TargetMode=\"External\"")
    }

    fn add(&mut self, kind: &str, target: &str, mode: &str) -> String {
        let id = loop {
            self.count += 1;
            let id = format!("kt{}", self.count);
            // A template may be a file of ours.
            if !self.kept.contains(&id) {
                break id;
            }
        };
        let target = escape(target);
        let kind = if kind.contains("://") { kind.to_owned() } else { format!("{KINDS}/{kind}") };
        self.xml.push_str(&format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"{mode}/>"));
        id
    }

    /// What a template's part leads to already, as it stands there.
    pub(super) fn keep(&mut self, id: &str, relationship: &str) {
        self.kept.insert(id.to_owned());
        self.xml.push_str(relationship);
    }
}

impl Package {
    /// The parts of a template.
    ///
    /// # Errors
    /// If it is no package, or too large.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Unwritable> {
        let unusable = |what: &str| Unwritable::Template(format!("The template {what}."));
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| unusable("is no Word file"))?;
        if zip.len() > MOST_PARTS {
            return Err(unusable("has too many parts"));
        }
        let (mut package, mut left) = (Self::default(), MOST_EXPANDED);
        for at in 0..zip.len() {
            let file = zip.by_index(at).map_err(|_| unusable("is broken or encrypted"))?;
            let name = file.name().map_err(|_| unusable("is broken"))?.into_owned();
            if file.is_dir() || name.split('/').any(|step| step == "..") {
                continue;
            }
            let mut part = Vec::new();
            file.take(left + 1).read_to_end(&mut part).map_err(|_| unusable("is broken"))?;
            let size = part.len() as u64;
            left = left.checked_sub(size).ok_or_else(|| unusable("expands to too much"))?;
            package.parts.insert(name, part);
        }
        let types = package.parts.remove(CONTENT_TYPES).ok_or_else(|| unusable("is no Word file"))?;
        package.read_types(&String::from_utf8_lossy(&types)).map_err(|_| unusable("is broken"))?;
        Ok(package)
    }

    fn read_types(&mut self, xml: &str) -> Result<(), quick_xml::Error> {
        let mut reader = quick_xml::Reader::from_str(xml);
        loop {
            let event = reader.read_event()?;
            let (quick_xml::events::Event::Start(element) | quick_xml::events::Event::Empty(element)) = event
            else {
                match event {
                    quick_xml::events::Event::Eof => return Ok(()),
                    _ => continue,
                }
            };
            let value = |name| attribute(&element, name).unwrap_or_default();
            match element.local_name().as_ref() {
                "Default" => drop(self.endings.insert(value("Extension"), value("ContentType"))),
                "Override" => {
                    let name = value("PartName");
                    self.types.insert(name.trim_start_matches('/').to_owned(), value("ContentType"));
                }
                _ => {}
            }
        }
    }

    /// Adds a part, or puts it in the place of what is there.
    pub(super) fn put(&mut self, name: &str, content_type: &str, part: impl Into<Vec<u8>>) {
        self.types.insert(name.to_owned(), content_type.to_owned());
        self.parts.insert(name.to_owned(), part.into());
    }

    /// Adds a part that its name's ending says what it is of.
    pub(super) fn put_media(&mut self, name: &str, part: Vec<u8>) {
        self.parts.insert(name.to_owned(), part);
    }

    /// Adds what a part leads to; the package's own, where the name is empty.
    pub(super) fn relate(&mut self, part: &str, relations: &Relations) {
        let xml = format!(
            "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{}</Relationships>",
            relations.xml
        );
        self.parts.insert(relations_of(part), xml.into());
    }

    /// A part's text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.parts.get(name).map(|part| String::from_utf8_lossy(part).into_owned())
    }

    /// A part's type.
    pub(super) fn type_of(&self, name: &str) -> Option<&str> {
        self.types.get(name).map(String::as_str)
    }

    /// Leaves out a part with what it leads to.
    pub(super) fn remove(&mut self, name: &str) {
        self.parts.remove(name);
        self.parts.remove(&relations_of(name));
        self.types.remove(name);
    }

    /// The title among the package's properties, with fixed times.
    pub(super) fn properties(&mut self, title: Option<&str>) {
        let xml = format!(
            "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title>\
             <dc:creator>Katonic</dc:creator></cp:coreProperties>",
            escape(title.unwrap_or_default())
        );
        self.put("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", xml);
    }

    /// The package as a file: its parts in the order of their names, of one time.
    ///
    /// # Errors
    /// If it can't be compressed.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Unwritable> {
        let types = self.types_part();
        self.parts.insert(CONTENT_TYPES.to_owned(), types.into());
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        // Readers look for the list of types first.
        let (first, rest): (Vec<_>, Vec<_>) =
            self.parts.into_iter().partition(|(name, _)| name == CONTENT_TYPES);
        for (name, part) in first.into_iter().chain(rest) {
            zip.start_file(name, options).map_err(Unwritable::broken)?;
            zip.write_all(&part).map_err(Unwritable::broken)?;
        }
        Ok(zip.finish().map_err(Unwritable::broken)?.into_inner())
    }

    fn types_part(&mut self) -> String {
        for (ending, content_type) in ENDINGS {
            self.endings.entry(ending.to_owned()).or_insert_with(|| content_type.to_owned());
        }
        let mut xml =
            format!("{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">");
        for (ending, content_type) in &self.endings {
            let (ending, content_type) = (escape(ending), escape(content_type));
            xml.push_str(&format!("<Default Extension=\"{ending}\" ContentType=\"{content_type}\"/>"));
        }
        for (name, content_type) in self.types.iter().filter(|(name, _)| self.parts.contains_key(*name)) {
            let (name, content_type) = (escape(name), escape(content_type));
            xml.push_str(&format!("<Override PartName=\"/{name}\" ContentType=\"{content_type}\"/>"));
        }
        xml.push_str("</Types>");
        xml
    }
}

/// What a part of XML begins with.
pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The part that says what a part leads to.
pub(super) fn relations_of(part: &str) -> String {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}_rels/{file}.rels")
}

/// An attribute's value, by its name without the prefix.
pub(super) fn attribute(element: &quick_xml::events::BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(quick_xml::escape::unescape(&found.value).ok()?.into_owned())
}
