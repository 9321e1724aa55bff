//! How wide the columns of a table are.

use crate::documents::document::{Table, plain};

/// Rows that are looked at.
const LOOKED_AT: usize = 200;

/// What a column takes of the width at least and at most, in characters of its text.
const CHARACTERS: (usize, usize) = (4, 40);

/// Each column's share of the width, by the longest text in it; together 1.
pub(super) fn shares(table: &Table) -> Vec<f64> {
    let (least, most) = CHARACTERS;
    let rows = || std::iter::once(&table.header).chain(table.rows.iter().take(LOOKED_AT));
    let longest = (0..table.header.len()).map(|column| {
        let lengths =
            rows().map(|row| plain(&row[column]).lines().map(|line| line.chars().count()).max().unwrap_or(0));
        u32::try_from(lengths.max().unwrap_or(0).clamp(least, most)).unwrap_or(u32::MAX)
    });
    let longest: Vec<f64> = longest.map(|length| f64::from(length) + 2.0).collect();
    let sum: f64 = longest.iter().sum();
    longest.into_iter().map(|length| length / sum).collect()
}
