//! The fenced blocks of a page, with what is said of each in a comment above it.

use std::fs;
use std::path::Path;

/// A fenced block.
#[derive(Debug)]
pub struct Block {
    /// The line of its fence.
    pub line: usize,
    pub language: String,
    pub text: String,
    /// Why nothing runs it, as `<!-- not run: … -->` says.
    pub not_run: Option<String>,
    /// The file that it is, as `<!-- file: … -->` says.
    pub file: Option<String>,
    /// The rule that finds something in it, as `<!-- file: …, found by … -->` says.
    pub found_by: Option<String>,
    /// What it needs beside the sandbox, as `<!-- needs: … -->` says.
    pub needs: Option<String>,
}

/// A page's blocks, in order; what they include is read.
pub fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).unwrap();
    let folder = page.parent().unwrap();
    let mut blocks = Vec::new();
    let mut said: Vec<String> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(comment) = line.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")) {
            said.push(comment.trim().to_owned());
        } else if let Some(language) = line.trim_start().strip_prefix("```") {
            let indent = line.len() - line.trim_start().len();
            let mut body = String::new();
            for (_, line) in lines.by_ref() {
                if line.trim() == "```" {
                    break;
                }
                body.push_str(&included(folder, line.get(indent..).unwrap_or_default()));
                body.push('\n');
            }
            blocks.push(block(number + 1, language, body, &said));
            said.clear();
        } else if !line.trim().is_empty() {
            said.clear();
        }
    }
    blocks
}

/// A line, or the file that it includes.
fn included(folder: &Path, line: &str) -> String {
    let named = line.trim().strip_prefix("{{#include ").and_then(|rest| rest.strip_suffix("}}"));
    named.map_or(line.to_owned(), |named| {
        let file = folder.join(named);
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    })
}

fn block(line: usize, language: &str, text: String, said: &[String]) -> Block {
    let of = |what: &str| said.iter().find_map(|comment| Some(comment.strip_prefix(what)?.trim().to_owned()));
    let file = of("file:");
    let (file, found_by) = match file.as_deref().and_then(|file| file.split_once(", found by ")) {
        Some((file, rule)) => (Some(file.to_owned()), Some(rule.to_owned())),
        None => (file, None),
    };
    Block {
        line,
        language: language.trim().to_owned(),
        text,
        not_run: of("not run:"),
        file,
        found_by,
        needs: of("needs:"),
    }
}
