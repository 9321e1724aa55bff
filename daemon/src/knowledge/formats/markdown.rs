//! Markdown (CommonMark, with tables), and plain text, which is a simple case of it.

use super::{Block, Content, Format, Kind, MOST_TEXT, Refusal, encoding};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::ops::Range;

pub(super) const FORMAT: Format = Format { endings: &["md", "markdown", "txt"], is_marked: |_| false, read };

fn read(bytes: &[u8], _: usize) -> Result<Content, Refusal> {
    let text = encoding::decode(bytes, None)?;
    if text.len() > MOST_TEXT { Err(Refusal::too_much_text()) } else { Ok(of(text)) }
}

/// The blocks of a text; its own characters stay as they are.
pub(super) fn of(text: String) -> Content {
    let mut blocks: Vec<Block> = Vec::new();
    let mut title = None;
    let mut heading: Option<(Range<usize>, String)> = None;
    let mut depth = 0;
    let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some((range, String::new())),
            Event::End(TagEnd::Heading(level)) => {
                let (range, words) = heading.take().unwrap_or_default();
                let words = words.trim().to_owned();
                if level == HeadingLevel::H1 && title.is_none() {
                    title = Some(words.clone());
                }
                let kind = Kind::Heading { level: level as u8, title: words };
                blocks.push(Block { kind, range, page: None });
            }
            Event::Text(words) | Event::Code(words) if heading.is_some() => {
                if let Some((_, heading)) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::Start(tag) => {
                if depth == 0 && heading.is_none() && !matches!(tag, Tag::MetadataBlock(_)) {
                    let kind = if matches!(tag, Tag::Table(_)) { Kind::Table } else { Kind::Text };
                    blocks.push(Block { kind, range, page: None });
                }
                depth += usize::from(heading.is_none());
            }
            Event::End(_) if heading.is_none() => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Content { title, text, blocks, pages: None, note: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_the_source_s_own_text() {
        let content = of("---\nowner: hr\n---\n# Leave `now`\n\nTen days.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".into());
        let blocks: Vec<_> =
            content.blocks.iter().map(|block| (&block.kind, &content.text[block.range.clone()])).collect();
        let heading = Kind::Heading { level: 1, title: "Leave now".into() };
        assert_eq!(
            blocks,
            [
                (&heading, "# Leave `now`\n"),
                (&Kind::Text, "Ten days.\n"),
                (&Kind::Text, "- one\n- two\n\n"),
                (&Kind::Table, "| a | b |\n|---|---|\n| 1 | 2 |\n"),
            ]
        );
        assert_eq!(content.title.as_deref(), Some("Leave now"));
    }
}
