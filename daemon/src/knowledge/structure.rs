//! A document's structure: sections by their headings, passages within them.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// About how many characters of text a passage holds at most; a single block may be longer.
const PASSAGE_CHARS: usize = 1200;

/// A section: what stands under one heading.
#[derive(Debug, PartialEq)]
pub(super) struct Section {
    /// The heading's number, such as `2.1`.
    pub(super) number: Option<String>,
    /// The heading without its number.
    pub(super) heading: String,
    /// Its passages, as ranges of the source.
    pub(super) passages: Vec<Range<usize>>,
}

impl Section {
    /// What a citation calls it: its number, or its heading where it has none.
    pub(super) fn label(&self) -> Option<String> {
        let heading = Some(&self.heading).filter(|heading| !heading.is_empty());
        self.number.clone().or_else(|| heading.cloned())
    }
}

/// A document in parts.
#[derive(Debug)]
pub(super) struct Structure {
    /// The first heading of the first level.
    pub(super) title: Option<String>,
    /// The sections, in order.
    pub(super) sections: Vec<Section>,
}

/// Reads Markdown, of which plain text is a simple case.
pub(super) fn read(source: &str) -> Structure {
    let mut structure = Structure { title: None, sections: Vec::new() };
    let mut section = Section { number: None, heading: String::new(), passages: Vec::new() };
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut heading: Option<String> = None;
    let mut depth = 0;
    for (event, range) in Parser::new_ext(source, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(level)) => {
                let text = heading.take().unwrap_or_default().trim().to_owned();
                if level == HeadingLevel::H1 && structure.title.is_none() {
                    structure.title = Some(text.clone());
                }
                section.passages = passages(source, &blocks);
                blocks.clear();
                let (number, text) = numbered(&text);
                let next = Section { number, heading: text, passages: Vec::new() };
                structure.sections.push(std::mem::replace(&mut section, next));
            }
            Event::Text(text) | Event::Code(text) if heading.is_some() => {
                heading.get_or_insert_default().push_str(&text);
            }
            Event::Start(_) => {
                if depth == 0 && heading.is_none() {
                    blocks.push(range);
                }
                depth += usize::from(heading.is_none());
            }
            Event::End(_) if heading.is_none() => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    section.passages = passages(source, &blocks);
    structure.sections.push(section);
    structure.sections.retain(|section| !section.passages.is_empty() || section.number.is_some());
    structure
}

/// Neighbouring blocks together, as long as they fit.
fn passages(source: &str, blocks: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut passages: Vec<Range<usize>> = Vec::new();
    for block in blocks.iter().flat_map(|block| cut(source, block.clone())) {
        match passages.last_mut() {
            Some(last) if block.end - last.start <= PASSAGE_CHARS => last.end = block.end,
            _ => passages.push(block),
        }
    }
    for passage in &mut passages {
        let text = &source[passage.clone()];
        passage.end -= text.len() - text.trim_end().len();
    }
    passages.retain(|passage| !passage.is_empty());
    passages
}

/// A block far over the bound is cut at line ends and spaces.
fn cut(source: &str, block: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = block.start;
    while block.end - start > 2 * PASSAGE_CHARS {
        let most = floor_boundary(source, start + 2 * PASSAGE_CHARS);
        let text = &source[start..most];
        let end = text
            .rfind('\n')
            .or_else(|| text.rfind(". "))
            .or_else(|| text.rfind(' '))
            .unwrap_or(text.len() - 1);
        let end = ceil_boundary(source, start + end + 1);
        parts.push(start..end);
        start = end;
    }
    parts.push(start..block.end);
    parts
}

fn floor_boundary(source: &str, mut at: usize) -> usize {
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil_boundary(source: &str, mut at: usize) -> usize {
    while !source.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// A heading's number, if it begins with one, and the rest.
fn numbered(heading: &str) -> (Option<String>, String) {
    let Some((first, rest)) = heading.split_once(' ') else { return (None, heading.to_owned()) };
    let number = first.trim_end_matches('.');
    let plain = number
        .split('.')
        .all(|part| !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit()));
    if plain { (Some(number.to_owned()), rest.trim().to_owned()) } else { (None, heading.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANDBOOK: &str = "# Leave\n\nIntro.\n\n## 1 Scope\n\n### 1.1 Who\n\nEveryone.\n\nAlso apprentices.\n\n\
        | Role | Days |\n|---|---|\n| Office | 3 |\n\n## Appendix\n\n```\n# not a heading\n```\n";

    #[test]
    fn sections_follow_the_headings_and_passages_are_exact_text() {
        let structure = read(HANDBOOK);
        assert_eq!(structure.title.as_deref(), Some("Leave"));
        let labels: Vec<_> = structure.sections.iter().map(|s| s.label().unwrap()).collect();
        assert_eq!(labels, ["Leave", "1", "1.1", "Appendix"]);
        let who = &structure.sections[2];
        assert_eq!(who.heading, "Who");
        assert_eq!(
            &HANDBOOK[who.passages[0].clone()],
            "Everyone.\n\nAlso apprentices.\n\n| Role | Days |\n|---|---|\n| Office | 3 |"
        );
        assert!(HANDBOOK[structure.sections[3].passages[0].clone()].contains("# not a heading"));
    }

    #[test]
    fn long_text_is_cut_between_words_in_any_script() {
        let text = "Ünïcödé wörds. ".repeat(1000);
        let structure = read(&text);
        let passages = &structure.sections[0].passages;
        assert!(passages.len() > 5);
        assert_eq!(passages.iter().map(|p| text[p.clone()].matches("wörds").count()).sum::<usize>(), 1000);
    }

    #[test]
    fn an_empty_document_has_no_passages() {
        assert!(read("").sections.iter().all(|section| section.passages.is_empty()));
    }
}
