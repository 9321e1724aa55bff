//! Tables, for people only: they fit the width there is, figures stand right, and colour means something.

use super::{STRONG, WRONG, clean};
use anstyle::{AnsiColor, Color, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};
use contract::version::short;
use std::sync::OnceLock;

/// The narrowest terminal, in columns, that tables are fitted to.
const NARROWEST: u16 = 40;

/// How wide the environment says that tables may be, where there is no terminal to ask.
static COLUMNS: OnceLock<Option<u16>> = OnceLock::new();

/// What waits, or ends soon.
const UNSETTLED: Style = AnsiColor::Yellow.on_default();

/// Words that say of a row that something is wrong.
const BAD: [&str; 14] = [
    "✗",
    "blocked",
    "cancelled",
    "denied",
    "error",
    "expired",
    "fail",
    "failed",
    "inactive",
    "refused",
    "regressed",
    "rejected",
    "resting",
    "revoked",
];

/// Words that say that it is not settled.
const OPEN: [&str; 10] = [
    "!",
    "awaiting_approval",
    "ends soon",
    "on trial",
    "pending",
    "queued",
    "rotating",
    "running",
    "waiting",
    "warn",
];

/// Fits tables to so many columns where standard output is no terminal.
pub(super) fn fit_to(columns: Option<u16>) {
    // The first who says so is the process's own environment.
    COLUMNS.set(columns).ok();
}

/// A table without lines; it fits the width of the terminal, or what `COLUMNS` says. No word is broken: ids and keys are
/// there to be copied. Where the words alone are too wide, each row is a paragraph.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rows: Vec<[String; N]> = rows.into_iter().map(|row| row.map(|cell| clean(&cell))).collect();
    let mut table = Table::new();
    // Some pseudo-terminals call themselves no columns wide.
    let columns = table.width().or_else(|| COLUMNS.get().copied().flatten());
    let columns = columns.filter(|columns| *columns >= NARROWEST);
    let words = longest_words(&header, &rows);
    if let Some(columns) = columns {
        let least = words.iter().sum::<u16>() + 2 * u16::try_from(N.saturating_sub(1)).unwrap_or(u16::MAX);
        if least > columns && !rows.is_empty() && !header.iter().all(|name| name.is_empty()) {
            return paragraphs(&header, &rows);
        }
        table.set_width(columns);
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.load_style(NOTHING);
    // Whoever prints it takes the colours out again where they are not wanted.
    table.enforce_styling();
    if header.iter().any(|name| !name.is_empty()) {
        table.set_header(header.map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    }
    for row in &rows {
        table.add_row(row.iter().map(|text| coloured(text)).collect::<Vec<_>>());
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        // The last has nothing to keep away from.
        let padding = if at + 1 == N { 0 } else { 2 };
        column.set_padding((0, padding));
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(words[at] + padding)));
        if holds_figures(rows.iter().map(|row| row[at].as_str())) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|line| trimmed(&line)).collect::<Vec<_>>().join("\n")
}

/// How wide the longest word of each column is.
fn longest_words<const N: usize>(header: &[&str; N], rows: &[[String; N]]) -> [u16; N] {
    std::array::from_fn(|at| {
        let cells = rows.iter().map(|row| row[at].as_str()).chain([header[at]]);
        let longest = cells.flat_map(str::split_whitespace).map(|word| word.chars().count()).max();
        u16::try_from(longest.unwrap_or(0)).unwrap_or(u16::MAX / 16)
    })
}

/// A paragraph for each row: what each cell is called, and the cell.
fn paragraphs<const N: usize>(header: &[&str; N], rows: &[[String; N]]) -> String {
    let widest = header.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let paragraph = |row: &[String; N]| {
        let lines = header.iter().zip(row).filter(|(_, text)| !text.is_empty());
        let line = |(name, text): (&&str, &String)| {
            let text = text.lines().map(styled).collect::<Vec<_>>();
            format!("{STRONG}{name:<widest$}{STRONG:#}  {}", text.join(&format!("\n{:widest$}  ", "")))
        };
        lines.map(line).collect::<Vec<_>>().join("\n")
    };
    rows.iter().map(paragraph).collect::<Vec<_>>().join("\n\n")
}

