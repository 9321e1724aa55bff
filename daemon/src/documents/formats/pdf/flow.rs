//! How lines fill pages: where each begins, and the footnotes at its foot.

use super::fonts::Fonts;
use super::lines::{Line, Setting, lines};
use super::page::{BLACK, BOTTOM, Colour, GREY, MARGIN, Mark, PAGE, Pages, WIDTH};
use crate::documents::document::{Run, Text, Unwritable};
use std::collections::{HashSet, VecDeque};

/// Most pages.
const MOST_PAGES: usize = 3_000;

/// How high a line is, by the size of its letters.
pub(super) const LEADING: f32 = 1.42;

/// Footnotes: their size, and how much of a page they take at most; the rest goes on at the foot of the next.
const NOTE_SIZE: f32 = 8.0;
const NOTE_LINE: f32 = NOTE_SIZE * LEADING;
const MOST_NOTES: f32 = 300.0;

/// A document's pages as they fill.
pub(super) struct Flow<'d> {
    pub(super) fonts: Fonts<'d>,
    pub(super) pages: Pages<'d>,
    /// Where the next line begins.
    pub(super) y: f32,
    notes: &'d [Text],
    shown: HashSet<usize>,
    /// The lines at the foot of this page, and those that wait for the next.
    foot: Vec<Line>,
    waiting: VecDeque<Line>,
    is_empty: bool,
}

impl<'d> Flow<'d> {
    pub(super) fn new(fonts: Fonts<'d>, document: Option<krilla::Document>, notes: &'d [Text]) -> Self {
        Self {
            fonts,
            pages: Pages { document, marks: Vec::new(), done: 0 },
            y: MARGIN,
            notes,
            shown: HashSet::new(),
            foot: Vec::new(),
            waiting: VecDeque::new(),
            is_empty: true,
        }
    }

    /// How much room is left on the page.
    pub(super) fn room(&self) -> f32 {
        BOTTOM - foot_height(self.foot.len()) - self.y
    }

    /// Whether nothing stands on the page yet.
    pub(super) fn is_at_top(&self) -> bool {
        self.is_empty
    }

    /// Leaves room, if something stands above it.
    pub(super) fn space(&mut self, height: f32) {
        if !self.is_empty {
            self.y += height;
        }
    }

    /// Begins a page, if there is no such room on this one.
    ///
    /// # Errors
    /// If there are too many.
    pub(super) fn need(&mut self, height: f32) -> Result<(), Unwritable> {
        if height > self.room() && !self.is_empty { self.turn() } else { Ok(()) }
    }

    /// Makes room for lines with the notes that they mark, and adds these.
    ///
    /// # Errors
    /// As [`Flow::need`].
    pub(super) fn need_noted(&mut self, height: f32, marked: &[usize]) -> Result<(), Unwritable> {
        let mut fresh = Vec::new();
        for note in marked {
            if self.shown.insert(*note)
                && let Some(text) = self.notes.get(*note)
            {
                let number = [Run::plain(format!("{}  ", note + 1))];
                let text: Text = number.iter().chain(text).cloned().collect();
                let setting = Setting { size: NOTE_SIZE, is_bold: false, is_code: false, width: WIDTH };
                fresh.extend(lines(&text, setting, &mut self.fonts));
            }
        }
        // One line of the notes must stand on the page of their mark, unless those before take it all.
        let least = if fresh.is_empty() {
            0.0
        } else {
            foot_height(self.foot.len() + fresh.len().min(4)) - foot_height(self.foot.len())
        };
        self.need(height + least)?;
        self.waiting.extend(fresh);
        self.fill_foot(height);
        Ok(())
    }

    /// Puts notes that wait at the foot, as far as there is room beside so much text.
    fn fill_foot(&mut self, height: f32) {
        while !self.waiting.is_empty() {
            let next = foot_height(self.foot.len() + 1);
            if next > MOST_NOTES || self.y + height + next > BOTTOM {
                return;
            }
            self.foot.extend(self.waiting.pop_front());
        }
    }

