//! Paragraphs as lines of glyphs: broken where Unicode allows it (UAX 14), in the order they are seen (UAX 9).

use super::fonts::{Fonts, Look, Shaped};
use crate::documents::document::Run;
use std::rc::Rc;
use unicode_bidi::{BidiInfo, Level};

/// Most lines of a paragraph.
const MOST_LINES: usize = 200_000;

/// What is longer than this, in bytes, is cut before it is shaped: no line holds as much.
const LONGER_THAN_A_LINE: usize = 256;

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// The size of its letters, in points.
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) is_code: bool,
    /// The width of its lines, in points.
    pub(super) width: f32,
}

/// Letters of one look, side by side.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) shaped: Rc<Shaped>,
    pub(super) size: f32,
    /// How far over the line's base it stands, in points.
    pub(super) raised: f32,
    pub(super) is_italic: bool,
    pub(super) is_struck: bool,
    pub(super) link: Option<Rc<str>>,
    level: Level,
    is_space: bool,
}

/// A line.
#[derive(Clone, Default)]
pub(super) struct Line {
    /// From left to right.
    pub(super) pieces: Vec<Piece>,
    /// The notes that are marked in it.
    pub(super) notes: Vec<usize>,
    /// Whether it is read from right to left, so that it stands at the right.
    pub(super) is_rtl: bool,
}

impl Piece {
    /// Its width in points.
    pub(super) fn width(&self) -> f32 {
        self.shaped.width * self.size
    }
}

impl Line {
    /// Its width in points.
    pub(super) fn width(&self) -> f32 {
        self.pieces.iter().map(Piece::width).sum()
    }
}

/// A part of a paragraph's text of one look.
struct Span {
    end: usize,
    run: Run,
    link: Option<Rc<str>>,
}

/// A paragraph as lines; at least one. What has too many is cut, and the fonts note it.
pub(super) fn lines(text: &[Run], setting: Setting, fonts: &mut Fonts<'_>) -> Vec<Line> {
    let (mut all, mut spans) = (String::new(), Vec::new());
    for run in text {
        match run.note {
            Some(note) => all.push_str(&(note + 1).to_string()),
            None => all.push_str(&run.text.replace('\t', "    ")),
        }
        let link = run.link.as_deref().map(Rc::from);
        spans.push(Span { end: all.len(), run: Run { text: String::new(), ..run.clone() }, link });
    }
    let bidi = BidiInfo::new(&all, None);
    let mut setter = Setter {
        setting,
        fonts,
        spans: &spans,
        bidi: &bidi,
        text: &all,
        lines: Vec::new(),
        line: Line::default(),
        used: 0.0,
        span: 0,
    };
    let mut from = 0;
    for (at, opportunity) in unicode_linebreak::linebreaks(&all) {
        setter.segment(from, at);
        if opportunity == unicode_linebreak::BreakOpportunity::Mandatory && at < all.len() {
            setter.end();
        }
        from = at;
    }
    setter.end();
    setter.lines
}

struct Setter<'t, 'f> {
    setting: Setting,
    fonts: &'t mut Fonts<'f>,
    spans: &'t [Span],
    bidi: &'t BidiInfo<'t>,
    text: &'t str,
    lines: Vec<Line>,
    line: Line,
    used: f32,
    span: usize,
}

impl Setter<'_, '_> {
    /// Adds what may not be broken; on a new line where there is no room.
    fn segment(&mut self, from: usize, to: usize) {
        if self.lines.len() >= MOST_LINES {
            self.fonts.is_over = true;
            return;
        }
        if to - from > LONGER_THAN_A_LINE {
            return self.halves(from, to);
        }
        let (pieces, notes) = self.pieces(from, to);
        let width = visible(&pieces);
        if self.used + width > self.setting.width && !self.line.pieces.is_empty() {
            self.end();
        }
        // A word that is wider than the line is cut where it must be.
        if width > self.setting.width && self.text[from..to].chars().nth(1).is_some() && notes.is_empty() {
            return self.halves(from, to);
        }
        self.used += pieces.iter().map(Piece::width).sum::<f32>();
        self.line.pieces.extend(pieces);
        self.line.notes.extend(notes);
    }

    fn halves(&mut self, from: usize, to: usize) {
        let first = self.text[from..to].chars().next().map_or(1, char::len_utf8);
        let middle = self.text.floor_char_boundary(from + (to - from) / 2).max(from + first);
        self.segment(from, middle);
        if middle < to {
            self.segment(middle, to);
        }
    }

    /// A part of the text as pieces of one look and direction, and the notes marked in it.
    fn pieces(&mut self, from: usize, to: usize) -> (Vec<Piece>, Vec<usize>) {
        let (mut pieces, mut notes) = (Vec::new(), Vec::new());
        while self.spans.get(self.span.wrapping_sub(1)).is_some_and(|span| span.end > from) {
            self.span -= 1;
        }
        let mut at = from;
        while at < to {
            while self.spans.get(self.span).is_some_and(|span| span.end <= at) {
                self.span += 1;
            }
            let Some(span) = self.spans.get(self.span) else { break };
            let level = self.bidi.levels[at];
            let is_space = self.text[at..].starts_with(char::is_whitespace);
            let here = self.text[at..to.min(span.end)].char_indices();
            let same = |(offset, c): &(usize, char)| {
                self.bidi.levels[at + offset] == level && c.is_whitespace() == is_space
            };
            let end = at + here.take_while(same).map(|(offset, c)| offset + c.len_utf8()).last().unwrap_or(1);
            let text = self.text[at..end].replace(['\n', '\r'], "");
            let style = span.run.style;
            let look = match () {
                () if style.is_code || self.setting.is_code => Look::Mono,
                () if style.is_bold || self.setting.is_bold => Look::Bold,
                () => Look::Plain,
            };
            let scale = match () {
                () if span.run.note.is_some() => 0.62,
                // Its letters are larger than those beside them.
                () if look == Look::Mono => 0.92,
                () => 1.0,
            };
            notes.extend(span.run.note.filter(|_| end == span.end));
            let raised = if span.run.note.is_some() { self.setting.size * 0.35 } else { 0.0 };
            for shaped in self.fonts.shape(&text, look, level.is_rtl()) {
                pieces.push(Piece {
                    shaped,
                    size: self.setting.size * scale,
                    raised,
                    is_italic: style.is_italic,
                    is_struck: style.is_struck,
                    link: span.link.clone(),
                    level,
                    is_space,
                });
            }
            at = end;
        }
        (pieces, notes)
    }

    /// Ends the line: its pieces come into the order they are seen.
    fn end(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        self.used = 0.0;
        while line.pieces.last().is_some_and(|piece| piece.is_space) && !self.setting.is_code {
            line.pieces.pop();
        }
        let base = self.bidi.paragraphs.first().is_some_and(|paragraph| paragraph.level.is_rtl());
        line.is_rtl = base;
        let levels: Vec<Level> = line.pieces.iter().map(|piece| piece.level).collect();
        if levels.iter().any(Level::is_rtl) {
            let order = BidiInfo::reorder_visual(&levels);
            line.pieces = order.into_iter().map(|at| line.pieces[at].clone()).collect();
        }
        self.lines.push(line);
    }
}

/// The width of pieces without the spaces at their end.
fn visible(pieces: &[Piece]) -> f32 {
    let end = pieces.iter().rposition(|piece| !piece.is_space).map_or(0, |last| last + 1);
    pieces[..end].iter().map(Piece::width).sum()
}
