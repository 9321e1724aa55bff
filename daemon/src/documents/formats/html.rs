//! One HTML page that needs nothing else: no script, nothing fetched, and a policy that says so to the browser.

use super::{Extras, Format, Written};
use crate::documents::document::{Block, Document, Image, Item, Marker, Run, Style, Table, Unwritable};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::wire::documents::DocumentFormat;

pub(super) const FORMAT: Format = Format {
    format: DocumentFormat::Html,
    ending: "html",
    media_type: "text/html; charset=utf-8",
    write,
    has_templates: false,
};

/// How the page looks, on a screen and on paper.
const STYLE: &str = include_str!("html.css");

/// What the browser may do with the page: show its own style and images.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

fn write(document: &Document, _: &Extras<'_>) -> Result<Written, Unwritable> {
    let title = document.title.as_deref().unwrap_or("Document");
    let mut page = Page { html: String::new(), lists: Vec::new(), headings: 0 };
    page.html.push_str(&format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n",
        escape(title)
    ));
    if let Some(title) = &document.title {
        page.line(&format!("<h1 class=\"title\" dir=\"auto\">{}</h1>", escape(title)));
    }
    for block in &document.blocks {
        page.block(block, document);
    }
    page.close_lists(0);
    page.notes(document);
    page.html.push_str("</body>\n</html>\n");
    Ok(page.html.into_bytes().into())
}

struct Page {
    html: String,
    /// The lists that are open: how each ends.
    lists: Vec<&'static str>,
    headings: usize,
}

impl Page {
    fn line(&mut self, html: &str) {
        self.html.push_str(html);
        self.html.push('\n');
    }

    fn block(&mut self, block: &Block, document: &Document) {
        if let Block::Item(item) = block {
            return self.item(item);
        }
        self.close_lists(0);
        match block {
            Block::Heading { level, text } => {
                self.headings += 1;
                let line =
                    format!("<h{level} id=\"h{}\" dir=\"auto\">{}</h{level}>", self.headings, runs(text));
                self.line(&line);
            }
            Block::Paragraph(text) => self.line(&format!("<p dir=\"auto\">{}</p>", runs(text))),
            Block::Quote(text) => {
                self.line(&format!("<blockquote dir=\"auto\"><p>{}</p></blockquote>", runs(text)));
            }
            Block::Code(code) => self.line(&format!("<pre><code>{}</code></pre>", escape(code))),
            Block::Table(table) => self.table(table),
            Block::Image(image) => self.line(&figure(image)),
            Block::Chart(chart) => {
                let drawn = super::drawing::svg(chart);
                self.line(&format!("<figure>{drawn}</figure>"));
            }
            Block::Contents => self.contents(document),
            Block::Rule => self.line("<hr>"),
            Block::PageBreak => self.line("<div class=\"page\"></div>"),
            Block::Item(_) => {}
        }
    }

    fn item(&mut self, item: &Item) {
        let depth = usize::from(item.depth) + 1;
        let close = if matches!(item.marker, Marker::Number(_)) { "</ol>" } else { "</ul>" };
        let text = format!("<p dir=\"auto\">{}</p>", runs(&item.text));
        if item.marker == Marker::None && self.lists.len() >= depth {
            self.close_lists(depth);
            return self.line(&text);
        }
        self.close_lists(depth);
        if self.lists.len() == depth {
            self.html.push_str("</li>\n");
            if self.lists.last() != Some(&close) {
                self.lists.pop();
                self.line(if close == "</ol>" { "</ul>" } else { "</ol>" });
            }
        }
        while self.lists.len() < depth {
            let is_last = self.lists.len() + 1 == depth;
            match item.marker {
                Marker::Number(number) if is_last => self.line(&format!("<ol start=\"{number}\">")),
                _ => self.line("<ul>"),
            }
            self.lists.push(if is_last { close } else { "</ul>" });
            if !is_last {
                self.html.push_str("<li>");
            }
        }
        self.html.push_str("<li>");
        self.line(&text);
    }

    /// Ends the lists that stand deeper.
    fn close_lists(&mut self, depth: usize) {
        while self.lists.len() > depth {
            let close = self.lists.pop().unwrap_or_default();
            self.line(&format!("</li>\n{close}"));
        }
    }

    fn table(&mut self, table: &Table) {
        self.line("<table>\n<thead>");
        let row = |cells: &[Vec<Run>], name: &str| {
            let cells = cells.iter().map(|cell| format!("<{name} dir=\"auto\">{}</{name}>", runs(cell)));
            format!("<tr>{}</tr>", cells.collect::<String>())
        };
        self.line(&row(&table.header, "th"));
        self.line("</thead>\n<tbody>");
        for cells in &table.rows {
            self.line(&row(cells, "td"));
        }
        self.line("</tbody>\n</table>");
    }

    fn contents(&mut self, document: &Document) {
        self.line("<nav>");
        for ((level, text), number) in document.headings().zip(1..) {
            self.line(&format!("<p class=\"level{level}\"><a href=\"#h{number}\">{}</a></p>", escape(&text)));
        }
        self.line("</nav>");
    }

    fn notes(&mut self, document: &Document) {
        if document.notes.is_empty() {
            return;
        }
        self.line("<hr>\n<ol class=\"notes\">");
        for (note, number) in document.notes.iter().zip(1..) {
            self.line(&format!("<li id=\"n{number}\" dir=\"auto\">{}</li>", runs(note)));
        }
        self.line("</ol>");
    }
}

fn figure(image: &Image) -> String {
    let data = STANDARD.encode(&image.bytes);
    let alt = escape(&image.alt);
    format!("<figure><img src=\"data:{};base64,{data}\" alt=\"{alt}\"></figure>", image.kind.media_type())
}

fn runs(text: &[Run]) -> String {
    text.iter().map(run).collect()
}

fn run(run: &Run) -> String {
    if let Some(note) = run.note {
        let number = note + 1;
        return format!("<sup><a href=\"#n{number}\">{number}</a></sup>");
    }
    let Style { is_bold, is_italic, is_code, is_struck } = run.style;
    let mut html = escape(&run.text).replace('\n', "<br>\n");
    for (is_on, tag) in [(is_code, "code"), (is_italic, "em"), (is_bold, "strong"), (is_struck, "del")] {
        if is_on {
            html = format!("<{tag}>{html}</{tag}>");
        }
    }
    match &run.link {
        Some(link) => format!("<a href=\"{}\" rel=\"noopener noreferrer\">{html}</a>", escape(link)),
        None => html,
    }
}

/// Text as HTML and XML hold it, also in attributes.
pub(super) fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
