//! Excel files: a sheet a table, called after its heading, and one for the text. What looks like a formula is text.

use super::{Extras, Format, Written};
use crate::documents::document::{
    Block, Chart, ChartKind, Document, Image, Marker, Table, Text, Unwritable, plain,
};
use contract::wire::documents::DocumentFormat;
use rust_xlsxwriter::{
    Chart as Plot, ChartType, DocProperties, ExcelDateTime, Format as Look, FormatBorder, Image as Picture,
    Url, Workbook, Worksheet, XlsxError,
};
use std::collections::HashSet;

pub(super) const FORMAT: Format = Format {
    format: DocumentFormat::Xlsx,
    ending: "xlsx",
    media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write,
    has_templates: false,
};

/// Most characters of a cell, and of a sheet's name: Excel's own.
const LONGEST_CELL: usize = 32_767;
const LONGEST_NAME: usize = 31;

/// Most sheets: past them nobody finds one, and each takes a file in the package.
const MOST_SHEETS: usize = 500;

/// How wide a column is at most, and the text's, in characters.
const WIDEST: f64 = 60.0;
const TEXT_WIDTH: f64 = 100.0;

/// How high a line is, and a row at most, in points: Excel's own.
const LINE: f64 = 15.0;
const HIGHEST: f64 = 409.0;

fn write(document: &Document, _: &Extras<'_>) -> Result<Written, Unwritable> {
    let is_sheet = |block: &&Block| matches!(block, Block::Table(_) | Block::Chart(_));
    if document.blocks.iter().filter(is_sheet).count() > MOST_SHEETS {
        let message = format!("An Excel file has {MOST_SHEETS} tables and charts at most: a sheet each.");
        return Err(Unwritable::TooLarge(message));
    }
    let bytes = Book::new().and_then(|book| book.write(document)).map_err(|error| match error {
        XlsxError::UnknownImageType | XlsxError::ImageDimensionError => Unwritable::broken_image(),
        error => Unwritable::broken(error),
    })?;
    Ok(bytes.into())
}

struct Book {
    workbook: Workbook,
    names: HashSet<String>,
    header: Look,
    cell: Look,
    text: Look,
}

impl Book {
    fn new() -> Result<Self, XlsxError> {
        let cell = Look::new().set_text_wrap().set_align(rust_xlsxwriter::FormatAlign::Top);
        let header = cell.clone().set_bold().set_background_color(0x00E8_EDF5).set_border(FormatBorder::Thin);
        Ok(Self { workbook: Workbook::new(), names: HashSet::new(), header, text: cell.clone(), cell })
    }

    fn write(mut self, document: &Document) -> Result<Vec<u8>, XlsxError> {
        // The file says when it was made, which the same document always is.
        let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let title = document.title.as_deref().unwrap_or_default();
        let properties = DocProperties::new().set_title(short(title, 255)).set_author("Katonic");
        self.workbook.set_properties(&properties.set_creation_datetime(&made));
        let is_text = |block: &Block| {
            !matches!(
                block,
                Block::Table(_) | Block::Chart(_) | Block::Contents | Block::Rule | Block::PageBreak
            )
        };
        if document.blocks.iter().any(is_text)
            || !document.blocks.iter().any(|b| matches!(b, Block::Table(_) | Block::Chart(_)))
        {
            self.text(document)?;
        }
        let mut heading = title.to_owned();
        for block in &document.blocks {
            match block {
                Block::Heading { text, .. } => heading = plain(text),
                Block::Table(table) => self.table(&heading, table)?,
                Block::Chart(chart) => {
                    self.chart(if chart.title.is_empty() { &heading } else { &chart.title }, chart)?
                }
                _ => {}
            }
        }
        self.workbook.save_to_buffer()
    }

