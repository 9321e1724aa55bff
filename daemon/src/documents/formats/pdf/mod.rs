//! PDF files: pages of A4 with numbers, footnotes, bookmarks and links. `krilla` writes the file, `rustybuzz` shapes the
//! letters; where lines and pages break is ours.

mod flow;
mod fonts;
mod lines;
mod page;
mod table;

use super::drawing::{self, Anchor, Shape};
use super::{Extras, Format, Written};
use crate::documents::document::{Block, Chart, Document, Image, Item, Marker, Run, Unwritable, plain};
use contract::wire::documents::DocumentFormat;
use flow::{Flow, LEADING, Place};
use fonts::Fonts;
pub(in crate::documents) use fonts::is_font;
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use lines::{Setting, lines};
use page::{BLACK, BLUE, BOTTOM, Colour, GREY, MARGIN, Mark, WIDTH};

pub(super) const FORMAT: Format = Format {
    format: DocumentFormat::Pdf,
    ending: "pdf",
    media_type: "application/pdf",
    write,
    has_templates: false,
};

/// Most characters of a bookmark.
const LONGEST_BOOKMARK: usize = 200;

/// A heading, and where it came to stand: its page, counted from 0, and how high.
struct Placed {
    level: u8,
    text: String,
    page: usize,
    y: f32,
}

fn write(document: &Document, extras: &Extras<'_>) -> Result<Written, Unwritable> {
    // On which page a heading stands is known once all before it do.
    let has_contents = document.blocks.contains(&Block::Contents);
    let placed =
        if has_contents { Writer::run(document, extras, None, Vec::new())?.placed } else { Vec::new() };
    let mut file = krilla::Document::new();
    let metadata = Metadata::new().creator("Katonic".into());
    file.set_metadata(match &document.title {
        Some(title) => metadata.title(title.clone()),
        None => metadata,
    });
    let Writer { mut flow, placed, .. } = Writer::run(document, extras, Some(file), placed)?;
    let Some(mut file) = flow.pages.document.take() else { return Err(Unwritable::broken("no file")) };
    file.set_outline(outline(&placed));
    let bytes = file.finish().map_err(|error| match error {
        KrillaError::Image(..) => Unwritable::broken_image(),
        error => Unwritable::broken(error),
    })?;
    Ok(Written { bytes, notes: flow.fonts.note().into_iter().collect() })
}

/// Headings as bookmarks, under each other by their levels.
fn outline(placed: &[Placed]) -> Outline {
    let mut outline = Outline::new();
    let mut open: Vec<(u8, OutlineNode)> = Vec::new();
    let mut close = |open: &mut Vec<(u8, OutlineNode)>, level: u8| {
        while open.last().is_some_and(|(last, _)| *last >= level) {
            let Some((_, node)) = open.pop() else { break };
            match open.last_mut() {
                Some((_, parent)) => parent.push_child(node),
                None => outline.push_child(node),
            }
        }
    };
    for heading in placed {
        close(&mut open, heading.level);
        let text = heading.text.chars().take(LONGEST_BOOKMARK).collect();
        let there = XyzDestination::new(heading.page, Point::from_xy(0.0, heading.y));
        open.push((heading.level, OutlineNode::new(text, there)));
    }
    close(&mut open, 0);
    outline
}

struct Writer<'d> {
    flow: Flow<'d>,
    placed: Vec<Placed>,
    /// Where headings stood when pages were counted.
    counted: Vec<Placed>,
}

impl<'d> Writer<'d> {
    fn run(
        document: &'d Document,
        extras: &Extras<'d>,
        file: Option<krilla::Document>,
        counted: Vec<Placed>,
    ) -> Result<Self, Unwritable> {
        let flow = Flow::new(Fonts::new(extras.fonts)?, file, &document.notes);
        let mut writer = Self { flow, placed: Vec::new(), counted };
        if let Some(title) = &document.title {
            writer.text(&[Run::plain(title)], 22.0, true, BLUE)?;
            writer.flow.space(10.0);
        }
        for (at, block) in document.blocks.iter().enumerate() {
            match block {
                Block::Heading { level, text } => {
                    writer.heading(*level, text, document.blocks.get(at + 1))?
                }
                _ => writer.block(block, document)?,
            }
        }
        writer.flow.finish()?;
        Ok(writer)
    }

