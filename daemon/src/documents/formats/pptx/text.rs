//! Text of slides, as DrawingML has it.

use crate::documents::document::{Run, Text, plain};
use crate::documents::formats::html::escape;
use crate::documents::formats::package::Relations;
use std::collections::HashMap;
use unicode_bidi::{Direction, get_base_direction};

/// How a paragraph of a slide looks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    /// How deep it is in lists; none is a plain paragraph.
    pub(super) level: Option<u8>,
    /// The number before it.
    pub(super) number: Option<u64>,
    pub(super) is_bold: bool,
    pub(super) is_code: bool,
    /// The size of its letters in hundredths of a point; 0 is the layout's.
    pub(super) size: u32,
}

/// A slide's links: what they are called there.
#[derive(Default)]
pub(super) struct Links(HashMap<String, String>);

impl Links {
    fn id(&mut self, link: &str, relations: &mut Relations) -> String {
        self.0.entry(link.to_owned()).or_insert_with(|| relations.outside("hyperlink", link)).clone()
    }
}

/// A paragraph.
pub(super) fn paragraph(text: &Text, look: Look, links: &mut Links, relations: &mut Relations) -> String {
    let rtl = if get_base_direction(plain(text).as_str()) == Direction::Rtl {
        " algn=\"r\" rtl=\"1\""
    } else {
        " rtl=\"0\""
    };
    let properties = match (look.level, look.number) {
        (None, _) => format!("<a:pPr marL=\"0\" indent=\"0\"{rtl}><a:buNone/></a:pPr>"),
        (Some(level), None) => format!("<a:pPr lvl=\"{level}\"{rtl}/>"),
        (Some(level), Some(number)) => {
            // PowerPoint counts to here.
            let number = number.clamp(1, 32_767);
            format!(
                "<a:pPr lvl=\"{level}\"{rtl}><a:buFont typeface=\"+mj-lt\"/><a:buAutoNum type=\"arabicPeriod\" startAt=\"{number}\"/></a:pPr>"
            )
        }
    };
    let runs: String = text.iter().map(|run| self::run(run, look, links, relations)).collect();
    format!("<a:p>{properties}{runs}</a:p>")
}

fn run(run: &Run, look: Look, links: &mut Links, relations: &mut Relations) -> String {
    let mut attributes = String::new();
    if look.size > 0 {
        attributes.push_str(&format!(" sz=\"{}\"", look.size));
    }
    let parts = [
        (run.style.is_bold || look.is_bold, " b=\"1\""),
        (run.style.is_italic, " i=\"1\""),
        (run.style.is_struck, " strike=\"sngStrike\""),
        (run.note.is_some(), " baseline=\"30000\""),
    ];
    attributes.extend(parts.iter().filter(|(is_on, _)| *is_on).map(|(_, attribute)| *attribute));
    let mut inner = String::new();
    if run.style.is_code || look.is_code {
        inner.push_str("<a:latin typeface=\"Consolas\"/>");
    }
    if let Some(link) = &run.link {
        inner.push_str(&format!("<a:hlinkClick r:id=\"{}\"/>", links.id(link, relations)));
    }
    let properties = format!("<a:rPr{attributes} dirty=\"0\">{inner}</a:rPr>");
    if let Some(note) = run.note {
        return format!("<a:r>{properties}<a:t>{}</a:t></a:r>", note + 1);
    }
    let lines = run.text.split('\n').map(|line| match line {
        "" => String::new(),
        line => format!("<a:r>{properties}<a:t>{}</a:t></a:r>", escape(line)),
    });
    lines.collect::<Vec<_>>().join(&format!("<a:br>{properties}</a:br>"))
}

/// How many lines a text takes of so many characters each.
pub(super) fn lines(text: &[Run], characters: usize) -> usize {
    plain(text).split('\n').map(|line| width(line).div_ceil(characters).max(1)).sum()
}

/// How wide a text is, in Latin letters.
fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// How wide a letter is: those of East Asia are as wide as two.
fn width_of(c: char) -> usize {
    if c >= '\u{2e80}' { 2 } else { 1 }
}

/// A text in parts that are each so wide at most, cut between words where that can be.
pub(super) fn split(text: &Text, most: usize) -> Vec<Text> {
    let (mut parts, mut part, mut size) = (Vec::new(), Text::new(), 0);
    for run in text {
        if run.note.is_some() {
            part.push(run.clone());
            continue;
        }
        // What of the run is of this part, and where it may end.
        let (mut from, mut word) = (0, None);
        for (at, c) in run.text.char_indices() {
            if size + width_of(c) > most {
                let end = word.unwrap_or(if part.is_empty() { at } else { from });
                part.push(Run { text: run.text[from..end].to_owned(), ..run.clone() });
                parts.push(std::mem::take(&mut part));
                (from, size, word) = (end, width(&run.text[end..at]), None);
            }
            size += width_of(c);
            if matches!(c, ' ' | '\n') {
                word = Some(at + 1);
            }
        }
        part.push(Run { text: run.text[from..].to_owned(), ..run.clone() });
    }
    parts.push(part);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::document::Style;

    #[test]
    fn parts_end_with_words_and_hold_all_there_is() {
        let bold =
            Run { style: Style { is_bold: true, ..Style::default() }, ..Run::plain("and a-long-word-here") };
        let text = vec![Run::plain("one two three "), Run::mark(0), bold];
        let parts = split(&text, 10);
        let shown: Vec<String> = parts.iter().map(|part| plain(part)).collect();
        assert_eq!(shown, ["one two ", "three and ", "a-long-wor", "d-here"]);
        assert_eq!(parts[1][1].note, Some(0));
    }
}