    /// Everything but tables and charts, a paragraph a row, with the notes at the end.
    fn text(&mut self, document: &Document) -> Result<(), XlsxError> {
        let name = self.name("Text");
        let (bold, look) = (self.text.clone().set_bold(), self.text.clone());
        let sheet = self.workbook.add_worksheet().set_name(name)?;
        sheet.set_column_width(0, TEXT_WIDTH)?;
        sheet.set_print_fit_to_pages(1, 0);
        let mut row = 0;
        if let Some(title) = &document.title {
            put(sheet, &mut row, title, &bold.clone().set_font_size(18))?;
            sheet.set_row_height(0, height(title, TEXT_WIDTH / 2.0) * 2.0)?;
        }
        for block in &document.blocks {
            match block {
                Block::Heading { text, .. } => put(sheet, &mut row, &marked(text), &bold)?,
                Block::Paragraph(text) | Block::Quote(text) => put(sheet, &mut row, &marked(text), &look)?,
                Block::Code(code) => put(sheet, &mut row, code, &look.clone().set_font_name("Consolas"))?,
                Block::Item(item) => {
                    let mark = match item.marker {
                        Marker::Bullet => "• ".to_owned(),
                        Marker::Number(number) => format!("{number}. "),
                        Marker::None => String::new(),
                    };
                    let text = format!("{mark}{}", marked(&item.text));
                    put(sheet, &mut row, &text, &look.clone().set_indent(item.depth))?;
                }
                Block::Image(image) => picture(sheet, &mut row, image)?,
                _ => {}
            }
        }
        for (note, number) in document.notes.iter().zip(1..) {
            put(sheet, &mut row, &format!("[{number}] {}", plain(note)), &look)?;
        }
        Ok(())
    }

