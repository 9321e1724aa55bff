//! HTML, read token by token: no tree is built, so that no nesting is too deep.

use super::rows::Rows;
use super::writer::{Writer, one_line};
use super::{Content, Format, Refusal, encoding};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use std::cell::RefCell;
use std::mem;

pub(super) const FORMAT: Format = Format { endings: &["html", "htm", "xhtml"], is_marked, read };

fn is_marked(bytes: &[u8]) -> bool {
    let start = bytes[..bytes.len().min(1024)].trim_ascii_start().to_ascii_lowercase();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    start.starts_with(b"<!doctype html") || start.starts_with(b"<html")
}

fn read(bytes: &[u8], _: usize) -> Result<Content, Refusal> {
    of(&encoding::decode(bytes, charset(bytes).as_deref())?)
}

/// The encoding that a page declares at its top.
fn charset(bytes: &[u8]) -> Option<String> {
    let top = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let label = top.split("charset=").nth(1)?.trim_start_matches(['"', '\'']);
    Some(label.split(['"', '\'', ' ', '>', ';', '/']).next()?.to_owned())
}

/// How much of a page is read: less, as long as that is something.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Main,
    AllButFrame,
    All,
}

/// The text of a page: what it marks as its main part, else all but what frames it, else all.
pub(super) fn of(page: &str) -> Result<Content, Refusal> {
    let first = if page.contains("<main") { Part::Main } else { Part::AllButFrame };
    for part in [first, Part::AllButFrame, Part::All] {
        let content = read_part(page, part)?;
        if part == Part::All || !content.blocks.is_empty() {
            return Ok(content);
        }
    }
    Ok(Content::default())
}

fn read_part(page: &str, part: Part) -> Result<Content, Refusal> {
    let state = State { part, ..State::new() };
    let tokenizer = Tokenizer::new(Sink(RefCell::new(state)), Default::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(page));
    // It stops at scripts only, and the sink runs none.
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let mut state = tokenizer.sink.0.into_inner();
    state.end_row();
    state.table = None;
    state.flush();
    state.failed.map_or(Ok(()), Err)?;
    let named = Some(state.title).filter(|title| !title.trim().is_empty());
    let mut content = state.writer.finish(None, None);
    content.title = content.title.or_else(|| named.map(|title| one_line(&title)));
    Ok(content)
}