    fn block(&mut self, block: &'d Block, document: &Document) -> Result<(), Unwritable> {
        match block {
            Block::Heading { level, text } => self.heading(*level, text, None),
            Block::Paragraph(text) => {
                self.text(text, 10.5, false, BLACK)?;
                self.flow.space(5.0);
                Ok(())
            }
            Block::Quote(text) => {
                let place =
                    Place { x: MARGIN + 16.0, width: WIDTH - 16.0, beside: Some(GREY), ..Place::default() };
                self.set(text, place, false, false)?;
                self.flow.space(5.0);
                Ok(())
            }
            Block::Code(code) => {
                let place = Place {
                    x: MARGIN + 6.0,
                    width: WIDTH - 12.0,
                    size: 9.0,
                    behind: Some([0xf4, 0xf5, 0xf7]),
                    ..Place::default()
                };
                self.set(&[Run::plain(code)], place, false, true)?;
                self.flow.space(8.0);
                Ok(())
            }
            Block::Item(item) => self.item(item),
            Block::Table(table) => table::table(&mut self.flow, table),
            Block::Image(image) => self.image(image),
            Block::Chart(chart) => self.chart(chart),
            Block::Contents => self.contents(document),
            Block::Rule => {
                self.flow.need(12.0)?;
                let y = self.flow.y + 6.0;
                self.flow.pages.marks.push(Mark::Stroke([MARGIN, y], [MARGIN + WIDTH, y], GREY, 0.7));
                self.flow.advance(12.0);
                Ok(())
            }
            Block::PageBreak if self.flow.is_at_top() => Ok(()),
            Block::PageBreak => self.flow.turn(),
        }
    }

    fn text(&mut self, text: &[Run], size: f32, is_bold: bool, colour: Colour) -> Result<(), Unwritable> {
        self.set(text, Place { size, colour, ..Place::default() }, is_bold, false)
    }

    fn set(&mut self, text: &[Run], place: Place, is_bold: bool, is_code: bool) -> Result<(), Unwritable> {
        let setting = Setting { size: place.size, is_bold, is_code, width: place.width };
        let lines = lines(text, setting, &mut self.flow.fonts);
        self.flow.lines(lines, place)
    }

    /// Adds a heading where what it heads begins on the same page.
    fn heading(&mut self, level: u8, text: &[Run], next: Option<&Block>) -> Result<(), Unwritable> {
        let size = [17.0, 14.0, 12.0, 11.0, 10.5, 10.5][usize::from(level.clamp(1, 6)) - 1];
        self.flow.space(size * 0.8);
        let begins = match next {
            Some(Block::Chart(_)) => chart_height() + 8.0,
            Some(Block::Image(image)) => image_size(image).1 + 8.0,
            Some(Block::Table(_) | Block::Heading { .. }) => 80.0,
            _ => 40.0,
        };
        self.flow.need(size * LEADING + begins)?;
        self.placed.push(Placed { level, text: plain(text), page: self.flow.pages.done, y: self.flow.y });
        self.text(text, size, true, BLUE)?;
        self.flow.space(size * 0.25);
        Ok(())
    }

    fn item(&mut self, item: &Item) -> Result<(), Unwritable> {
        let indent = 18.0 * (f32::from(item.depth) + 1.0);
        let mark = match item.marker {
            Marker::Bullet => "•".to_owned(),
            Marker::Number(number) => format!("{number}."),
            Marker::None => String::new(),
        };
        let place = Place { x: MARGIN + indent, width: WIDTH - indent, ..Place::default() };
        let setting = Setting { size: place.size, is_bold: false, is_code: false, width: place.width };
        let mut set = lines(&item.text, setting, &mut self.flow.fonts);
        let is_rtl = set.first().is_some_and(|line| line.is_rtl);
        let mut place = place;
        if is_rtl {
            place.x = MARGIN;
        }
        if let Some(first) = set.first() {
            let notes = first.notes.clone();
            self.flow.need_noted(place.size * LEADING, &notes)?;
        }
        for line in lines(&[Run::plain(mark)], setting, &mut self.flow.fonts) {
            let x = if is_rtl { MARGIN + WIDTH - indent + 5.0 } else { MARGIN + indent - 5.0 - line.width() };
            let y = self.flow.y + place.size * 1.08;
            self.flow.pages.marks.push(Mark::Text(x, y, line, BLACK));
        }
        if let Some(first) = set.first_mut() {
            first.notes.clear();
        }
        self.flow.lines(set, place)?;
        self.flow.space(2.5);
        Ok(())
    }

