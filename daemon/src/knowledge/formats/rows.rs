//! Tables that stay readable when they are cut: each row says what its values are.

use super::Refusal;
use super::writer::{Writer, one_line};

/// A table on its way into the text.
pub(super) struct Rows {
    /// The names of the columns, once the first row has told them; none where it holds values.
    header: Option<Vec<String>>,
    is_first: bool,
}

impl Rows {
    /// A table whose first row may be its header.
    pub(super) fn new() -> Self {
        Self { header: None, is_first: true }
    }

    /// Writes a row; `is_header` where the format tells.
    ///
    /// # Errors
    /// If the text is over its bound.
    pub(super) fn row(
        &mut self,
        writer: &mut Writer,
        cells: &[String],
        is_header: Option<bool>,
    ) -> Result<(), Refusal> {
        let cells: Vec<String> = cells.iter().map(|cell| one_line(cell)).collect();
        if cells.iter().all(String::is_empty) {
            return Ok(());
        }
        let first = self.is_first;
        self.is_first = false;
        if first && is_header.unwrap_or_else(|| names_columns(&cells)) {
            writer.row(&joined(&cells), true)?;
            self.header = Some(cells);
            return Ok(());
        }
        let line = match &self.header {
            Some(header) => named(header, &cells),
            None => joined(&cells),
        };
        writer.row(&line, first)
    }
}

/// Whether a first row looks as one of names: two at least, each given once, and none a number.
fn names_columns(cells: &[String]) -> bool {
    let mut names: Vec<&str> = cells.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let (all, given) = (cells.len(), names.len());
    names.sort_unstable();
    names.dedup();
    let is_name = |name: &&str| name.len() <= 80 && !name.starts_with(|c: char| c.is_ascii_digit());
    given >= 2 && given * 2 > all && names.len() == given && names.iter().all(is_name)
}

fn joined(cells: &[String]) -> String {
    cells.iter().filter(|cell| !cell.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" | ")
}

/// The row's values, each behind its column's name.
fn named(header: &[String], cells: &[String]) -> String {
    let named = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| {
        match header.get(column).filter(|name| !name.is_empty()) {
            Some(name) => format!("{name}: {cell}"),
            None => cell.clone(),
        }
    });
    named.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> String {
        let (mut writer, mut table) = (Writer::default(), Rows::new());
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| (*cell).to_owned()).collect();
            table.row(&mut writer, &cells, None).unwrap();
        }
        writer.finish(None, None).text
    }

    #[test]
    fn each_row_names_its_values_where_the_first_row_has_names() {
        let rows: &[&[&str]] = &[&["Role", "Days"], &["Office", "3"], &["", ""], &["Field", ""]];
        assert_eq!(table(rows), "Role | Days\nRole: Office; Days: 3\nRole: Field");
        assert_eq!(table(&[&["2023", "14"], &["2024", "15"]]), "2023 | 14\n2024 | 15");
    }
}
