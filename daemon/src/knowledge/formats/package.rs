//! The packages that DOCX, PPTX and XLSX are: ZIP archives of XML parts that name each other (ECMA-376, part 2).

use super::{MOST_EXPANDED, Refusal, encoding};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// Most bytes that one part may expand to.
const MOST_OF_A_PART: u64 = 64 << 20;

/// What an OLE2 file begins with: an Office file of before 2007, or an encrypted one of any.
const OLE2: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

const ZIP: &[u8] = b"PK\x03\x04";

/// Refuses what is told by its mark, and is nothing that is read here.
///
/// # Errors
/// Why it is not read.
pub(super) fn refuse_foreign(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.starts_with(OLE2) {
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        if memchr::memmem::find(bytes, &name).is_some() {
            return Err(Refusal::Encrypted);
        }
        let old = "an Office file of before 2007; save it as .docx, .pptx or .xlsx";
        return Err(Refusal::Unknown(old.into()));
    }
    if bytes.starts_with(ZIP) {
        let package = Package::open(bytes)?;
        if !["word/", "ppt/", "xl/"].iter().any(|folder| package.has(folder)) {
            return Err(Refusal::Unknown(
                "a ZIP archive that is no DOCX, PPTX or XLSX file; unpack it".into(),
            ));
        }
    }
    Ok(())
}

/// Whether a file is a package with parts in a folder.
pub(super) fn is_package_of(bytes: &[u8], folder: &str) -> bool {
    bytes.starts_with(ZIP) && Package::open(bytes).is_ok_and(|package| package.has(folder))
}

/// An open package.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

/// What a part says of another.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its type, such as `slide`.
    pub(super) kind: String,
    /// The other part's name in the package.
    pub(super) target: String,
}

impl<'a> Package<'a> {
    /// Opens a package.
    ///
    /// # Errors
    /// If it is no ZIP archive, as when its end is missing.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        Ok(Self { archive: ZipArchive::new(Cursor::new(bytes)).map_err(refusal)?, left: MOST_EXPANDED })
    }

    fn has(&self, folder: &str) -> bool {
        self.archive.file_names_raw().any(|name| name.starts_with(folder.as_bytes()))
    }

    /// A part's text, if there is the part.
    ///
    /// # Errors
    /// If it is encrypted, broken, or expands to too much.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(refusal(error)),
        };
        let most = MOST_OF_A_PART.min(self.left);
        let mut bytes = Vec::new();
        file.take(most + 1).read_to_end(&mut bytes).map_err(Refusal::unreadable)?;
        let size = bytes.len() as u64;
        if size > most {
            let (part, all) = (MOST_OF_A_PART >> 20, MOST_EXPANDED >> 20);
            return Err(Refusal::TooLarge(format!(
                "a part of it expands to more than {part} MB, or all to {all} MB"
            )));
        }
        self.left -= size;
        encoding::decode(&bytes, None).map(Some).map_err(|_| Refusal::Broken(format!("`{name}` is no XML")))
    }

    /// A part that must be there.
    ///
    /// # Errors
    /// As [`Package::part`], and if it is not.
    pub(super) fn required(&mut self, name: &str) -> Result<String, Refusal> {
        self.part(name)?.ok_or_else(|| Refusal::Broken(format!("its part `{name}` is missing")))
    }

    /// The package's main part: its name.
    ///
    /// # Errors
    /// If the package does not name one.
    pub(super) fn main(&mut self) -> Result<String, Refusal> {
        let main = self.relations("")?.into_iter().find(|relation| relation.kind == "officeDocument");
        main.map(|main| main.target).ok_or_else(|| Refusal::Broken("it names no main part".into()))
    }

    /// The parts that a part names, in order; the package's own where the name is empty.
    ///
    /// # Errors
    /// If the list is broken.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Refusal> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = if folder.is_empty() {
            format!("_rels/{file}.rels")
        } else {
            format!("{folder}/_rels/{file}.rels")
        };
        let Some(xml) = self.part(&name)? else { return Ok(Vec::new()) };
        let mut relations = Vec::new();
        elements(&xml, |event| {
            if let Xml::Start(element) = event
                && element.local_name().as_ref() == "Relationship"
                && attribute(element, "TargetMode").as_deref() != Some("External")
            {
                let text = |name| attribute(element, name).unwrap_or_default();
                let kind = text("Type").rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id: text("Id"), kind, target: resolve(folder, &text("Target")) });
            }
            Ok(())
        })?;
        Ok(relations)
    }

    /// The title among the package's properties.
    ///
    /// # Errors
    /// If they are broken.
    pub(super) fn title(&mut self) -> Result<Option<String>, Refusal> {
        let Some(xml) = self.part("docProps/core.xml")? else { return Ok(None) };
        let (mut title, mut inside) = (String::new(), false);
        elements(&xml, |event| {
            match event {
                Xml::Start(element) => inside = element.local_name().as_ref() == "title",
                Xml::End(_) => inside = false,
                Xml::Text(text) if inside => title.push_str(text),
                Xml::Text(_) => {}
            }
            Ok(())
        })?;
        Ok(Some(title).filter(|title| !title.trim().is_empty()))
    }
}

/// A part's name from where another names it.
fn resolve(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            ".." => drop(path.pop()),
            "" | "." => {}
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}

/// What a reader of XML is told. Entities other than XML's own five and numbers are left out, so that none expands.
pub(in crate::knowledge) enum Xml<'x> {
    /// An element begins.
    Start(&'x BytesStart<'x>),
    /// The element of this local name ends.
    End(&'x str),
    /// Text between them.
    Text(&'x str),
}

/// Tells everything that stands in a text of XML.
///
/// # Errors
/// If it is not well-formed, or the one who is told fails.
pub(in crate::knowledge) fn elements(
    xml: &str,
    mut told: impl FnMut(Xml<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    loop {
        match reader.read_event().map_err(Refusal::broken)? {
            Event::Start(element) => told(Xml::Start(&element))?,
            Event::End(element) => told(Xml::End(element.local_name().as_ref()))?,
            Event::Text(text) => told(Xml::Text(&text))?,
            Event::CData(text) => told(Xml::Text(&text))?,
            Event::GeneralRef(entity) => {
                if let Some(text) = character(&entity) {
                    told(Xml::Text(&text))?;
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn character(entity: &BytesRef<'_>) -> Option<String> {
    match entity.resolve_char_ref() {
        Ok(Some(c)) => Some(c.to_string()),
        Ok(None) => resolve_predefined_entity(entity).map(str::to_owned),
        Err(_) => None,
    }
}

/// An attribute's value, by its name without the prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = quick_xml::escape::unescape(&found.value).ok()?;
    Some(value.into_owned())
}

fn refusal(error: ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Refusal::Encrypted
        }
        error => Refusal::broken(error),
    }
}