fn styled(text: &str) -> String {
    match meaning(text) {
        Some(style) => format!("{style}{text}{style:#}"),
        None => text.to_owned(),
    }
}

/// What a word's colour says, if anything.
fn meaning(text: &str) -> Option<Style> {
    match text {
        word if BAD.contains(&word) => Some(WRONG),
        word if OPEN.contains(&word) => Some(UNSETTLED),
        _ => None,
    }
}

/// A line without blanks at its end, of which some may stand before the codes that end a style.
fn trimmed(line: &str) -> String {
    let mut text = line.trim_end();
    let mut codes = String::new();
    while let Some((before, code)) = text.rsplit_once('\u{1b}').filter(|(_, code)| is_code(code)) {
        codes.insert_str(0, &format!("\u{1b}{code}"));
        text = before.trim_end();
    }
    text.to_owned() + &codes
}

fn is_code(text: &str) -> bool {
    text.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix('m'))
        .is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit() || c == ';'))
}

fn coloured(text: &str) -> Cell {
    let cell = Cell::new(text);
    match meaning(text).and_then(|style| style.get_fg_color()) {
        Some(Color::Ansi(AnsiColor::Red)) => {
            cell.fg(comfy_table::Color::DarkRed).add_attribute(Attribute::Bold)
        }
        Some(_) => cell.fg(comfy_table::Color::DarkYellow),
        None => cell,
    }
}

/// Whether a column's cells are figures, as far as they are anything.
fn holds_figures<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let mut some = false;
    for cell in cells.filter(|cell| !matches!(*cell, "" | "–")) {
        let number = cell.trim_start_matches(['+', '-', '$']).trim_end_matches(['%', ' ']);
        let is_figure = number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '/'));
        if !is_figure {
            return false;
        }
        some = true;
    }
    some
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
    use super::{holds_figures, paragraphs, table};

    fn plain<const N: usize>(header: [&str; N], rows: &[[&str; N]]) -> String {
        let text = table(header, rows.iter().map(|row| row.map(str::to_owned)));
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn columns_stand_under_their_names() {
        let text = plain(["id", "status"], &[["run_1", "finished\u{7}"]]);
        assert_eq!(text, "id     status\nrun_1  finished");
    }

    #[test]
    fn figures_stand_right_and_what_has_none_stays_left() {
        let text = plain(["id", "calls", "share"], &[["a", "7", "3 %"], ["b", "1200", "–"]]);
        assert_eq!(text, "id  calls  share\na       7    3 %\nb    1200      –");
        assert!(!holds_figures(["–", ""].into_iter()) && !holds_figures(["19bc", "7"].into_iter()));
        assert!(!holds_figures(["2026-11-26T18:46:55.845Z"].into_iter()));
    }

    #[test]
    fn what_is_too_wide_is_a_paragraph_for_each_row() {
        let rows = [["run_1", "pending"], ["run_2", ""]].map(|row| row.map(str::to_owned));
        let text = anstream::adapter::strip_str(&paragraphs(&["run", "status"], &rows)).to_string();
        assert_eq!(text, "run     run_1\nstatus  pending\n\nrun     run_2");
    }

    #[test]
    fn only_what_is_wrong_or_open_has_a_colour() {
        let text =
            table(["a", "b", "c"], [["failed".to_owned(), "finished".to_owned(), "pending".to_owned()]]);
        let row = text.lines().nth(1).unwrap();
        assert!(row.contains("\u{1b}[0mfinished"), "{row:?}");
        assert!(row.contains("mfailed") && row.contains("mpending"), "{row:?}");
    }
}
