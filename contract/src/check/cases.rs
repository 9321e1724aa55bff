//! A file with cases: a JSON object a line, or a table with a row each.

use super::finding::Finding;
use super::node::{Content, Entry, Node};
use super::rules::wrong_type;
use super::text::Text;
use std::ops::Range;

/// What a cell of a column holds, where it is not a text.
#[derive(Clone, Copy)]
enum Cell {
    Text,
    Truth,
    Number,
    /// Texts with `;` between them.
    List,
    /// The same, of documents.
    Documents,
}

/// The columns: how each is headed, and the field of a case that it fills.
const COLUMNS: [(&str, &[&str], Cell); 11] = [
    ("id", &["id"], Cell::Text),
    ("input", &["input"], Cell::Text),
    ("as_user", &["as_user"], Cell::Text),
    ("group", &["group"], Cell::Text),
    ("tags", &["tags"], Cell::List),
    ("must_pass", &["must_pass"], Cell::Truth),
    ("answer", &["expect", "answer"], Cell::Text),
    ("facts", &["expect", "facts"], Cell::List),
    ("refusal", &["expect", "refusal"], Cell::Truth),
    ("never", &["expect", "never"], Cell::List),
    ("citations", &["expect", "citations"], Cell::Documents),
];

/// Reads a table of cases: its first row names the columns. An empty cell says nothing.
pub(super) fn of_table(text: &Text) -> Result<Vec<Node>, Box<Finding>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.text.as_bytes());
    let unreadable = |error: csv::Error| Box::new(wrong_type::unreadable(text, &error.to_string()));
    let headers = reader.headers().map_err(unreadable)?.clone();
    let mut cases = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let line = text.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let span = start..start + line.len();
        let mut case = Node { content: Content::Mapping(Vec::new()), span: span.clone() };
        for (header, cell) in headers.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
            let (path, value) = field(header, cell, &span);
            put(&mut case, &path, value);
        }
        cases.push(case);
    }
    Ok(cases)
}

/// The field that a cell fills. A heading that is none of the columns is a field of its own, which no case has.
fn field(header: &str, cell: &str, span: &Range<usize>) -> (Vec<String>, Node) {
    if let Some(named) = header.strip_prefix("vars.").map(|name| ("vars", name, Cell::Text)).or_else(|| {
        let evaluator = header.strip_prefix("pass.")?;
        Some(("pass", evaluator, Cell::Number))
    }) {
        let (group, name, kind) = named;
        return (vec![group.to_owned(), name.to_owned()], node(kind, cell, span));
    }
    match COLUMNS.iter().find(|(name, ..)| *name == header) {
        Some((_, path, kind)) => {
            (path.iter().map(|part| (*part).to_owned()).collect(), node(*kind, cell, span))
        }
        None => (vec![header.to_owned()], node(Cell::Text, cell, span)),
    }
}

fn node(kind: Cell, cell: &str, span: &Range<usize>) -> Node {
    let at = |content| Node { content, span: span.clone() };
    let text = |text: &str| at(Content::Text(text.trim().to_owned()));
    let parts = || cell.split(';').filter(|part| !part.trim().is_empty());
    match kind {
        Cell::Text => text(cell),
        Cell::Truth => match cell.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => at(Content::Boolean(true)),
            "false" | "no" | "0" => at(Content::Boolean(false)),
            _ => text(cell),
        },
        Cell::Number => match cell.parse() {
            Ok(number) => at(Content::Float(number)),
            Err(_) => text(cell),
        },
        Cell::List => at(Content::List(parts().map(text).collect())),
        Cell::Documents => {
            let document = |part: &str| {
                let entry = Entry { key: "doc_id".into(), span: span.clone(), value: text(part) };
                at(Content::Mapping(vec![entry]))
            };
            at(Content::List(parts().map(document).collect()))
        }
    }
}

/// Puts a value where a path of keys leads to.
fn put(node: &mut Node, path: &[String], value: Node) {
    let Content::Mapping(entries) = &mut node.content else { return };
    let [key, rest @ ..] = path else { return };
    let span = value.span.clone();
    if rest.is_empty() {
        entries.push(Entry { key: key.clone(), span, value });
        return;
    }
    let index = entries.iter().position(|entry| entry.key == *key).unwrap_or_else(|| {
        let inner = Node { content: Content::Mapping(Vec::new()), span: span.clone() };
        entries.push(Entry { key: key.clone(), span, value: inner });
        entries.len() - 1
    });
    if let Some(entry) = entries.get_mut(index) {
        put(&mut entry.value, rest, value);
    }
}
