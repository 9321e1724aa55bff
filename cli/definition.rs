//! Definition files: read from the disk with all that they name, checked, and mended.

use crate::failure::{Exit, Failure};
use crate::output::Output;
use contract::check::{
    Checked, Context, Finding, Known, MAX_BYTES, Policy, Severity, Source, check_all, mend,
};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// Most bytes of all files that are checked together.
const MAX_TOTAL: usize = 64 * 1024 * 1024;

/// Most rounds of mending: one mend may bring the next to light.
const MAX_ROUNDS: usize = 10;

/// What is asked of files beside their own soundness.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// Warnings are errors.
    pub(crate) strict: bool,
    /// The repository's rules.
    pub(crate) policy: Option<&'a Policy>,
    /// What exists elsewhere.
    pub(crate) known: Option<&'a Known>,
}

/// Files checked together.
#[derive(Default)]
pub(crate) struct Checkup {
    /// What each holds, where it could be read.
    pub(crate) definitions: Vec<Option<Checked>>,
    /// Every problem, file by file.
    pub(crate) findings: Vec<Finding>,
    /// How many more their authors let stand.
    pub(crate) suppressed: usize,
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
/// If a file can't be read, or all together are too much.
pub(crate) fn check_files(files: &[PathBuf], asked: Asked<'_>) -> Result<Checkup, Failure> {
    let mut total = 0;
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        let bytes = read_bounded(file).map_err(|error| Failure::file(file, &error))?;
        total += bytes.len();
        if total > MAX_TOTAL {
            let message = format!("These files are more than {} MiB together", MAX_TOTAL / 1024 / 1024);
            return Err(Failure::usage(message).hint("Check them a folder at a time."));
        }
        sources.push(Source::of_bytes(&file.display().to_string(), bytes));
    }
    let context =
        Context { read: Some(&read_beside), strict: asked.strict, policy: asked.policy, known: asked.known };
    let mut checkup = Checkup::default();
    for verdict in check_all(&sources, &context) {
        checkup.definitions.push(verdict.checked);
        checkup.findings.extend(verdict.findings);
        checkup.suppressed += verdict.suppressed;
    }
    Ok(checkup)
}

/// Mends what can be mended without asking, until nothing is left of it. The number is how many mends were made.
///
/// # Errors
/// If a file can't be read or written.
pub(crate) fn mend_files(files: &[PathBuf], asked: Asked<'_>) -> Result<usize, Failure> {
    let mut made = 0;
    for _ in 0..MAX_ROUNDS {
        let findings = check_files(files, asked)?.findings;
        let mendable = findings.iter().filter(|finding| finding.fix.is_some());
        let names: BTreeSet<&str> = mendable.filter_map(|finding| finding.file.as_deref()).collect();
        if names.is_empty() {
            break;
        }
        for name in names {
            let path = Path::new(name);
            let bytes = read_bounded(path).map_err(|error| Failure::file(path, &error))?;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let own = findings.iter().filter(|finding| finding.file.as_deref() == Some(name));
            let (mended, count) = mend(&text, own);
            replace(path, &mended).map_err(|error| Failure::file(path, &error))?;
            made += count;
        }
    }
    Ok(made)
}

/// Puts another text in the place of a file's: as a whole or not at all, with its permissions.
///
/// # Errors
/// If it can't be written.
pub(crate) fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = fs::canonicalize(path)?;
    // Named after this process, so that what an interrupted one left behind is not in the way.
    let beside = path.with_extension(format!("katonic-{}", process::id()));
    let mut file = File::options().write(true).create_new(true).open(&beside)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.set_permissions(fs::metadata(&path)?.permissions()))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, &path))
        .inspect_err(|_| drop(fs::remove_file(&beside)))
}

/// Reads files for use: prints what is wrong with them, and gives the definitions only if nothing is.
///
/// # Errors
/// If a file can't be read or has problems.
pub(crate) fn read_sound(files: &[PathBuf], output: &Output) -> Result<Vec<Checked>, Failure> {
    let checkup = check_files(files, Asked::default())?;
    output.problems(&checkup.findings);
    let errors = checkup.count(Severity::Error);
    if errors > 0 {
        let message =
            format!("{errors} {} in the way", if errors == 1 { "error stands" } else { "errors stand" });
        return Err(Failure::new(Exit::No, message).hint("Mend what is shown above; nothing was sent."));
    }
    Ok(checkup.definitions.into_iter().flatten().collect())
}

/// The bytes of a file, but hardly more than a check looks at.
pub(crate) fn read_bounded(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a file that a definition names. It must be a plain file under the definition's folder or the working one,
/// so that a definition from elsewhere can't bring other files of this machine along, or wait for one for ever.
///
/// # Errors
/// Why it isn't read.
pub(crate) fn read_beside(file: &str, named: &str) -> Result<String, String> {
    let said = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        _ => error.to_string(),
    };
    let folder =
        Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).map_err(said)?;
    let path = fs::canonicalize(folder.join(named)).map_err(said)?;
    let here = env::current_dir().and_then(fs::canonicalize).map_err(said)?;
    if !path.starts_with(&folder) && !path.starts_with(&here) {
        return Err("it lies outside the definition's folder and the working one".into());
    }
    if fs::canonicalize(file).is_ok_and(|own| own == path) {
        return Err("it is the definition itself".into());
    }
    if !path.is_file() {
        return Err("it is not a plain file".into());
    }
    String::from_utf8(read_bounded(&path).map_err(said)?).map_err(|_| "it is not a text in UTF-8".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_cannot_bring_along_files_from_elsewhere() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("agents");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("hr.md"), "Be kind.").unwrap();
        fs::write(root.path().join("secret"), "x").unwrap();
        fs::write(folder.join("hr.yml"), "x").unwrap();
        std::os::unix::fs::symlink(root.path().join("secret"), folder.join("link.md")).unwrap();
        let file = folder.join("hr.yml").display().to_string();
        assert_eq!(read_beside(&file, "./hr.md").unwrap(), "Be kind.");
        for elsewhere in ["../secret", "/etc/hostname", "link.md"] {
            assert!(read_beside(&file, elsewhere).unwrap_err().contains("outside"), "{elsewhere}");
        }
        assert!(read_beside(&file, "hr.yml").unwrap_err().contains("itself"));
        assert!(read_beside(&file, "../agents").unwrap_err().contains("plain"));
    }

    #[test]
    fn mending_keeps_comments_and_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yml");
        let text = "kind: Agent # ours\nmetadata: {id: Hr_Desk, owner: a@example.org}\nspec:\n  modle: balnced  # a tier\n  \
                    instructions: x\n";
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(mend_files(std::slice::from_ref(&file), Asked::default()).unwrap(), 4);
        let mended = "apiVersion: katonic/v1\nkind: Agent # ours\nmetadata: {id: hr-desk, owner: a@example.org}\nspec:\n  \
                      model: balanced  # a tier\n  instructions: x\n";
        assert_eq!(fs::read_to_string(&file).unwrap(), mended);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
