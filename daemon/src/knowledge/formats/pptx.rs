//! PowerPoint presentations (ECMA-376, part 1, PresentationML): a slide a page, with its notes.

use super::package::{Package, Xml, attribute, elements, is_package_of};
use super::rows::Rows;
use super::writer::Writer;
use super::{Content, Format, Refusal};
use quick_xml::events::BytesStart;
use std::mem;

pub(super) const FORMAT: Format =
    Format { endings: &[], is_marked: |bytes| is_package_of(bytes, "ppt/"), read };

fn read(bytes: &[u8], _: usize) -> Result<Content, Refusal> {
    let mut package = Package::open(bytes)?;
    let main = package.main()?;
    let slides = slides(&mut package, &main)?;
    let mut writer = Writer::default();
    let (mut number, mut named) = (0, None);
    for name in slides {
        number += 1;
        let slide = Slide::read(&package.required(&name)?)?;
        if slide.is_hidden {
            continue;
        }
        writer.page(number);
        if slide.title.trim().is_empty() {
            writer.heading(1, &format!("Slide {number}"))?;
        } else {
            writer.heading(1, &slide.title)?;
            named.get_or_insert_with(|| slide.title.clone());
        }
        slide.write(&mut writer)?;
        for relation in package.relations(&name)? {
            match relation.kind.as_str() {
                "diagramData" => Slide::read(&package.required(&relation.target)?)?.write(&mut writer)?,
                "notesSlide" => Slide::read(&package.required(&relation.target)?)?.write(&mut writer)?,
                _ => {}
            }
        }
    }
    // PowerPoint gives each file the same title among its properties, unless somebody changes it.
    let title = named.or(package.title()?);
    Ok(writer.finish(title, Some(number)))
}

/// The slides' parts, in the order they are shown.
fn slides(package: &mut Package<'_>, main: &str) -> Result<Vec<String>, Refusal> {
    let related = package.relations(main)?;
    let mut slides = Vec::new();
    elements(&package.required(main)?, |event| {
        if let Xml::Start(element) = event
            && element.local_name().as_ref() == "sldId"
        {
            // Its `id` without a prefix is a number.
            let named = |relation: &&super::package::Relation| {
                element.attributes().flatten().any(|attribute| *attribute.value == *relation.id)
            };
            slides.extend(related.iter().find(named).map(|relation| relation.target.clone()));
        }
        Ok(())
    })?;
    Ok(slides)
}

/// A part of a slide's text.
enum Piece {
    /// The paragraphs of a shape, a line each.
    Shape(String),
    /// A table, and whether its first row is its header.
    Table(Vec<Vec<String>>, Option<bool>),
}

/// A slide's text on its way.
#[derive(Default)]
struct Slide {
    title: String,
    pieces: Vec<Piece>,
    is_hidden: bool,
    /// What stands in the shape that is open, such as `title`.
    place: String,
    text: String,
    in_text: bool,
    in_cell: bool,
}

impl Slide {
    fn read(xml: &str) -> Result<Self, Refusal> {
        let mut slide = Self::default();
        elements(xml, |event| {
            match event {
                Xml::Start(element) => slide.start(element),
                Xml::End(name) => slide.end(name),
                Xml::Text(text) if slide.in_text => slide.text.push_str(text),
                Xml::Text(_) => {}
            }
            Ok(())
        })?;
        slide.end("sp");
        Ok(slide)
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "sld" => {
                self.is_hidden = attribute(element, "show").is_some_and(|show| show == "0" || show == "false")
            }
            "sp" => self.place.clear(),
            "ph" => self.place = attribute(element, "type").unwrap_or_default(),
            "t" => self.in_text = true,
            "br" => self.text.push('\n'),
            "tbl" => self.pieces.push(Piece::Table(Vec::new(), None)),
            "tblPr" => {
                if let Some(Piece::Table(_, header)) = self.pieces.last_mut() {
                    *header = attribute(element, "firstRow").map(|first| first == "1" || first == "true");
                }
            }
            "tr" => {
                if let Some(Piece::Table(rows, _)) = self.pieces.last_mut() {
                    rows.push(Vec::new());
                }
            }
            "tc" => {
                self.text.clear();
                self.in_cell = true;
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" => self.text.push('\n'),
            "tc" => {
                self.in_cell = false;
                let cell = mem::take(&mut self.text);
                if let Some(Piece::Table(rows, _)) = self.pieces.last_mut()
                    && let Some(row) = rows.last_mut()
                {
                    row.push(cell);
                }
            }
            "sp" | "pt" => {
                let text = mem::take(&mut self.text);
                match self.place.as_str() {
                    "title" | "ctrTitle" => self.title.push_str(&text),
                    "sldNum" | "dt" | "ftr" | "hdr" => {}
                    _ => self.pieces.push(Piece::Shape(text)),
                }
                self.place.clear();
            }
            _ => {}
        }
    }

    fn write(self, writer: &mut Writer) -> Result<(), Refusal> {
        for piece in self.pieces {
            match piece {
                Piece::Shape(text) => writer.paragraph(&text)?,
                Piece::Table(rows, is_header) => {
                    let mut table = Rows::new();
                    for row in rows {
                        table.row(writer, &row, is_header)?;
                    }
                }
            }
        }
        Ok(())
    }
}
