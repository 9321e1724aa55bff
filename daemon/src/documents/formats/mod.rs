//! Documents as files: a file a format, and a line of [`FORMATS`] each. The same document is the same bytes: times are
//! fixed, parts are sorted.

mod docx;
mod drawing;
mod html;
mod markdown;
mod package;
mod pdf;
mod pptx;
mod tables;
mod xlsx;

use super::document::{Document, Unwritable};
use contract::wire::documents::DocumentFormat;
use std::sync::Arc;

pub(super) use pdf::is_font;

/// A format of files.
pub(super) struct Format {
    format: DocumentFormat,
    /// The ending of its files' names.
    pub(super) ending: &'static str,
    /// The media type, as HTTP tells it.
    pub(super) media_type: &'static str,
    /// Writes a document.
    write: fn(&Document, &Extras<'_>) -> Result<Written, Unwritable>,
    /// Whether it has templates.
    has_templates: bool,
}

/// What a document is written with.
#[derive(Default)]
pub(super) struct Extras<'e> {
    /// The template, for a format that has such.
    pub(super) template: Option<&'e [u8]>,
    /// The operator's fonts, for what ours don't have.
    pub(super) fonts: &'e [Arc<Vec<u8>>],
}

/// A file, and what it doesn't show as it was meant.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) bytes: Vec<u8>,
    pub(super) notes: Vec<String>,
}

/// The formats.
const FORMATS: [Format; 6] =
    [docx::FORMAT, pdf::FORMAT, pptx::FORMAT, xlsx::FORMAT, html::FORMAT, markdown::FORMAT];

/// What writes a format.
///
/// # Errors
/// If there is a template, and the format has none.
pub(super) fn of(format: DocumentFormat, has_template: bool) -> Result<&'static Format, Unwritable> {
    let found = FORMATS.iter().find(|one| one.format == format);
    let found = found.ok_or_else(|| Unwritable::broken(format_args!("{format:?} has no writer")))?;
    if has_template && !found.has_templates {
        return Err(Unwritable::Template(format!(
            "A template is a Word file for `docx`; `{}` has none.",
            found.ending
        )));
    }
    Ok(found)
}

impl Format {
    /// Writes a document.
    ///
    /// # Errors
    /// If the template is unusable, or a library fails.
    pub(super) fn write(&self, document: &Document, extras: &Extras<'_>) -> Result<Written, Unwritable> {
        (self.write)(document, extras)
    }
}

impl From<Vec<u8>> for Written {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, notes: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::content;
    use crate::documents::document::{Block, Item, Marker, Run, Style, Table, Text, plain};
    use crate::knowledge::read_file;
    use contract::wire::documents::DocumentContent;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::{Map, Value, json};

    fn written(document: &Document, format: DocumentFormat) -> Vec<u8> {
        of(format, false).unwrap().write(document, &Extras::default()).unwrap().bytes
    }

    fn markdown(text: &str) -> Document {
        content::given(DocumentContent::Markdown(text.into()), None, None).unwrap()
    }

    /// The lines of a file as the knowledge's own reader finds them, without the marks of lists.
    fn lines(bytes: &[u8], ending: &str) -> Vec<String> {
        let text = read_file(bytes, ending).unwrap().text;
        let bare = |line: &str| {
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            let number = line.split_once(". ").filter(|(number, _)| number.parse::<u64>().is_ok());
            let line = number.map_or(line.as_str(), |(_, rest)| rest);
            line.trim_start_matches("- ").trim_start_matches("• ").to_owned()
        };
        text.lines().map(bare).filter(|line| !line.is_empty()).collect()
    }

    /// The lines that a document has, as a reader of its file should find them.
    fn expected(document: &Document) -> Vec<String> {
        let one_line = |text: &Text| plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let mut lines = Vec::new();
        for block in &document.blocks {
            match block {
                Block::Heading { text, .. } | Block::Paragraph(text) | Block::Quote(text) => {
                    lines.push(one_line(text))
                }
                Block::Item(item) => lines.push(one_line(&item.text)),
                Block::Table(table) => {
                    let names: Vec<String> = table.header.iter().map(one_line).collect();
                    lines.push(names.join(" | "));
                    let named = |row: &Vec<Text>| {
                        let cells =
                            names.iter().zip(row).map(|(name, cell)| format!("{name}: {}", one_line(cell)));
                        cells.collect::<Vec<_>>().join("; ")
                    };
                    lines.extend(table.rows.iter().map(named));
                }
                _ => {}
            }
        }
        lines
    }

