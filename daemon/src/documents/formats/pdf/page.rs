//! A page as it fills, and how it is drawn.

use super::fonts::Fonts;
use super::lines::{Line, Piece};
use crate::documents::document::{Image, ImageKind, Unwritable};
use krilla::Document;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::destination::{Destination, XyzDestination};
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use std::rc::Rc;

/// A4 and its margins, in points.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const MARGIN: f32 = 57.0;
pub(super) const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
pub(super) const BOTTOM: f32 = PAGE.1 - MARGIN - 14.0;

/// How letters lean that are emphasised.
const LEAN: f32 = 0.2;

/// A colour: red, green and blue.
pub(super) type Colour = [u8; 3];

pub(super) const BLACK: Colour = [0x1a, 0x1a, 0x1a];
pub(super) const BLUE: Colour = [0x1f, 0x38, 0x64];
pub(super) const LINK: Colour = [0x11, 0x55, 0xcc];
pub(super) const GREY: Colour = [0xbf, 0xc7, 0xd5];
pub(super) const PALE: Colour = [0xe8, 0xed, 0xf5];

/// What stands on a page. Text stands at its base, all else at its left upper corner.
pub(super) enum Mark<'d> {
    Text(f32, f32, Line, Colour),
    Box([f32; 4], Colour),
    Stroke([f32; 2], [f32; 2], Colour, f32),
    Picture([f32; 4], &'d Image),
    /// A place that leads to a page, counted from 0, and a height on it.
    Lead([f32; 4], usize, f32),
}

/// A document's pages: drawn, or counted only.
pub(super) struct Pages<'d> {
    pub(super) document: Option<Document>,
    pub(super) marks: Vec<Mark<'d>>,
    /// How many are done.
    pub(super) done: usize,
}

impl Pages<'_> {
    /// Ends the page.
    ///
    /// # Errors
    /// If an image can't be read.
    pub(super) fn end(&mut self, fonts: &Fonts<'_>) -> Result<(), Unwritable> {
        let marks = std::mem::take(&mut self.marks);
        self.done += 1;
        let Some(document) = &mut self.document else { return Ok(()) };
        let Some(settings) = PageSettings::from_wh(PAGE.0, PAGE.1) else { return Ok(()) };
        let mut page = document.start_page_with(settings);
        let mut links = Vec::new();
        let mut surface = page.surface();
        for mark in &marks {
            draw(&mut surface, mark, fonts, &mut links)?;
        }
        surface.finish();
        for (place, target) in links {
            if let Some(rect) = rect(place) {
                page.add_annotation(Annotation::new_link(LinkAnnotation::new(rect, target), None));
            }
        }
        page.finish();
        Ok(())
    }
}

fn rect([x, y, width, height]: [f32; 4]) -> Option<Rect> {
    Rect::from_xywh(x, y, width, height)
}

fn fill([red, green, blue]: Colour) -> Option<Fill> {
    Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() })
}

fn draw(
    surface: &mut Surface<'_>,
    mark: &Mark<'_>,
    fonts: &Fonts<'_>,
    links: &mut Vec<([f32; 4], Target)>,
) -> Result<(), Unwritable> {
    match mark {
        Mark::Text(x, y, line, colour) => text(surface, (*x, *y), line, *colour, fonts, links),
        Mark::Box(place, colour) => {
            let mut path = PathBuilder::new();
            if let Some(rect) = rect(*place) {
                path.push_rect(rect);
            }
            surface.set_stroke(None);
            surface.set_fill(fill(*colour));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Stroke(from, to, colour, width) => stroke(surface, *from, *to, *colour, *width),
        Mark::Picture([x, y, width, height], image) => {
            let data = krilla::Data::from(image.bytes.clone());
            let read = match image.kind {
                ImageKind::Png => krilla::image::Image::from_png(data, true),
                ImageKind::Jpeg => krilla::image::Image::from_jpeg(data, true),
            };
            let read = read.map_err(|_| Unwritable::broken_image())?;
            if let Some(size) = Size::from_wh(*width, *height) {
                surface.push_transform(&Transform::from_translate(*x, *y));
                surface.draw_image(read, size);
                surface.pop();
            }
        }
        Mark::Lead(place, page, y) => {
            let there = XyzDestination::new(*page, Point::from_xy(0.0, *y));
            links.push((*place, Target::Destination(Destination::Xyz(there))));
        }
    }
    Ok(())
}

fn stroke(surface: &mut Surface<'_>, from: [f32; 2], to: [f32; 2], [r, g, b]: Colour, width: f32) {
    let mut path = PathBuilder::new();
    path.move_to(from[0], from[1]);
    path.line_to(to[0], to[1]);
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: rgb::Color::new(r, g, b).into(), width, ..Stroke::default() }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
    surface.set_stroke(None);
}

fn text(
    surface: &mut Surface<'_>,
    (mut x, y): (f32, f32),
    line: &Line,
    colour: Colour,
    fonts: &Fonts<'_>,
    links: &mut Vec<([f32; 4], Target)>,
) {
    let mut open: Option<([f32; 4], Rc<str>)> = None;
    for piece in &line.pieces {
        let colour = if piece.link.is_some() { LINK } else { colour };
        glyphs(surface, (x, y - piece.raised), piece, colour, fonts);
        let width = piece.width();
        if piece.is_struck {
            let over = y - piece.size * 0.27;
            stroke(surface, [x, over], [x + width, over], colour, piece.size * 0.06);
        }
        open = match (open, &piece.link) {
            (Some((place, link)), Some(next)) if link == *next => {
                Some(([place[0], place[1], place[2] + width, place[3]], link))
            }
            (before, next) => {
                links.extend(before.map(link));
                next.as_ref().map(|next| ([x, y - piece.size, width, piece.size * 1.25], Rc::clone(next)))
            }
        };
        x += width;
    }
    links.extend(open.map(link));
}

fn link((place, address): ([f32; 4], Rc<str>)) -> ([f32; 4], Target) {
    (place, Target::Action(Action::Link(LinkAction::new(address.to_string()))))
}

fn glyphs(surface: &mut Surface<'_>, (x, y): (f32, f32), piece: &Piece, colour: Colour, fonts: &Fonts<'_>) {
    if piece.shaped.glyphs.is_empty() {
        return;
    }
    surface.set_fill(fill(colour));
    if piece.is_italic {
        surface.push_transform(&Transform::from_row(1.0, 0.0, -LEAN, 1.0, LEAN * y, 0.0));
    }
    let shaped = &piece.shaped;
    let font = fonts.font(shaped.font);
    surface.draw_glyphs(Point::from_xy(x, y), &shaped.glyphs, font, &shaped.text, piece.size, false);
    if piece.is_italic {
        surface.pop();
    }
}