    /// Adds a line, or what is as high.
    pub(super) fn advance(&mut self, height: f32) {
        self.y += height;
        self.is_empty = false;
    }

    /// Adds lines, each where there is room for it.
    ///
    /// # Errors
    /// As [`Flow::need`].
    pub(super) fn lines(&mut self, lines: Vec<Line>, at: Place) -> Result<(), Unwritable> {
        let height = at.size * LEADING;
        for line in lines {
            self.need_noted(height, &line.notes)?;
            if let Some(colour) = at.behind {
                self.pages.marks.push(Mark::Box([at.x - 6.0, self.y, at.width + 12.0, height + 0.5], colour));
            }
            if let Some(colour) = at.beside {
                self.pages.marks.push(Mark::Box([at.x - 12.0, self.y, 2.5, height + 0.5], colour));
            }
            self.put(line, at.x, at.width, at.size, at.colour);
            self.advance(height);
        }
        Ok(())
    }

    /// Puts a line where the page is, at the side that it is read from.
    pub(super) fn put(&mut self, line: Line, x: f32, width: f32, size: f32, colour: Colour) {
        let x = if line.is_rtl { x + width - line.width() } else { x };
        self.pages.marks.push(Mark::Text(x, self.y + size * 1.08, line, colour));
    }

    /// Ends the page and begins the next.
    ///
    /// # Errors
    /// If there are too many.
    pub(super) fn turn(&mut self) -> Result<(), Unwritable> {
        let foot = std::mem::take(&mut self.foot);
        if !foot.is_empty() {
            let mut y = BOTTOM - foot_height(foot.len()) + 6.0;
            self.pages.marks.push(Mark::Stroke([MARGIN, y], [MARGIN + 120.0, y], GREY, 0.7));
            y += 4.0;
            for line in foot {
                let x = if line.is_rtl { MARGIN + WIDTH - line.width() } else { MARGIN };
                self.pages.marks.push(Mark::Text(x, y + NOTE_SIZE * 1.08, line, BLACK));
                y += NOTE_LINE;
            }
        }
        let number = (self.pages.done + 1).to_string();
        let setting = Setting { size: 8.5, is_bold: false, is_code: false, width: WIDTH };
        for line in lines(&[Run::plain(number)], setting, &mut self.fonts) {
            let x = (PAGE.0 - line.width()) / 2.0;
            self.pages.marks.push(Mark::Text(x, PAGE.1 - MARGIN + 14.0, line, [0x66, 0x66, 0x66]));
        }
        self.pages.end(&self.fonts)?;
        if self.pages.done >= MOST_PAGES || self.fonts.is_over {
            return Err(Unwritable::TooLarge(format!("A PDF has {MOST_PAGES} pages at most.")));
        }
        self.y = MARGIN;
        self.is_empty = true;
        self.fill_foot(0.0);
        Ok(())
    }

    /// Ends the last page, and those that the notes still take.
    ///
    /// # Errors
    /// As [`Flow::turn`].
    pub(super) fn finish(&mut self) -> Result<(), Unwritable> {
        if !self.is_empty || self.pages.done == 0 || !self.foot.is_empty() {
            self.turn()?;
        }
        while !self.foot.is_empty() {
            self.turn()?;
        }
        Ok(())
    }
}

/// Where lines stand, and how they look.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) x: f32,
    pub(super) width: f32,
    pub(super) size: f32,
    pub(super) colour: Colour,
    /// The colour behind them, and of a bar beside them.
    pub(super) behind: Option<Colour>,
    pub(super) beside: Option<Colour>,
}

impl Default for Place {
    fn default() -> Self {
        Self { x: MARGIN, width: WIDTH, size: 10.5, colour: BLACK, behind: None, beside: None }
    }
}

fn foot_height(lines: usize) -> f32 {
    if lines == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "the lines of a page")]
    let lines = lines as f32;
    14.0 + lines * NOTE_LINE
}