    fn image(&mut self, image: &'d Image) -> Result<(), Unwritable> {
        let (width, height) = image_size(image);
        self.flow.need(height + 6.0)?;
        let place = [MARGIN, self.flow.y, width, height];
        self.flow.pages.marks.push(Mark::Picture(place, image));
        self.flow.advance(height + 8.0);
        Ok(())
    }

    fn chart(&mut self, chart: &Chart) -> Result<(), Unwritable> {
        let (scale, height) = (CHART_SCALE, chart_height());
        self.flow.need(height + 8.0)?;
        let top = self.flow.y;
        #[expect(clippy::cast_possible_truncation, reason = "parts of a page")]
        let at = |[x, y]: [f64; 2]| [MARGIN + x as f32 * scale, top + y as f32 * scale];
        for shape in drawing::shapes(chart) {
            let mark = match shape {
                Shape::Line(from, to, colour, width) => {
                    #[expect(clippy::cast_possible_truncation, reason = "a few points")]
                    let width = width as f32;
                    Mark::Stroke(at(from), at(to), colour.map_or([0x99; 3], rgb), width * scale)
                }
                Shape::Bar(corner, size, colour) => {
                    let [x, y] = at(corner);
                    #[expect(clippy::cast_possible_truncation, reason = "parts of a page")]
                    let [width, height] = size.map(|side| side as f32 * scale);
                    Mark::Box([x, y, width, height.max(0.1)], rgb(colour))
                }
                Shape::Label(place, anchor, text, is_title) => {
                    let size = if is_title { 11.0 } else { 8.0 };
                    let setting = Setting { size, is_bold: is_title, is_code: false, width: f32::MAX };
                    let Some(line) =
                        lines(&[Run::plain(text)], setting, &mut self.flow.fonts).into_iter().next()
                    else {
                        continue;
                    };
                    let [x, y] = at(place);
                    let x = match anchor {
                        Anchor::Start => x,
                        Anchor::Middle => x - line.width() / 2.0,
                        Anchor::End => x - line.width(),
                    };
                    Mark::Text(x, y, line, BLACK)
                }
            };
            self.flow.pages.marks.push(mark);
        }
        self.flow.advance(height + 8.0);
        Ok(())
    }

    fn contents(&mut self, document: &Document) -> Result<(), Unwritable> {
        for ((level, text), at) in document.headings().zip(0_usize..).filter(|((level, _), _)| *level <= 3) {
            let indent = 14.0 * f32::from(level - 1);
            let place =
                Place { x: MARGIN + indent, width: WIDTH - indent - 44.0, size: 10.0, ..Place::default() };
            let setting = Setting { size: place.size, is_bold: false, is_code: false, width: place.width };
            let set = lines(&[Run::plain(text)], setting, &mut self.flow.fonts);
            self.flow.lines(set, place)?;
            let Some(there) = self.counted.get(at) else { continue };
            let (page, y, height) = (there.page, there.y, place.size * LEADING);
            let above = self.flow.y - height;
            for line in lines(&[Run::plain((page + 1).to_string())], setting, &mut self.flow.fonts) {
                let x = MARGIN + WIDTH - line.width();
                self.flow.pages.marks.push(Mark::Text(x, above + place.size * 1.08, line, BLACK));
            }
            self.flow.pages.marks.push(Mark::Lead([MARGIN, above, WIDTH, height], page, y));
        }
        self.flow.space(8.0);
        Ok(())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a constant")]
const CHART_SCALE: f32 = WIDTH / drawing::WIDTH as f32;

#[expect(clippy::cast_possible_truncation, reason = "a constant")]
fn chart_height() -> f32 {
    drawing::HEIGHT as f32 * CHART_SCALE
}

/// The size of an image that fits on a page with the heading above it, at 96 pixels an inch.
fn image_size(image: &Image) -> (f32, f32) {
    #[expect(clippy::cast_precision_loss, reason = "an image has some thousand pixels a side")]
    let (width, height) = (image.width as f32 * 0.75, image.height as f32 * 0.75);
    let scale = (WIDTH / width).min((BOTTOM - MARGIN - 60.0) / height).min(1.0);
    (width * scale, height * scale)
}

/// A colour of six hexadecimal digits.
fn rgb(digits: &str) -> Colour {
    [0, 2, 4]
        .map(|at| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).unwrap_or_default())
}
