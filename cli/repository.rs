//! A repository's own rules: `katonic.toml` at or above the working directory, and the documents it points at.

use crate::failure::Failure;
use contract::check::{Known, KnownDocument, MAX_BYTES, Policy};
use contract::document::from_markdown;
use ignore::WalkBuilder;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that holds them.
const NAME: &str = "katonic.toml";

/// Rules, and where they were found.
pub(crate) struct Repository {
    /// The folder that paths are relative to.
    pub(crate) root: PathBuf,
    /// The rules.
    pub(crate) policy: Policy,
}

impl Repository {
    /// The rules of the nearest folder at or above one, up to the repository's root. The daemon's own
    /// configuration, which has the same name in a home, is none.
    ///
    /// # Errors
    /// If the file can't be read, or says what can't be.
    pub(crate) fn above(folder: &Path, home: &Path) -> Result<Option<Self>, Failure> {
        for folder in folder.ancestors() {
            let file = folder.join(NAME);
            if folder != home && file.is_file() {
                return Self::read(&file).map(Some);
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        Ok(None)
    }

    /// The rules of a file.
    ///
    /// # Errors
    /// If it can't be read, or says what can't be.
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
        let wrong = |why: &str| Failure::usage(format!("{}: {}", file.display(), why.trim_end()));
        let policy: Policy = toml::from_str(&text).map_err(|error| wrong(&error.to_string()))?;
        policy.verify().map_err(|why| wrong(&why))?;
        let root = file.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self { root, policy })
    }

    /// A path that the rules name, as the working directory has it.
    pub(crate) fn path(&self, named: &str, here: &Path) -> PathBuf {
        let path = self.root.join(named);
        path.strip_prefix(here).map(Path::to_owned).unwrap_or(path)
    }

    /// The documents in the folders of its collections.
    ///
    /// # Errors
    /// If a folder or a document can't be read.
    pub(crate) fn known(&self) -> Result<Known, Failure> {
        let mut known = Known::default();
        for (collection, folder) in &self.policy.collections {
            let folder = self.root.join(folder);
            if !folder.is_dir() {
                let place = self.root.join(NAME);
                let message = format!("{}: there is no folder {}", place.display(), folder.display());
                return Err(Failure::usage(message));
            }
            let mut documents = Vec::new();
            for entry in WalkBuilder::new(&folder).require_git(false).max_depth(Some(1)).build() {
                let path = entry.map_err(|error| Failure::usage(error.to_string()))?.into_path();
                documents.extend(document(&path)?);
            }
            known.collections.insert(collection.clone(), documents);
        }
        Ok(known)
    }
}

/// A Markdown file as a document; other files are known by their name without its ending.
fn document(path: &Path) -> Result<Option<KnownDocument>, Failure> {
    let is = |endings: &[&str]| path.extension().is_some_and(|end| endings.iter().any(|one| end == *one));
    let Some(stem) = path.file_stem().filter(|_| path.is_file()).and_then(|stem| stem.to_str()) else {
        return Ok(None);
    };
    let too_long = fs::metadata(path).is_ok_and(|file| file.len() > MAX_BYTES as u64);
    if too_long || !is(&["md", "txt"]) {
        return Ok((!is(&["yml"])).then(|| KnownDocument { doc_id: stem.to_owned(), sections: Vec::new() }));
    }
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    let document =
        from_markdown(&text, "").map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    let heading = |line: &str| line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_owned());
    Ok(Some(KnownDocument {
        doc_id: document.doc_id.unwrap_or_else(|| stem.to_owned()),
        sections: document.text.lines().filter_map(heading).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rules_hold_up_to_the_root_of_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("repo/agents")).unwrap();
        fs::create_dir_all(root.join("repo/.git")).unwrap();
        fs::create_dir_all(root.join("repo/docs")).unwrap();
        fs::write(root.join(NAME), "nonsense").unwrap();
        let nowhere = Path::new("/nowhere");
        assert!(Repository::above(&root.join("repo/agents"), nowhere).unwrap().is_none());
        let rules = "collections = {hr = \"docs\"}\n[rules]\nno-owner = \"error\"\n[floors.gate.prod]\npass_rate = 0.9\n";
        fs::write(root.join("repo").join(NAME), rules).unwrap();
        fs::write(root.join("repo/docs/a.md"), "---\ndoc_id: HR-1\n---\n# A\n\n## 2.1 Leave\n").unwrap();
        fs::write(root.join("repo/docs/HR-2.pdf"), "x").unwrap();
        let found = Repository::above(&root.join("repo/agents"), nowhere).unwrap().unwrap();
        assert_eq!(found.policy.floors.gate.prod.as_ref().unwrap().pass_rate, Some(0.9));
        let mut documents = found.known().unwrap().collections.remove("hr").unwrap();
        documents.sort_by(|a, b| a.doc_id.cmp(&b.doc_id));
        assert_eq!(documents[0].sections, ["A", "2.1 Leave"]);
        assert_eq!(documents[1].doc_id, "HR-2");
        assert!(Repository::above(&root.join("repo/agents"), &root.join("repo")).unwrap().is_none());
        fs::write(root.join("repo").join(NAME), "[rules]\nno-ower = \"off\"\n").unwrap();
        assert!(Repository::above(&root.join("repo/agents"), nowhere).is_err());
    }
}
