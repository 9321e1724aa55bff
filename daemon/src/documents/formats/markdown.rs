//! Markdown that reads as the same document again.

use super::{Extras, Format, Written};
use crate::documents::document::{Block, Chart, Document, Item, Marker, Run, Style, Table, Unwritable};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::wire::documents::DocumentFormat;

pub(super) const FORMAT: Format = Format {
    format: DocumentFormat::Markdown,
    ending: "md",
    media_type: "text/markdown; charset=utf-8",
    write,
    has_templates: false,
};

fn write(document: &Document, _: &Extras<'_>) -> Result<Written, Unwritable> {
    let mut out = String::new();
    if let Some(title) = &document.title {
        out.push_str(&format!("# {}\n\n", escape(title)));
    }
    let mut before: Option<&Block> = None;
    for block in &document.blocks {
        // Items of one list stand together.
        if matches!((before, block), (Some(Block::Item(_)), Block::Item(item)) if item.marker != Marker::None)
        {
            out.truncate(out.trim_end_matches('\n').len());
            out.push('\n');
        }
        out.push_str(&written(block)?);
        out.push_str("\n\n");
        before = Some(block);
    }
    for (note, number) in document.notes.iter().zip(1..) {
        out.push_str(&format!("[^{number}]: {}\n\n", runs(note, "    ")));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    Ok(out.into_bytes().into())
}

fn written(block: &Block) -> Result<String, Unwritable> {
    Ok(match block {
        Block::Heading { level, text } => {
            let text = runs(text, "").replace("\\\n", " ");
            // Hashes at a heading's end are no part of it.
            let text = match text.strip_suffix('#') {
                Some(text) if !text.ends_with('\\') => format!("{text}\\#"),
                _ => text,
            };
            format!("{} {text}", "#".repeat(usize::from(*level)))
        }
        Block::Paragraph(text) => runs(text, ""),
        Block::Quote(text) => format!("> {}", runs(text, "> ")),
        Block::Code(code) => fenced("", code),
        Block::Item(item) => self::item(item),
        Block::Table(table) => self::table(table),
        Block::Image(image) => {
            let data = STANDARD.encode(&image.bytes);
            format!("![{}](data:{};base64,{data})", escape(&image.alt), image.kind.media_type())
        }
        Block::Chart(chart) => self::chart(chart)?,
        Block::Contents => "[TOC]".to_owned(),
        Block::Rule => "---".to_owned(),
        Block::PageBreak => "<!-- pagebreak -->".to_owned(),
    })
}

fn item(item: &Item) -> String {
    let indent = "    ".repeat(usize::from(item.depth));
    let within = format!("{indent}    ");
    let marker = match item.marker {
        Marker::Bullet => "-   ".to_owned(),
        Marker::Number(number) => format!("{:<4}", format!("{number}.")),
        Marker::None => return format!("{within}{}", runs(&item.text, &within)),
    };
    format!("{indent}{marker}{}", runs(&item.text, &within))
}

fn table(table: &Table) -> String {
    let row = |cells: &[Vec<Run>]| {
        let cells = cells
            .iter()
            .map(|cell| runs(cell, "").replace("\\\n", "<br>").replace("\\|", "|").replace('|', "\\|"));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut out = row(&table.header);
    out.push_str(&format!("|{}\n", " --- |".repeat(table.header.len())));
    out.extend(table.rows.iter().map(|cells| row(cells)));
    out.truncate(out.trim_end().len());
    out
}

fn chart(chart: &Chart) -> Result<String, Unwritable> {
    Ok(fenced("chart", &serde_json::to_string_pretty(chart).map_err(Unwritable::broken)?))
}

fn fenced(language: &str, code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{code}\n{fence}")
}

/// Runs in a block; what follows a line end begins with what the block says.
fn runs(text: &[Run], begins: &str) -> String {
    text.iter().map(run).collect::<String>().replace('\n', &format!("\\\n{begins}"))
}

fn run(run: &Run) -> String {
    if let Some(note) = run.note {
        return format!("[^{}]", note + 1);
    }
    let Style { is_bold, is_italic, is_code, is_struck } = run.style;
    // Emphasis begins and ends at a word.
    let inner = run.text.trim();
    let start = run.text.len() - run.text.trim_start().len();
    let (before, after) = match inner.is_empty() {
        true => (run.text.as_str(), ""),
        false => (&run.text[..start], &run.text[start + inner.len()..]),
    };
    if inner.is_empty() {
        return before.to_owned();
    }
    let mut out = if is_code { code(inner) } else { escape(inner) };
    for (is_on, mark) in [(is_italic, "*"), (is_bold, "**"), (is_struck, "~~")] {
        if is_on {
            out = format!("{mark}{out}{mark}");
        }
    }
    if let Some(link) = &run.link {
        out = format!("[{out}](<{}>)", link.replace(['<', '>'], ""));
    }
    format!("{before}{out}{after}")
}

fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('\n', " "))
}

/// Text that Markdown would read as more than text, so that it doesn't.
fn escape(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(escape_line).collect();
    lines.join("\n")
}

fn escape_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    for (at, c) in line.char_indices() {
        let ends = line[at + c.len_utf8()..].chars().next().is_none_or(char::is_whitespace);
        let is_special = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '&' | '|' | '!');
        // What makes a heading, a list or the line under a heading of what stands at the beginning.
        let begins =
            at == 0 && (matches!(c, '#' | '-') || (c == '+' && ends) || line.trim_matches('=').is_empty());
        let numbers = digits > 0 && at == digits && matches!(c, '.' | ')') && ends;
        if is_special || begins || numbers {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