    /// Those of some lines that others hold too, in order.
    fn in_order<'l>(wanted: &'l [String], lines: &[String]) -> Vec<&'l String> {
        let mut rest = lines.iter();
        wanted.iter().filter(|line| rest.any(|other| other == *line)).collect()
    }

    const WORDS: [&str; 14] = [
        "kappa",
        "x<y>",
        "a&b;",
        "*star*",
        "_under_",
        "=1+1",
        "\"q\"",
        "[z]",
        "2.",
        "#",
        "|",
        "`tick`",
        "λόγος",
        "~~no~~",
    ];

    fn words() -> impl Strategy<Value = String> {
        let first = select(vec!["Alpha", "Βήτα", "Жук", "שלום", "中文"]);
        (first, prop::collection::vec(select(WORDS.to_vec()), 0..9))
            .prop_map(|(first, rest)| [&[first][..], &rest].concat().join(" "))
    }

    fn text() -> impl Strategy<Value = Text> {
        let styles = [
            Style { is_bold: true, ..Style::default() },
            Style { is_italic: true, ..Style::default() },
            Style { is_struck: true, is_bold: true, ..Style::default() },
        ];
        (words(), prop::option::of((select(styles.to_vec()), any::<bool>()))).prop_map(|(words, styled)| {
            let mut text = vec![Run::plain(words)];
            if let Some((style, has_link)) = styled {
                text[0].text.push(' ');
                let link = has_link.then(|| "https://example.org/?a=1&b=(2)".into());
                text.push(Run { style, link, ..Run::plain("stands out") });
                text.push(Run::plain(" here"));
            }
            text
        })
    }

    fn blocks() -> impl Strategy<Value = Vec<Block>> {
        let table = (1..4_usize, 0..5_usize).prop_flat_map(|(columns, rows)| {
            let row = move || prop::collection::vec(text(), columns);
            (row(), prop::collection::vec(row(), rows))
        });
        let list = (text(), any::<bool>(), prop::collection::vec(text(), 1..4));
        prop_oneof![
            (1..=6_u8, text()).prop_map(|(level, text)| vec![Block::Heading { level, text }]),
            text().prop_map(|text| vec![Block::Paragraph(text)]),
            text().prop_map(|text| vec![Block::Quote(text)]),
            table.prop_map(|(header, rows)| vec![Block::Table(Table { header, rows })]),
            list.prop_map(|(before, is_ordered, items)| {
                let item = |(text, number): (Text, u64)| {
                    let marker = if is_ordered { Marker::Number(number) } else { Marker::Bullet };
                    Block::Item(Item { depth: 0, marker, text })
                };
                [Block::Paragraph(before)].into_iter().chain(items.into_iter().zip(1..).map(item)).collect()
            }),
        ]
    }

    fn document() -> impl Strategy<Value = Document> {
        prop::collection::vec(blocks(), 1..8)
            .prop_map(|blocks| Document { blocks: blocks.concat(), ..Document::default() })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

        #[test]
        fn texts_and_tables_read_back_as_they_were(document in document()) {
            let wanted = expected(&document);
            prop_assert_eq!(&lines(&written(&document, DocumentFormat::Docx), "docx"), &wanted);
            prop_assert_eq!(&lines(&written(&document, DocumentFormat::Html), "html"), &wanted);
            let wanted: Vec<&String> = wanted.iter().collect();
            let slides = lines(&written(&document, DocumentFormat::Pptx), "pptx");
            let all = expected(&document);
            prop_assert_eq!(in_order(&all, &slides), wanted, "{:?}", slides);
        }

        #[test]
        fn markdown_reads_as_the_same_document(document in document()) {
            let text = String::from_utf8(written(&document, DocumentFormat::Markdown)).unwrap();
            prop_assert_eq!(markdown(&text), document, "{}", text);
        }

        #[test]
        fn a_sheet_has_each_table_and_a_page_each_word(document in document()) {
            let sheets = lines(&written(&document, DocumentFormat::Xlsx), "xlsx").join("\n");
            let pages = read_file(&written(&document, DocumentFormat::Pdf), "pdf").unwrap().text;
            let pages: String = pages.split_whitespace().collect();
            for block in &document.blocks {
                let texts = match block {
                    Block::Table(table) => table.rows.concat(),
                    Block::Paragraph(text) | Block::Quote(text) => vec![text.clone()],
                    _ => vec![],
                };
                for text in texts {
                    let text = plain(&text).split_whitespace().collect::<Vec<_>>().join(" ");
                    prop_assert!(sheets.contains(&text), "{} in {}", text, sheets);
                    // A page holds what is read from right to left as it is seen; and who reads one back takes a star
                    // that begins a line for the mark of a list.
                    let is_exact = |word: &&str| word.is_ascii() && !word.starts_with('*');
                    for word in text.split(' ').filter(|word| is_exact(word) && !text.starts_with("שלום")) {
                        prop_assert!(pages.contains(word), "{} in {}", word, pages);
                    }
                }
            }
        }
    }

    #[test]
    fn the_same_document_is_the_same_bytes() {
        let text = "# One\n\n[TOC]\n\nText[^n].\n\n| a |\n|---|\n| 1 |\n\n```chart\n{\"kind\":\"bar\",\"labels\":[\"x\"],\
                    \"series\":[{\"name\":\"s\",\"values\":[1]}]}\n```\n\n[^n]: Note.\n";
        for format in &FORMATS {
            let write = || format.write(&markdown(text), &Extras::default()).unwrap().bytes;
            assert_eq!(write(), write(), "{}", format.ending);
        }
    }

    #[test]
    fn notes_stand_in_every_format() {
        let document =
            markdown("It is so[^a], and so[^b]. Again[^a].\n\n[^b]: Second *note*.\n[^a]: First note.\n");
        for format in &FORMATS {
            let text =
                lines(&format.write(&document, &Extras::default()).unwrap().bytes, format.ending).join("\n");
            let (first, second) = (text.find("First note."), text.find("Second"));
            assert!(first.is_some() && first < second, "{}: {text}", format.ending);
        }
    }

    #[test]
    fn what_looks_like_a_formula_or_a_script_is_text() {
        let document = markdown(
            "<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n| a | b |\n|---|---|\n| =1+1 | 007 |\n| +A1 | 12.5 |\n",
        );
        let page = String::from_utf8(written(&document, DocumentFormat::Html)).unwrap();
        assert!(
            page.contains("&lt;script&gt;") && !page.contains("<script") && !page.contains("javascript:"),
            "{page}"
        );
        let sheets = lines(&written(&document, DocumentFormat::Xlsx), "xlsx");
        assert!(
            sheets.contains(&"a: =1+1; b: 007".to_owned()) && sheets.contains(&"a: +A1; b: 12.5".to_owned()),
            "{sheets:?}"
        );
    }

    #[test]
    fn contents_are_listed_once() {
        let document = markdown("# One\n\n[TOC]\n\n[TOC]\n\ntext\n\n[TOC]\n");
        assert_eq!(document.blocks.iter().filter(|block| **block == Block::Contents).count(), 1);
        assert_eq!(document.blocks.len(), 3);
    }

    #[test]
    fn a_further_slide_repeats_no_more_of_titles_and_headers_than_it_holds() {
        let long = "word ".repeat(2_000);
        let rows = "| x |\n".repeat(40);
        let document = markdown(&format!("# {long}\n\na\n\n<!-- pagebreak -->\n\n| {long} |\n|---|\n{rows}"));
        let package = package::Package::open(&written(&document, DocumentFormat::Pptx)).unwrap();
        let slides = (1..).map_while(|number| package.text(&format!("ppt/slides/slide{number}.xml")));
        let (many, whole) = (slides.map(|slide| slide.matches("word").count()).sum::<usize>(), 2 * 2_000);
        assert!((whole..whole + 1_000).contains(&many), "{many}");
    }

    #[test]
    fn a_workbook_has_500_sheets_of_one_name_at_most() {
        let tables = |many: usize| markdown(&"| a |\n|---|\n| 1 |\n\n".repeat(many));
        let book = of(DocumentFormat::Xlsx, false).unwrap();
        assert!(book.write(&tables(500), &Extras::default()).is_ok());
        let refused = book.write(&tables(501), &Extras::default());
        assert!(matches!(refused, Err(Unwritable::TooLarge(_))), "{refused:?}");
    }

    #[test]
    fn charts_count_as_text_and_cells() {
        let chart = |labels: usize, label: &str| {
            let labels = vec![label; labels];
            let series = json!({"name": "s", "values": vec![1; labels.len()]});
            json!({"type": "chart", "kind": "bar", "labels": labels, "series": vec![series; 12]})
        };
        let given = |charts: Vec<Value>| {
            let content = serde_json::from_value(json!(charts)).unwrap();
            content::given(content, None, None).map(|document| document.blocks.len())
        };
        assert_eq!(given(vec![chart(200, "x"); 70]), Ok(70));
        assert_eq!(given(vec![chart(200, "x"); 80]), Err(Unwritable::too_many_cells()));
        assert_eq!(given(vec![chart(1, &"x".repeat(1 << 20))]), Err(Unwritable::too_much_text()));
    }

    #[test]
    fn data_fills_no_more_than_a_document_has() {
        let given = |text: &str, title: &str, data: Value| {
            let content = DocumentContent::Markdown(text.into());
            content::given(content, Some(title.into()), data.as_object()).map(|_| ())
        };
        let long = "x".repeat(1 << 20);
        assert_eq!(given(&"{{a}} ".repeat(7), "t", json!({"a": long})), Ok(()));
        let much = Err(Unwritable::too_much_text());
        assert_eq!(given(&"{{a}} ".repeat(100_000), "t", json!({"a": long})), much);
        assert_eq!(given("x", &"{{a}}".repeat(100), json!({"a": long})), much);
        let row: Map<String, Value> = (0..60).map(|name| (name.to_string(), json!(1))).collect();
        let list = vec![Value::Object(row); 1_000];
        assert_eq!(given("{{a}}", "t", json!({"a": list})), Ok(()));
        let many = Err(Unwritable::too_many_cells());
        assert_eq!(given(&"{{a}}\n\n".repeat(2_000), "t", json!({"a": list})), many);
        let lists = vec![json!([1, 2]); 1_000];
        assert_eq!(given(&"{{a}}\n\n".repeat(2_000), "t", json!({"a": lists})), many);
    }

    #[test]
    fn markdown_is_a_mebibyte_at_most_beside_its_images() {
        let given = |text: String| content::given(DocumentContent::Markdown(text), None, None);
        assert!(given("a ".repeat(500_000)).is_ok());
        let nested = given(">".repeat(2 << 20));
        assert!(matches!(nested, Err(Unwritable::TooLarge(_))), "{:?}", nested.err());
        let image = given(format!("![x](data:image/png;base64,{})", "A".repeat(2 << 20)));
        assert!(matches!(image, Err(Unwritable::Wrong(_))), "it was read: {:?}", image.err());
    }

    /// The identifiers of what a Word file's main part leads to.
    fn ids(file: &[u8]) -> Vec<String> {
        let package = package::Package::open(file).unwrap();
        let xml = package.text("word/_rels/document.xml.rels").unwrap();
        xml.split(" Id=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_word_file_of_ours_is_a_template_too() {
        let document = markdown("# One\n\n[a](https://example.org)\n\nText[^n].\n\n[^n]: Note.\n");
        let word = of(DocumentFormat::Docx, true).unwrap();
        let first = word.write(&document, &Extras::default()).unwrap().bytes;
        let extras = Extras { template: Some(&first), ..Extras::default() };
        let mut ids = ids(&word.write(&document, &extras).unwrap().bytes);
        let many = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), many > 4), (many, true));
    }

    #[test]
    fn a_bracket_read_from_right_to_left_turns_no_other_round() {
        let document = markdown("> שלום x\\<y>\n\n| a |\n|---|\n| x\\<y> |\n");
        let pages = read_file(&written(&document, DocumentFormat::Pdf), "pdf").unwrap().text;
        assert!(pages.contains("x<y>"), "{pages}");
    }

    #[test]
    fn characters_that_no_font_has_are_told() {
        let pdf = of(DocumentFormat::Pdf, false).unwrap();
        let written = pdf.write(&markdown("Ready ✓, 中."), &Extras::default()).unwrap();
        assert_eq!(written.notes.len(), 1);
        assert!(
            written.notes[0].contains("1 characters") && written.notes[0].contains('中'),
            "{:?}",
            written.notes
        );
    }
}
