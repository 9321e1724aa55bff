//! What a check is given: the files, and what is known outside them.

use super::policy::Policy;
use std::collections::{BTreeMap, BTreeSet};

/// One file to check.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path, as findings and messages name it; empty for a text that is no file.
    pub file: String,
    /// What it holds.
    pub text: String,
    /// Where it stops being UTF-8, in bytes from its start; what follows in `text` is a replacement.
    pub invalid_at: Option<usize>,
}

impl Source {
    /// A text.
    #[must_use]
    pub fn new(file: &str, text: &str) -> Self {
        Self { file: file.to_owned(), text: text.to_owned(), invalid_at: None }
    }

    /// The bytes of a file, which may not be text at all.
    #[must_use]
    pub fn of_bytes(file: &str, bytes: Vec<u8>) -> Self {
        let file = file.to_owned();
        match String::from_utf8(bytes) {
            Ok(text) => Self { file, text, invalid_at: None },
            Err(error) => {
                let invalid_at = Some(error.utf8_error().valid_up_to());
                Self { file, text: String::from_utf8_lossy(error.as_bytes()).into_owned(), invalid_at }
            }
        }
    }
}

/// Reads a file that a definition names: given the definition's own file and the name as it is written, the
/// text or why there is none.
pub type Read<'a> = &'a (dyn Fn(&str, &str) -> Result<String, String> + Sync);

/// What is known outside the files.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// How to read a named file; without it, naming one is an error that asks to write it inline.
    pub read: Option<Read<'a>>,
    /// Whether warnings are errors.
    pub strict: bool,
    /// The repository's own rules.
    pub policy: Option<&'a Policy>,
    /// What exists elsewhere.
    pub known: Option<&'a Known>,
}

/// What exists elsewhere: in a daemon, or in the folders that the repository's rules name. What is none isn't known.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The ids of suites.
    pub suites: Option<BTreeSet<String>>,
    /// The names of models and tiers.
    pub models: Option<BTreeSet<String>>,
    /// Tools beside the built-in ones, or how their names begin, before a `*`.
    pub tools: BTreeSet<String>,
    /// The documents of each known collection.
    pub collections: BTreeMap<String, Vec<KnownDocument>>,
    /// Whether these are all the collections that there are.
    pub complete: bool,
}

/// A document that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDocument {
    /// Its id.
    pub doc_id: String,
    /// Its headings, such as `2.1 Working from home`; empty where they aren't known.
    pub sections: Vec<String>,
}
