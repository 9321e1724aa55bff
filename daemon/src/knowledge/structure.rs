//! A document's structure: sections by their headings, passages within them.

use super::formats::{Block, Content, Kind};
use std::mem;
use std::ops::Range;

/// About how many characters of text a passage holds at most; a single block may be longer.
const PASSAGE_CHARS: usize = 1200;

/// A section: what stands under one heading.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Section {
    /// The heading's number, such as `2.1`.
    pub(super) number: Option<String>,
    /// The heading without its number.
    pub(super) heading: String,
    /// The page that the heading stands on.
    pub(super) page: Option<u32>,
    /// Its passages, none of which goes over the end of a page.
    pub(super) passages: Vec<Passage>,
}

/// Neighbouring blocks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Passage {
    /// Where it stands in the text.
    pub(super) range: Range<usize>,
    /// The page that it stands on.
    pub(super) page: Option<u32>,
}

impl Section {
    /// What a citation calls it: its number, or its heading where it has none.
    pub(super) fn label(&self) -> Option<String> {
        let heading = Some(&self.heading).filter(|heading| !heading.is_empty());
        self.number.clone().or_else(|| heading.cloned())
    }
}

/// The sections of a document, in order.
pub(super) fn sections(content: &Content) -> Vec<Section> {
    let text = &content.text;
    let mut sections = Vec::new();
    let mut section = Section::default();
    let mut blocks: Vec<Passage> = Vec::new();
    for Block { kind, range, page } in &content.blocks {
        let Kind::Heading { title, .. } = kind else {
            blocks.push(Passage { range: range.clone(), page: *page });
            continue;
        };
        section.passages = passages(text, &mem::take(&mut blocks));
        let (number, heading) = numbered(title);
        let next = Section { number, heading, page: *page, passages: Vec::new() };
        sections.push(mem::replace(&mut section, next));
    }
    section.passages = passages(text, &blocks);
    sections.push(section);
    sections.retain(|section| !section.passages.is_empty() || section.number.is_some());
    sections
}

/// Neighbouring blocks together, as long as they fit.
fn passages(source: &str, blocks: &[Passage]) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    let blocks = blocks.iter().flat_map(|block| {
        let parts = cut(source, block.range.clone()).into_iter();
        parts.map(|range| Passage { range, page: block.page })
    });
    for block in blocks {
        match passages.last_mut() {
            Some(last) if last.page == block.page && block.range.end - last.range.start <= PASSAGE_CHARS => {
                last.range.end = block.range.end;
            }
            _ => passages.push(block),
        }
    }
    for passage in &mut passages {
        let text = &source[passage.range.clone()];
        passage.range.end -= text.len() - text.trim_end().len();
    }
    passages.retain(|passage| !passage.range.is_empty());
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
    use super::super::formats::read_markdown;
    use super::*;

    const HANDBOOK: &str = "# Leave\n\nIntro.\n\n## 1 Scope\n\n### 1.1 Who\n\nEveryone.\n\nAlso apprentices.\n\n\
        | Role | Days |\n|---|---|\n| Office | 3 |\n\n## Appendix\n\n```\n# not a heading\n```\n";

    fn read(text: &str) -> Vec<Section> {
        sections(&read_markdown(text.to_owned()))
    }

    #[test]
    fn sections_follow_the_headings_and_passages_are_exact_text() {
        let sections = read(HANDBOOK);
        let labels: Vec<_> = sections.iter().map(|s| s.label().unwrap()).collect();
        assert_eq!(labels, ["Leave", "1", "1.1", "Appendix"]);
        let who = &sections[2];
        assert_eq!(who.heading, "Who");
        assert_eq!(
            &HANDBOOK[who.passages[0].range.clone()],
            "Everyone.\n\nAlso apprentices.\n\n| Role | Days |\n|---|---|\n| Office | 3 |"
        );
        assert!(HANDBOOK[sections[3].passages[0].range.clone()].contains("# not a heading"));
    }

    #[test]
    fn long_text_is_cut_between_words_in_any_script() {
        let text = "Ünïcödé wörds. ".repeat(1000);
        let passages = &read(&text)[0].passages;
        assert!(passages.len() > 5);
        let words = |passage: &Passage| text[passage.range.clone()].matches("wörds").count();
        assert_eq!(passages.iter().map(words).sum::<usize>(), 1000);
    }

    #[test]
    fn a_passage_ends_with_its_page() {
        let block = |range, page| Block { kind: Kind::Text, range, page: Some(page) };
        let content = Content {
            text: "One.\n\nTwo.\n\nThree.".into(),
            blocks: vec![block(0..4, 1), block(6..10, 1), block(12..18, 2)],
            ..Content::default()
        };
        let expected = [Passage { range: 0..10, page: Some(1) }, Passage { range: 12..18, page: Some(2) }];
        assert_eq!(sections(&content)[0].passages, expected);
    }

    #[test]
    fn an_empty_document_has_no_passages() {
        assert!(read("").iter().all(|section| section.passages.is_empty()));
    }
}
