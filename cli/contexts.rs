//! The daemons that a home knows: its own sandbox, and those that were logged in to, a folder each with address and secrets.

use crate::failure::Failure;
use crate::secret::private_folder;
use contract::id::is_name;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The context of the home's own daemon.
pub(crate) const SANDBOX: &str = "sandbox";

/// The context that is used where none is named.
///
/// # Errors
/// If the file that says so can't be read.
pub(crate) fn current(home: &Path) -> Result<String, Failure> {
    let file = pointer(home);
    match fs::read_to_string(&file) {
        Ok(name) => Ok(name.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(SANDBOX.to_owned()),
        Err(error) => Err(Failure::file(&file, &error)),
    }
}

/// Uses a context from now on.
///
/// # Errors
/// If there is none of that name, or it can't be written down.
pub(crate) fn choose(home: &Path, name: &str) -> Result<(), Failure> {
    let (folder, file) = (folder(home, name)?, pointer(home));
    if name != SANDBOX && !folder.exists() {
        return Err(Failure::usage(format!("There is no context `{name}`"))
            .hint("`katonic context list` shows them; `katonic login` makes one."));
    }
    let written = match name {
        SANDBOX => fs::remove_file(&file).or_else(|error| match error.kind() {
            ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        }),
        name => private_folder(home).and_then(|()| fs::write(&file, name)),
    };
    written.map_err(|error| Failure::file(&file, &error))
}

/// The names of all contexts, the sandbox's first.
///
/// # Errors
/// If the folder can't be read.
pub(crate) fn names(home: &Path) -> Result<Vec<String>, Failure> {
    let all = home.join("contexts");
    let mut names = vec![SANDBOX.to_owned()];
    let entries = match fs::read_dir(&all) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(names),
        Err(error) => return Err(Failure::file(&all, &error)),
    };
    let found = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.extend(found.filter(|name| is_name(name)));
    names[1..].sort();
    Ok(names)
}

/// Where a context's address and secrets lie.
///
/// # Errors
/// If that is no name.
pub(crate) fn folder(home: &Path, name: &str) -> Result<PathBuf, Failure> {
    match name {
        SANDBOX => Ok(home.to_owned()),
        name if is_name(name) => Ok(home.join("contexts").join(name)),
        _ => Err(Failure::usage(format!("`{name}` is no name of a context"))
            .hint("A name has 3 to 63 characters of a-z, 0-9 and `-`.")),
    }
}

/// Forgets a context; its secrets were forgotten before.
///
/// # Errors
/// If it can't be removed.
pub(crate) fn forget(home: &Path, name: &str) -> Result<(), Failure> {
    let folder = folder(home, name)?;
    if name != SANDBOX {
        fs::remove_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
    }
    if current(home)? == name { choose(home, SANDBOX) } else { Ok(()) }
}

fn pointer(home: &Path) -> PathBuf {
    home.join("context")
}
