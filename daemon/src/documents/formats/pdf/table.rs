//! Tables on pages: their headers stand on each, and a row that is higher than a page goes on at the next.

use super::flow::{Flow, LEADING};
use super::lines::{Line, Setting, lines};
use super::page::{BLACK, BOTTOM, GREY, MARGIN, Mark, PALE, WIDTH};
use crate::documents::document::{Table, Text, Unwritable};
use crate::documents::formats::tables::shares;

/// What is left free around the text of a cell, at most.
const PADDING: f32 = 4.0;

/// How a table is set.
struct Grid {
    widths: Vec<f32>,
    padding: f32,
    size: f32,
}

/// A row: the lines of each cell.
type Row = Vec<Vec<Line>>;

/// Adds a table.
///
/// # Errors
/// If there are too many pages.
pub(super) fn table(flow: &mut Flow<'_>, table: &Table) -> Result<(), Unwritable> {
    #[expect(clippy::cast_possible_truncation, reason = "parts of a page")]
    let widths: Vec<f32> = shares(table).into_iter().map(|share| share as f32 * WIDTH).collect();
    let size = match widths.len() {
        0..=6 => 9.5,
        7..=12 => 8.0,
        13..=24 => 6.0,
        _ => 4.5,
    };
    let narrowest = widths.iter().copied().fold(WIDTH, f32::min);
    let grid = Grid { widths, padding: PADDING.min(narrowest * 0.12), size };
    let header = grid.row(&table.header, true, flow);
    flow.space(6.0);
    // A header stands with what it heads.
    let first = table.rows.first().map(|row| grid.row(row, false, flow));
    let together = grid.height(&header) + first.as_ref().map_or(0.0, |row| grid.height(row).min(80.0));
    flow.need(together)?;
    grid.put(flow, &header, None, true)?;
    // One that takes too much of a page stands once.
    let again = Some(&header).filter(|header| grid.height(header) < (BOTTOM - MARGIN) / 3.0);
    for row in &table.rows {
        let row = grid.row(row, false, flow);
        grid.put(flow, &row, again, false)?;
    }
    flow.space(8.0);
    Ok(())
}

impl Grid {
    fn row(&self, cells: &[Text], is_bold: bool, flow: &mut Flow<'_>) -> Row {
        let set = |(text, width): (&Text, &f32)| {
            let width = (width - 2.0 * self.padding).max(1.0);
            lines(text, Setting { size: self.size, is_bold, is_code: false, width }, &mut flow.fonts)
        };
        cells.iter().zip(&self.widths).map(set).collect()
    }

    fn line(&self) -> f32 {
        self.size * LEADING
    }

    fn height(&self, row: &Row) -> f32 {
        self.height_of(row.iter().map(Vec::len).max().unwrap_or(0))
    }

    fn height_of(&self, lines: usize) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "lines of a cell")]
        let lines = lines as f32;
        lines * self.line() + 2.0 * self.padding
    }

    /// Puts a row, with the header above it where it begins a page.
    fn put(
        &self,
        flow: &mut Flow<'_>,
        row: &Row,
        header: Option<&Row>,
        is_header: bool,
    ) -> Result<(), Unwritable> {
        let most = row.iter().map(Vec::len).max().unwrap_or(0);
        let mut from = 0;
        while from < most {
            let fits = |room: f32| {
                let mut count = 0;
                while count < most - from && self.height_of(count + 1) <= room {
                    count += 1;
                }
                count
            };
            let rest = most - from;
            let here = fits(flow.room());
            // What fits on a page is not cut; what doesn't begins where it comes, if three lines do.
            let whole = fits(BOTTOM - MARGIN - header.map_or(0.0, |header| self.height(header))) >= rest;
            if !flow.is_at_top() && here < rest && (whole || here < 3) {
                self.turn(flow, header)?;
            }
            let part = |from: usize, to: usize| -> Vec<usize> {
                row.iter()
                    .flat_map(|cell| cell.iter().take(to).skip(from))
                    .flat_map(|line| line.notes.clone())
                    .collect()
            };
            let mut count = fits(flow.room()).max(1).min(rest);
            let done = flow.pages.done;
            flow.need_noted(self.height_of(count), &part(from, from + count))?;
            if flow.pages.done > done {
                if let Some(header) = header {
                    self.draw(flow, header, 0, header.iter().map(Vec::len).max().unwrap_or(0), true);
                }
                count = count.min(fits(flow.room()).max(1));
            }
            self.draw(flow, row, from, from + count, is_header);
            from += count;
            if from < most {
                self.turn(flow, header)?;
            }
        }
        Ok(())
    }

    fn turn(&self, flow: &mut Flow<'_>, header: Option<&Row>) -> Result<(), Unwritable> {
        flow.turn()?;
        if let Some(header) = header {
            self.draw(flow, header, 0, header.iter().map(Vec::len).max().unwrap_or(0), true);
        }
        Ok(())
    }

    fn draw(&self, flow: &mut Flow<'_>, row: &Row, from: usize, to: usize, is_header: bool) {
        let (top, height) = (flow.y, self.height_of(to - from));
        let (mut x, bottom) = (MARGIN, top + height);
        if is_header {
            flow.pages.marks.push(Mark::Box([MARGIN, top, WIDTH, height], PALE));
        }
        let across = |y: f32| Mark::Stroke([MARGIN, y], [MARGIN + WIDTH, y], GREY, 0.6);
        flow.pages.marks.extend([across(top), across(bottom)]);
        for (cell, width) in row.iter().zip(&self.widths) {
            flow.pages.marks.push(Mark::Stroke([x, top], [x, bottom], GREY, 0.6));
            flow.y = top + self.padding;
            for line in cell.iter().take(to).skip(from) {
                flow.put(line.clone(), x + self.padding, width - 2.0 * self.padding, self.size, BLACK);
                flow.y += self.line();
            }
            x += width;
        }
        flow.pages.marks.push(Mark::Stroke([x, top], [x, bottom], GREY, 0.6));
        flow.y = top;
        flow.advance(height);
    }
}
