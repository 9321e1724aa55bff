//! Documents as files: their endings, their ids, and the front matter at the top of a Markdown file.

use crate::version::hex;
use crate::wire::knowledge::AddDocumentRequest;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The endings of files that may be documents.
pub const ENDINGS: &[&str] =
    &["md", "markdown", "txt", "html", "htm", "pdf", "docx", "pptx", "xlsx", "csv", "tsv", "eml"];

/// The longest id that a path makes; what is over is told apart by its hash.
const LONGEST_ID: usize = 120;

/// The id of a document by where its file is in its folder: `pay/HR 1.md` is `pay.HR-1`, `pay/a.pdf` is `pay.a.pdf`. What
/// other characters an id can't have are told apart by a hash.
#[must_use]
pub fn id_of_path(path: &str) -> String {
    let stem = path.strip_suffix(".md").or_else(|| path.strip_suffix(".txt")).unwrap_or(path);
    let plain = |c: char| match c {
        '/' => '.',
        c if c.is_ascii_alphanumeric() || "-_.".contains(c) => c,
        _ => '-',
    };
    let id: String = stem.chars().map(plain).collect();
    let is_whole = stem.chars().all(|c| c == ' ' || c == '/' || plain(c) == c)
        && !id.is_empty()
        && id.len() <= LONGEST_ID;
    if is_whole {
        return id;
    }
    let hash = hex(&Sha256::digest(path.as_bytes())[..4]);
    format!("{}-{hash}", &id[..id.len().min(LONGEST_ID - 1 - hash.len())])
}

/// What a Markdown file's front matter may say of the document.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FrontMatter {
    doc_id: Option<String>,
    title: Option<String>,
    groups: Vec<String>,
    users: Vec<String>,
    public: bool,
    metadata: Option<Map<String, Value>>,
}

/// Reads a Markdown file into a request: its front matter (YAML between two lines of `---`) gives the
/// fields, the rest is the text.
///
/// # Errors
/// If the front matter is not closed, is not YAML, or has an unknown field.
pub fn from_markdown(source: &str, collection: &str) -> Result<AddDocumentRequest, String> {
    let source = source.trim_start_matches('\u{feff}');
    let (front, text) = match source.strip_prefix("---\n") {
        None => (FrontMatter::default(), source),
        Some(rest) => {
            let (yaml, text) =
                rest.split_once("\n---\n").ok_or("the front matter has no closing `---` line")?;
            let front =
                serde_yaml::from_str(yaml).map_err(|e| format!("the front matter does not parse: {e}"))?;
            (front, text)
        }
    };
    Ok(AddDocumentRequest {
        doc_id: front.doc_id,
        title: front.title,
        text: text.trim_start().to_owned(),
        collection: collection.to_owned(),
        groups: front.groups,
        users: front.users,
        public: front.public,
        metadata: front.metadata,
    })
}

#[cfg(test)]
mod tests {
    use super::{from_markdown, id_of_path};
    use crate::id::is_document_id;

    #[test]
    fn a_path_is_an_id_that_stays_the_same() {
        assert_eq!(id_of_path("HR-1.md"), "HR-1");
        assert_eq!(id_of_path("pay/HR 1.pdf"), "pay.HR-1.pdf");
        assert_ne!(id_of_path("手册.pdf"), id_of_path("日历.pdf"));
        for path in ["手册.pdf", &"long/".repeat(60), ".md", "a&b.pdf"] {
            assert!(is_document_id(&id_of_path(path)), "{path}: {}", id_of_path(path));
        }
    }

    #[test]
    fn front_matter_names_the_readers() {
        let file = "---\ndoc_id: HR-1\ngroups: [employees]\n---\n\n# Leave\n\nTen days.\n";
        let document = from_markdown(file, "hr").unwrap();
        assert_eq!(document.doc_id.as_deref(), Some("HR-1"));
        assert_eq!(document.groups, ["employees"]);
        assert_eq!(document.text, "# Leave\n\nTen days.\n");
        assert!(!document.public);
    }

    #[test]
    fn a_misspelt_access_list_is_an_error_and_not_an_open_document() {
        assert!(from_markdown("---\ngruops: [employees]\n---\ntext", "hr").is_err());
        assert!(from_markdown("---\ngroups: [employees]\ntext", "hr").is_err());
    }
}
