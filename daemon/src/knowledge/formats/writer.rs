//! The text of a file as it is put together, block by block.

use super::{Block, Content, Kind, MOST_TEXT, Refusal};

/// Puts a file's text together.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
    blocks: Vec<Block>,
    page: Option<u32>,
}

impl Writer {
    /// What follows stands on this page.
    pub(super) fn page(&mut self, page: u32) {
        self.page = Some(page);
    }

    /// A heading; an empty one is none.
    ///
    /// # Errors
    /// If the text is over its bound.
    pub(super) fn heading(&mut self, level: u8, title: &str) -> Result<(), Refusal> {
        let title = one_line(title);
        self.block(Kind::Heading { level: level.clamp(1, 6), title: title.clone() }, &title)
    }

    /// A paragraph, or what is like one.
    ///
    /// # Errors
    /// As [`Writer::heading`].
    pub(super) fn paragraph(&mut self, text: &str) -> Result<(), Refusal> {
        self.block(Kind::Text, text)
    }

    /// A row of the table that this block is, or begins.
    ///
    /// # Errors
    /// As [`Writer::heading`].
    pub(super) fn row(&mut self, row: &str, begins: bool) -> Result<(), Refusal> {
        match self.blocks.last_mut() {
            Some(table) if !begins && table.kind == Kind::Table => {
                self.text.push('\n');
                self.text.push_str(&clean(row));
                table.range.end = self.text.len();
                self.bounded()
            }
            _ => self.block(Kind::Table, row),
        }
    }

    /// Another item of the list that the block before is, or one that begins; its number stays its mark.
    ///
    /// # Errors
    /// As [`Writer::heading`].
    pub(super) fn item(&mut self, item: &str, begins: bool) -> Result<(), Refusal> {
        let item = item.trim();
        let is_marked = item.starts_with(|c: char| c.is_ascii_digit());
        let item = if is_marked || item.is_empty() { item.to_owned() } else { format!("- {item}") };
        match self.blocks.last_mut() {
            Some(list) if !begins && list.kind == Kind::Text => {
                self.text.push('\n');
                self.text.push_str(&clean(&item));
                list.range.end = self.text.len();
                self.bounded()
            }
            _ => self.block(Kind::Text, &item),
        }
    }

    /// Everything of another file, its headings a level below those here.
    ///
    /// # Errors
    /// As [`Writer::heading`].
    pub(super) fn append(&mut self, other: &Content) -> Result<(), Refusal> {
        for block in &other.blocks {
            let kind = match &block.kind {
                Kind::Heading { level, title } => {
                    Kind::Heading { level: (level + 1).min(6), title: title.clone() }
                }
                kind => kind.clone(),
            };
            self.block(kind, &other.text[block.range.clone()])?;
        }
        Ok(())
    }

    /// All that was written.
    pub(super) fn finish(self, title: Option<String>, pages: Option<u32>) -> Content {
        let title = title.map(|title| one_line(&title)).filter(|title| !title.is_empty());
        let first = || {
            self.blocks.iter().find_map(|block| match &block.kind {
                Kind::Heading { level: 1, title } => Some(title.clone()),
                _ => None,
            })
        };
        Content { title: title.or_else(first), text: self.text, blocks: self.blocks, pages, note: None }
    }

    fn block(&mut self, kind: Kind, text: &str) -> Result<(), Refusal> {
        let text = clean(text);
        let text = text.trim_matches(['\n', ' ']);
        if text.is_empty() {
            return Ok(());
        }
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.blocks.push(Block { kind, range: start..self.text.len(), page: self.page });
        self.bounded()
    }

    fn bounded(&self) -> Result<(), Refusal> {
        if self.text.len() > MOST_TEXT { Err(Refusal::too_much_text()) } else { Ok(()) }
    }
}

/// The text without characters that steer a terminal or that no store takes.
fn clean(text: &str) -> String {
    let kept = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    text.replace("\r\n", "\n").chars().filter(|c| kept(*c)).collect()
}

/// The text in one line, its words apart by one space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
