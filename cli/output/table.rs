//! Tables, for people only.

use super::clean;
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ContentArrangement, Table};
use contract::version::short;

/// The narrowest terminal, in columns, that tables are fitted to.
const NARROWEST: u16 = 40;

/// A table without lines; on a terminal it fits the width.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    // Some pseudo-terminals call themselves no columns wide.
    if table.width().is_some_and(|width| width >= NARROWEST) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.set_header(header.map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    table.add_rows(rows.into_iter().map(|row| row.map(|cell| clean(&cell))));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// A figure to three places; large ones, such as milliseconds, as whole numbers.
pub(crate) fn figure(value: f64) -> String {
    if value.abs() < 1000.0 { format!("{value:.3}") } else { format!("{value:.0}") }
}

/// What may be missing, with a dash for it.
pub(crate) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| value.to_string())
}

/// A version as tables show it.
pub(crate) fn version(version: &str) -> String {
    short(version).to_owned()
}

/// A mark for what holds or doesn't.
pub(crate) fn mark(holds: bool) -> String {
    if holds { "✓".to_owned() } else { "✗".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_stand_under_their_names() {
        let text = table(["id", "status"], [["run_1".to_owned(), "finished\u{7}".to_owned()]]);
        assert_eq!(text, "id     status\nrun_1  finished");
    }
}
