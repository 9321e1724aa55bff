//! PowerPoint files (ECMA-376, part 1, PresentationML): a slide a heading of the first two levels, and as many more as its
//! text needs.

mod master;
mod slides;
mod text;

use super::package::{HEAD, Package, Relations};
use super::{Extras, Format, Written};
use crate::documents::document::{Document, Unwritable};
use contract::wire::documents::DocumentFormat;
use slides::Slides;

pub(super) const FORMAT: Format = Format {
    format: DocumentFormat::Pptx,
    ending: "pptx",
    media_type: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    write,
    has_templates: false,
};

/// What the types of PowerPoint's parts begin with.
const TYPES: &str = "application/vnd.openxmlformats-officedocument.presentationml";

/// The namespaces of its parts.
const NAMESPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
                          xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
                          xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";

/// A slide of 16:9, in EMU.
const WIDTH: u64 = 12_192_000;
const HEIGHT: u64 = 6_858_000;

const MOST_SLIDES: usize = 3_000;

fn write(document: &Document, _: &Extras<'_>) -> Result<Written, Unwritable> {
    let mut package = Package::default();
    let mut root = Relations::default();
    root.to("officeDocument", "ppt/presentation.xml");
    root.to(
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
        "docProps/core.xml",
    );
    package.relate("", &root);
    master::put(&mut package);
    let mut relations = Relations::default();
    let master = relations.to("slideMaster", "slideMasters/slideMaster1.xml");
    relations.to("theme", "theme/theme1.xml");
    let mut ids = String::new();
    let slides = Slides::of(document);
    if slides.len() > MOST_SLIDES {
        return Err(Unwritable::TooLarge(format!("A presentation has {MOST_SLIDES} slides at most.")));
    }
    for (slide, number) in slides.into_iter().zip(1..) {
        let name = format!("slides/slide{number}.xml");
        let id = relations.to("slide", &name);
        ids.push_str(&format!("<p:sldId id=\"{}\" r:id=\"{id}\"/>", 255 + number));
        let part = format!("ppt/{name}");
        let mut to = Relations::default();
        to.to("slideLayout", slide.layout.part());
        let xml = slide.xml(number, &mut to, &mut package);
        package.put(&part, &format!("{TYPES}.slide+xml"), xml);
        package.relate(&part, &to);
    }
    let xml = format!(
        "{HEAD}<p:presentation {NAMESPACES}><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"{master}\"/></p:sldMasterIdLst>\
         <p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx=\"{WIDTH}\" cy=\"{HEIGHT}\"/><p:notesSz cx=\"{HEIGHT}\" cy=\"{WIDTH}\"/>\
         </p:presentation>"
    );
    package.put("ppt/presentation.xml", &format!("{TYPES}.presentation.main+xml"), xml);
    package.relate("ppt/presentation.xml", &relations);
    package.properties(document.title.as_deref());
    Ok(package.finish()?.into())
}
