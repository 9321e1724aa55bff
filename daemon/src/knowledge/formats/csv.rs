//! Comma- and tab-separated values.

use super::rows::Rows;
use super::writer::Writer;
use super::{Content, Format, Refusal, encoding};
use csv::ReaderBuilder;

pub(super) const COMMAS: Format =
    Format { endings: &["csv"], is_marked: |_| false, read: |bytes, _| read(bytes, b",;\t|") };

pub(super) const TABS: Format =
    Format { endings: &["tsv", "tab"], is_marked: |_| false, read: |bytes, _| read(bytes, b"\t") };

fn read(bytes: &[u8], delimiters: &[u8]) -> Result<Content, Refusal> {
    let text = encoding::decode(bytes, None)?;
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text, delimiters))
        .from_reader(text.as_bytes());
    let (mut writer, mut rows) = (Writer::default(), Rows::new());
    for record in reader.records() {
        let record = record.map_err(Refusal::broken)?;
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        rows.row(&mut writer, &cells, None)?;
    }
    Ok(writer.finish(None, None))
}

/// What stands most often in the first line.
fn delimiter(text: &str, delimiters: &[u8]) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: &u8| line.bytes().filter(|byte| byte == delimiter).count();
    delimiters.iter().copied().rev().max_by_key(|delimiter| count(delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_whatever_stands_between_them() {
        let read = |text: &str| (COMMAS.read)(text.as_bytes(), 0).unwrap().text;
        assert_eq!(read("name,note\nAnn,\"a, b\nc\"\n"), "name | note\nname: Ann; note: a, b c");
        assert_eq!(read("Name;Tage\nJörg;3\n"), "Name | Tage\nName: Jörg; Tage: 3");
        assert_eq!(read("1,2\n3\n"), "1 | 2\n3");
    }
}
