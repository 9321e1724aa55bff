//! Data in the places that `{{name}}` holds for it. It is text: what looks like Markdown in it stays as it is.

use crate::documents::document::{
    Block, Document, MOST_CELLS, MOST_COLUMNS, MOST_TEXT, Run, Table, Text, Unwritable, plain,
};
use serde_json::{Map, Value};

/// How many bytes and cells data may still add: a name of a few bytes can stand for megabytes, as often as it is written.
struct Left {
    text: usize,
    cells: usize,
}

impl Left {
    fn text(&mut self, bytes: usize) -> Result<(), Unwritable> {
        self.text = self.text.checked_sub(bytes).ok_or_else(Unwritable::too_much_text)?;
        Ok(())
    }

    fn cells(&mut self, many: usize) -> Result<(), Unwritable> {
        self.cells = self.cells.checked_sub(many).ok_or_else(Unwritable::too_many_cells)?;
        Ok(())
    }
}

/// Fills a document's places.
///
/// # Errors
/// If there is no data of a name, it has no place there, or it is too much.
pub(super) fn fill(document: &mut Document, data: &Map<String, Value>) -> Result<(), Unwritable> {
    let mut left = Left { text: MOST_TEXT, cells: MOST_CELLS };
    for block in &mut document.blocks {
        if let Block::Paragraph(text) = block
            && let Some(rows) = rows(text, data)
        {
            *block = Block::Table(table(rows, &mut left)?);
        }
    }
    if let Some(title) = &mut document.title {
        *title = filled(title, data, &mut left)?;
    }
    let mut result = Ok(());
    document.texts(|text| {
        for run in text.iter_mut().filter(|run| run.text.contains("{{")) {
            if result.is_ok() {
                result = filled(&run.text, data, &mut left).map(|text| run.text = text);
            }
        }
    });
    result
}

/// The list that a paragraph stands for.
fn rows<'d>(text: &Text, data: &'d Map<String, Value>) -> Option<&'d [Value]> {
    let text = plain(text);
    let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    data.get(name.trim()).and_then(Value::as_array).map(Vec::as_slice)
}

/// A table of a list of objects, whose names are its header, or of lists, of which the first is.
fn table(rows: &[Value], left: &mut Left) -> Result<Table, Unwritable> {
    let wrong =
        || Unwritable::Wrong("Data for a table is a list of objects, or of lists, that is not empty.".into());
    let mut names: Vec<&str> = Vec::new();
    for key in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !names.contains(&key.as_str()) {
            names.push(key);
        }
        if names.len() > MOST_COLUMNS {
            return Err(Unwritable::too_many_columns(names.len()));
        }
    }
    if names.is_empty() {
        let mut rows = rows.iter().map(|row| {
            let row = row.as_array().ok_or_else(wrong)?;
            left.cells(row.len())?;
            row.iter().map(|value| cell(value, left)).collect()
        });
        let header = rows.next().ok_or_else(wrong)??;
        return Ok(Table { header, rows: rows.collect::<Result<_, _>>()? });
    }
    left.cells(names.len() * (rows.len() + 1))?;
    left.text(names.iter().map(|name| name.len()).sum())?;
    let header = names.iter().map(|name| vec![Run::plain(*name)]).collect();
    let row = |row: &Value| {
        let row = row.as_object().ok_or_else(wrong)?;
        names
            .iter()
            .map(|name| row.get(*name).map_or_else(|| Ok(Text::new()), |value| cell(value, left)))
            .collect()
    };
    Ok(Table { header, rows: rows.iter().map(row).collect::<Result<_, _>>()? })
}

fn cell(value: &Value, left: &mut Left) -> Result<Text, Unwritable> {
    let text = scalar(value).unwrap_or_else(|| value.to_string());
    left.text(text.len())?;
    Ok(if text.is_empty() { Text::new() } else { vec![Run::plain(text)] })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(if *value { "yes" } else { "no" }.into()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn filled(text: &str, data: &Map<String, Value>, left: &mut Left) -> Result<String, Unwritable> {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        let value = data.get(name.trim()).ok_or_else(|| {
            Unwritable::Wrong(format!("There is no data for the place `{{{{{}}}}}`.", name.trim()))
        })?;
        let value = scalar(value).ok_or_else(|| {
            let message = format!(
                "`{{{{{}}}}}` is a list or an object, which has a paragraph of its own.",
                name.trim()
            );
            Unwritable::Wrong(message)
        })?;
        left.text(value.len())?;
        out.push_str(before);
        out.push_str(&value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}