struct Sink(RefCell<State>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => return state.tag(&tag),
            Token::CharacterTokens(text) => state.characters(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// A table that is open.
struct Table {
    rows: Rows,
    cells: Vec<String>,
    /// Whether all cells of the row are headings.
    is_header: bool,
    in_cell: bool,
    /// How many tables stand in it, which are parts of its cells.
    inner: usize,
}

/// Where in a page the tokens are.
struct State {
    writer: Writer,
    part: Part,
    text: String,
    title: String,
    in_title: bool,
    in_main: usize,
    /// What is not read, until its end: the element, and how often it stands in itself.
    skipped: Option<(String, usize)>,
    heading: Option<u8>,
    is_item: bool,
    list_goes_on: bool,
    preformatted: usize,
    table: Option<Table>,
    failed: Option<Refusal>,
}

impl State {
    fn new() -> Self {
        Self {
            writer: Writer::default(),
            part: Part::All,
            text: String::new(),
            title: String::new(),
            in_title: false,
            in_main: 0,
            skipped: None,
            heading: None,
            is_item: false,
            list_goes_on: false,
            preformatted: 0,
            table: None,
            failed: None,
        }
    }

    fn characters(&mut self, text: &str) {
        if self.in_title {
            self.title.push_str(text);
        } else if self.skipped.is_none() && (self.part != Part::Main || self.in_main > 0) {
            self.text.push_str(text);
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let opens = tag.kind == TagKind::StartTag;
        if let Some((skipped, depth)) = &mut self.skipped {
            if skipped == name {
                *depth = if opens { *depth + 1 } else { *depth - 1 };
                if *depth == 0 {
                    self.skipped = None;
                }
            }
            return raw(name, opens);
        }
        if opens && !tag.self_closing && self.skips(name) {
            self.flush();
            self.skipped = Some((name.to_owned(), 1));
            return raw(name, opens);
        }
        match name {
            "title" => self.in_title = opens,
            "main" => {
                self.flush();
                self.in_main = if opens { self.in_main + 1 } else { self.in_main.saturating_sub(1) };
            }
            "table" | "tr" | "td" | "th" | "caption" => self.table_tag(name, opens),
            "br" => self.text.push(if self.preformatted > 0 { '\n' } else { ' ' }),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.heading = name[1..].parse().ok().filter(|_| opens);
            }
            "li" | "dt" => {
                self.flush();
                self.is_item = opens && name == "li";
            }
            "pre" => {
                self.flush();
                self.preformatted = if opens { 1 } else { 0 };
            }
            _ if BLOCKS.contains(&name) => self.flush(),
            _ => {}
        }
        raw(name, opens)
    }

    fn skips(&self, name: &str) -> bool {
        UNREAD.contains(&name) || (self.part != Part::All && FRAME.contains(&name))
    }

    fn table_tag(&mut self, name: &str, opens: bool) {
        match (&mut self.table, name) {
            (Some(table), "table") if opens => {
                table.inner += 1;
                self.text.push(' ');
            }
            (Some(table), _) if table.inner > 0 => {
                table.inner -= usize::from(name == "table");
                self.text.push(' ');
            }
            (None, "table") if opens => {
                self.flush();
                self.table = Some(Table {
                    rows: Rows::new(),
                    cells: Vec::new(),
                    is_header: true,
                    in_cell: false,
                    inner: 0,
                });
            }
            (Some(_), "table") => {
                self.end_row();
                self.table = None;
            }
            (Some(_), "tr") => self.end_row(),
            (Some(_), "td" | "th") => {
                self.end_cell();
                if let Some(table) = self.table.as_mut().filter(|_| opens) {
                    table.in_cell = true;
                    table.is_header &= name == "th";
                }
            }
            _ => self.flush(),
        }
    }

    fn end_cell(&mut self) {
        let Some(table) = &mut self.table else { return };
        if mem::take(&mut table.in_cell) {
            table.cells.push(mem::take(&mut self.text));
        } else {
            self.write_text();
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        let Some(table) = &mut self.table else { return };
        let (cells, is_header) = (mem::take(&mut table.cells), mem::replace(&mut table.is_header, true));
        if !cells.is_empty() {
            let told = is_header.then_some(true);
            let written = table.rows.row(&mut self.writer, &cells, told);
            self.fail(written);
        }
    }

    /// Ends a block; within a cell only a word.
    fn flush(&mut self) {
        if self.table.as_ref().is_some_and(|table| table.in_cell) {
            self.text.push(' ');
        } else {
            self.write_text();
        }
    }

    fn write_text(&mut self) {
        let text = mem::take(&mut self.text);
        let line = one_line(&text);
        if line.is_empty() {
            return;
        }
        let goes_on = mem::replace(&mut self.list_goes_on, self.is_item);
        let written = match self.heading {
            Some(level) => self.writer.heading(level, &line),
            None if mem::take(&mut self.is_item) => self.writer.item(&line, !goes_on),
            None if self.preformatted > 0 => self.writer.paragraph(&text),
            None => self.writer.paragraph(&line),
        };
        self.fail(written);
    }

    fn fail(&mut self, written: Result<(), Refusal>) {
        if let Err(refusal) = written {
            self.failed.get_or_insert(refusal);
            // Nothing of the rest is kept.
            self.writer = Writer::default();
        }
    }
}

/// What follows an element's start, where that is no markup (HTML Standard, 13.2.6.4.7).
fn raw(name: &str, opens: bool) -> TokenSinkResult<()> {
    match name {
        "title" | "textarea" if opens => TokenSinkResult::RawData(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" if opens => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "script" if opens => TokenSinkResult::RawData(RawKind::ScriptData),
        _ => TokenSinkResult::Continue,
    }
}

/// What holds no text for readers.
const UNREAD: [&str; 15] = [
    "script", "style", "template", "noscript", "svg", "math", "select", "button", "iframe", "object",
    "textarea", "noembed", "noframes", "canvas", "audio",
];

/// What frames a page.
const FRAME: [&str; 3] = ["nav", "footer", "aside"];

/// What stands in lines of its own.
const BLOCKS: [&str; 26] = [
    "p",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "nav",
    "aside",
    "ul",
    "ol",
    "dl",
    "dd",
    "blockquote",
    "figure",
    "figcaption",
    "hr",
    "address",
    "form",
    "fieldset",
    "details",
    "summary",
    "body",
    "html",
    "thead",
    "tbody",
    "tfoot",
];

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    #[test]
    fn a_page_is_its_main_text_with_headings_lists_and_tables() {
        let page = "<!doctype html><title>Leave &amp; more</title><nav><p>Home</p></nav><h1>Leave</h1>\
            <p>Ten <b>days</b>.<p>No end tag<ul><li>one<li>two</ul>\
            <table><tr><th>Role<th>Days<tr><td>Office<td><table><tr><td>3</table></table>\
            <pre>a\n  b</pre><script>var x = '<p>no</p>';</script><footer>Imprint</footer>";
        let content = of(page).unwrap();
        assert_eq!(
            content.text,
            "Leave\n\nTen days.\n\nNo end tag\n\n- one\n- two\n\nRole | Days\nRole: Office; Days: 3\n\na\n  b"
        );
        assert_eq!(content.title.as_deref(), Some("Leave"));
        assert_eq!(content.blocks[4].kind, Kind::Table);
        assert_eq!(of("<table><tr><td>Open<table><tr><td>inside").unwrap().text, "Open inside");
        assert_eq!(of("<title>Only</title><nav>Home</nav>").unwrap().text, "Home");
        assert_eq!(of("<p>Ad<main><p>Text</main><p>Ad").unwrap().text, "Text");
    }

    #[test]
    fn a_page_says_how_it_is_encoded() {
        let page =
            b"<html><meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'><p>\xb3\xf3d\xbc";
        assert!(is_marked(page));
        assert_eq!(read(page, 0).unwrap().text, "łódź");
    }
}