    fn table(&mut self, heading: &str, table: &Table) -> Result<(), XlsxError> {
        // A document has fewer cells than a sheet has rows.
        let name = self.name(if heading.is_empty() { "Table" } else { heading });
        let (header, look) = (self.header.clone(), self.cell.clone());
        let sheet = self.workbook.add_worksheet().set_name(name)?;
        for (text, column) in table.header.iter().zip(0..) {
            sheet.write_string_with_format(0, column, short(&marked(text), LONGEST_CELL), &header)?;
            sheet.set_column_width(column, width(table, usize::from(column)))?;
        }
        let widths: Vec<f64> = (0..table.header.len()).map(|column| width(table, column)).collect();
        for (cells, row) in table.rows.iter().zip(1..) {
            for (text, column) in cells.iter().zip(0..) {
                cell(sheet, row, column, text, &look)?;
            }
            let highest = cells.iter().zip(&widths).map(|(text, width)| height(&plain(text), *width));
            let highest = highest.fold(LINE, f64::max);
            if highest > LINE {
                sheet.set_row_height(row, highest)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_print_fit_to_pages(1, 0);
        Ok(())
    }

    /// The values of a chart, and the chart beside them.
    fn chart(&mut self, name: &str, chart: &Chart) -> Result<(), XlsxError> {
        let name = self.name(if name.is_empty() { "Chart" } else { name });
        let header = self.header.clone();
        let sheet = self.workbook.add_worksheet().set_name(&name)?;
        let last = u32::try_from(chart.labels.len()).unwrap_or(u32::MAX);
        for (label, row) in chart.labels.iter().zip(1..) {
            sheet.write_string(row, 0, short(label, LONGEST_CELL))?;
        }
        let mut plot = Plot::new(match chart.kind {
            ChartKind::Bar => ChartType::Column,
            ChartKind::Line => ChartType::Line,
        });
        for (series, column) in chart.series.iter().zip(1..) {
            sheet.write_string_with_format(0, column, short(&series.name, LONGEST_CELL), &header)?;
            for (value, row) in series.values.iter().zip(1..) {
                sheet.write_number(row, column, *value)?;
            }
            plot.add_series()
                .set_name((name.as_str(), 0, column))
                .set_categories((name.as_str(), 1, 0, last, 0))
                .set_values((name.as_str(), 1, column, last, column));
        }
        if !chart.title.is_empty() {
            plot.title().set_name(short(&chart.title, 255).as_str());
        }
        let beside = u16::try_from(chart.series.len() + 2).unwrap_or(u16::MAX);
        sheet.insert_chart(1, beside, &plot)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0);
        Ok(())
    }

    /// A name that no other sheet has, without what Excel forbids.
    fn name(&mut self, wanted: &str) -> String {
        let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\n' | '\t');
        let wanted: String = wanted.chars().filter(allowed).collect();
        let wanted = wanted.trim().trim_matches('\'');
        let wanted =
            if wanted.is_empty() || wanted.eq_ignore_ascii_case("history") { "Table" } else { wanted };
        let cut = |most: usize| short(wanted, most).trim_end_matches(['\'', ' ']).to_owned();
        let mut name = cut(LONGEST_NAME);
        let mut number = 1;
        while !self.names.insert(name.to_lowercase()) {
            number += 1;
            let end = format!(" {number}");
            name = cut(LONGEST_NAME - end.len()) + &end;
        }
        name
    }
}

fn put(sheet: &mut Worksheet, row: &mut u32, text: &str, look: &Look) -> Result<(), XlsxError> {
    // What is longer than a cell goes on in the next.
    let characters: Vec<char> = text.chars().collect();
    for part in characters.chunks(LONGEST_CELL / 2) {
        let part: String = part.iter().collect();
        sheet.set_row_height(*row, height(&part, TEXT_WIDTH))?;
        sheet.write_string_with_format(*row, 0, part, look)?;
        *row += 1;
    }
    Ok(())
}

fn picture(sheet: &mut Worksheet, row: &mut u32, image: &Image) -> Result<(), XlsxError> {
    let picture = Picture::new_from_buffer(&image.bytes)?.set_alt_text(short(&image.alt, 255));
    let scale = (700.0 / f64::from(image.width)).min(1.0);
    let picture = picture.set_scale_width(scale).set_scale_height(scale);
    sheet.insert_image(*row, 0, &picture)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows of 20 pixels")]
    let rows = (f64::from(image.height) * scale / 20.0).ceil() as u32;
    *row += rows + 1;
    Ok(())
}

fn cell(sheet: &mut Worksheet, row: u32, column: u16, text: &Text, look: &Look) -> Result<(), XlsxError> {
    let shown = marked(text);
    if let Some(number) = number(&shown) {
        sheet.write_number_with_format(row, column, number, look)?;
    } else if !shown.is_empty() {
        sheet.write_string_with_format(row, column, short(&shown, LONGEST_CELL), look)?;
    }
    if let [run] = text.as_slice()
        && let Some(link) = &run.link
    {
        // Excel's bounds of links are not ours: past them the text stays.
        drop(sheet.write_url(row, column, Url::new(&**link).set_text(&shown)));
    }
    Ok(())
}

/// The number that a text is, if it reads the same again: no code such as `007` becomes one, nor what has too many digits.
fn number(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    (number.to_string() == text && text.len() <= 15 && text != "-0").then_some(number)
}

/// The text, with the marks of its notes.
fn marked(text: &Text) -> String {
    text.iter()
        .map(|run| run.note.map_or_else(|| run.text.clone(), |note| format!("[{}]", note + 1)))
        .collect()
}

fn short(text: &str, most: usize) -> String {
    // Excel counts in UTF-16.
    let mut left = most;
    let fits = |c: &char| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    };
    text.chars().take_while(fits).collect()
}

/// How high a row is, in points, that holds a text in a column of so many characters: readers don't all find out.
fn height(text: &str, width: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozen characters")]
    let width = (width as usize).max(1);
    let lines: usize = text.split('\n').map(|line| line.chars().count().div_ceil(width).max(1)).sum();
    (f64::from(u32::try_from(lines).unwrap_or(u32::MAX)) * LINE).min(HIGHEST)
}

/// How wide a column is, by its first texts.
fn width(table: &Table, column: usize) -> f64 {
    let rows = std::iter::once(&table.header).chain(table.rows.iter().take(200));
    let longest =
        rows.filter_map(|row| plain(&row[column]).lines().map(|line| line.chars().count()).max()).max();
    f64::from(u32::try_from(longest.unwrap_or_default()).unwrap_or(u32::MAX)).clamp(8.0, WIDEST) + 2.0
}
