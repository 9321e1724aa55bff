//! Documents as files: the front matter at the top of a Markdown file.

use crate::wire::knowledge::AddDocumentRequest;
use serde::Deserialize;
use serde_json::{Map, Value};

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
    use super::from_markdown;

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
