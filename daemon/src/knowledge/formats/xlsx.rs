//! Excel workbooks: a sheet a page, a row a line, formulas as the values they had when the file was saved.

use super::package::is_package_of;
use super::rows::Rows;
use super::writer::Writer;
use super::{Content, Format, Refusal};
use calamine::{DataRef, ExcelDateTime, Reader, SheetVisible, Xlsx, XlsxError};
use std::io::Cursor;

pub(super) const FORMAT: Format =
    Format { endings: &[], is_marked: |bytes| is_package_of(bytes, "xl/"), read };

fn read(bytes: &[u8], _: usize) -> Result<Content, Refusal> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(refusal)?;
    let mut writer = Writer::default();
    let sheets = workbook.sheets_metadata().to_vec();
    for (sheet, number) in sheets.iter().zip(1..) {
        if sheet.visible != SheetVisible::Visible {
            continue;
        }
        writer.page(number);
        writer.heading(1, &sheet.name)?;
        match rows(&mut workbook, &sheet.name, &mut writer) {
            // A sheet that is a chart has no cells.
            Err(XlsxFailure::Xlsx(XlsxError::NotAWorksheet(_))) => {}
            Err(XlsxFailure::Xlsx(error)) => return Err(refusal(error)),
            Err(XlsxFailure::Refused(refusal)) => return Err(refusal),
            Ok(()) => {}
        }
    }
    let pages = u32::try_from(sheets.len()).ok();
    let mut content = writer.finish(None, pages);
    // The name of a sheet is no title of the file, and names alone are no text.
    content.title = None;
    if content.blocks.iter().all(|block| matches!(block.kind, super::Kind::Heading { .. })) {
        return Err(Refusal::NoText);
    }
    Ok(content)
}

enum XlsxFailure {
    Xlsx(XlsxError),
    Refused(Refusal),
}

/// Cell by cell, as a sheet with one cell far away would else be a matrix of millions.
fn rows(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, writer: &mut Writer) -> Result<(), XlsxFailure> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(XlsxFailure::Xlsx)?;
    let (mut table, mut row, mut cells) = (Rows::new(), 0, Vec::new());
    while let Some(cell) = reader.next_cell().map_err(XlsxFailure::Xlsx)? {
        let (at, column) = cell.get_position();
        if at != row {
            table.row(writer, &cells, None).map_err(XlsxFailure::Refused)?;
            cells.clear();
            row = at;
        }
        let column = column as usize;
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = shown(cell.get_value());
    }
    table.row(writer, &cells, None).map_err(XlsxFailure::Refused)
}

/// A value as a reader sees it.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(int) => int.to_string(),
        DataRef::Float(float) => float.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(is_true) => if *is_true { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(time) => time_shown(*time),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn time_shown(time: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    let days = time.as_f64();
    if time.is_duration() || days < 1.0 {
        return clock;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if days.fract() == 0.0 { date } else { format!("{date} {clock}") }
}

fn refusal(error: XlsxError) -> Refusal {
    match error {
        XlsxError::Password => Refusal::Encrypted,
        error => Refusal::broken(error),
    }
}
