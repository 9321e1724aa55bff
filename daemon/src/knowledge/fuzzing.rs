//! What must hold of any file that is read.

use super::formats;

/// A file of any content ends as text or as refused; the first byte says what its name ends in.
pub fn files(data: &[u8]) {
    const ENDINGS: [&str; 10] = ["md", "txt", "html", "csv", "tsv", "eml", "pdf", "docx", "pptx", "xlsx"];
    let Some((ending, bytes)) = data.split_first() else { return };
    let ending = ENDINGS[usize::from(*ending) % ENDINGS.len()];
    if let Ok(content) = formats::read(bytes, ending) {
        assert!(!content.text.trim().is_empty(), "a text that says nothing");
    }
}
