//! Definition files: read from the disk with all that they name, and checked.

use crate::failure::{Exit, Failure};
use crate::output::Output;
use contract::check::{Checked, Context, Finding, Severity, Source, check_all};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Files checked together.
pub(crate) struct Checkup {
    /// What each holds, where it could be read.
    pub(crate) definitions: Vec<Option<Checked>>,
    /// Every problem, file by file.
    pub(crate) findings: Vec<Finding>,
}

impl Checkup {
    /// How many findings weigh so much.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Reads files and checks them together.
///
/// # Errors
/// If a file can't be read, or isn't text.
pub(crate) fn check_files(files: &[PathBuf], strict: bool) -> Result<Checkup, Failure> {
    let sources: Vec<Source> = files.iter().map(|file| source(file)).collect::<Result<_, _>>()?;
    let context = Context { read: Some(&read_beside), strict };
    let mut checkup = Checkup { definitions: Vec::new(), findings: Vec::new() };
    for (definition, findings) in check_all(&sources, &context) {
        checkup.definitions.push(definition);
        checkup.findings.extend(findings);
    }
    Ok(checkup)
}

/// Reads files for use: prints what is wrong with them, and gives the definitions only if nothing is.
///
/// # Errors
/// If a file can't be read or has problems.
pub(crate) fn read_sound(files: &[PathBuf], output: &Output) -> Result<Vec<Checked>, Failure> {
    let checkup = check_files(files, false)?;
    output.problems(&checkup.findings);
    let errors = checkup.count(Severity::Error);
    if errors > 0 {
        let message =
            format!("{errors} {} in the way", if errors == 1 { "error stands" } else { "errors stand" });
        return Err(Failure::new(Exit::No, message).hint("Mend what is shown above; nothing was sent."));
    }
    Ok(checkup.definitions.into_iter().flatten().collect())
}

fn source(file: &Path) -> Result<Source, Failure> {
    let bytes = fs::read(file).map_err(|error| Failure::file(file, &error))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::usage(format!("{} is not a text in UTF-8", file.display())).hint("Save it as UTF-8.")
    })?;
    Ok(Source { file: file.display().to_string(), text })
}

/// Reads a file that a definition names. It must lie under the definition's folder or the working one, so that
/// a definition from elsewhere can't bring other files of this machine along.
fn read_beside(file: &str, named: &str) -> Result<String, String> {
    let folder =
        Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).map_err(|error| error.to_string())?;
    let path = fs::canonicalize(folder.join(named)).map_err(|error| error.to_string())?;
    let here = env::current_dir().and_then(fs::canonicalize).map_err(|error| error.to_string())?;
    if !path.starts_with(&folder) && !path.starts_with(&here) {
        return Err("it lies outside the definition's folder and the working one".into());
    }
    fs::read_to_string(path).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::read_beside;
    use std::fs;

    #[test]
    fn a_definition_cannot_bring_along_files_from_elsewhere() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("agents");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("hr.md"), "Be kind.").unwrap();
        fs::write(root.path().join("secret"), "x").unwrap();
        let file = folder.join("hr.yml").display().to_string();
        assert_eq!(read_beside(&file, "./hr.md").unwrap(), "Be kind.");
        assert!(read_beside(&file, "../secret").is_err());
        assert!(read_beside(&file, "/etc/hostname").is_err());
    }
}
