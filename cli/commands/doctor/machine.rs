//! What the doctor looks at on this machine: who may open what, the store's disk, and what shells find.

use super::Finding;
use crate::completion::script;
use crate::context::Context;
use crate::contexts;
use crate::failure::Failure;
use crate::session::Session;
use ::daemon::{Config, Database};
use rustix::fs::statvfs;
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Least bytes that a store's disk should have left.
const LEAST_FREE: u64 = 512 * 1024 * 1024;

/// Whether what holds secrets is for its owner alone.
pub(super) fn files(session: &Session) -> Vec<Finding> {
    let secret = ["data", "credentials.json", "data/pepper", "data/audit-key", "data/master-key"];
    let mut paths: Vec<PathBuf> = secret.iter().map(|name| session.home.join(name)).collect();
    paths.extend(of_contexts(session).unwrap_or_default());
    let mut findings: Vec<Finding> = paths.iter().filter_map(|path| open_to_others(path)).collect();
    match fs::metadata(&session.home) {
        Ok(_) if findings.is_empty() => {
            findings.push(Finding::ok("files", format!("{} is for you only", session.home.display())));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let detail = format!("{} is not there yet", session.home.display());
            findings.push(Finding::warn("files", detail, "katonic sandbox"));
        }
        Ok(_) => {}
        Err(error) => {
            findings.push(Finding::fail(
                "files",
                error.to_string(),
                "Set KATONIC_HOME to a folder of your own",
            ));
        }
    }
    findings
}

/// The keys of other daemons, and the private keys of certificates.
fn of_contexts(session: &Session) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for name in contexts::names(&session.home)? {
        let folder = contexts::folder(&session.home, &name)?;
        paths.push(folder.join("credentials.json"));
        let tls = Context::load(&folder)?.map(|context| context.tls).unwrap_or_default();
        paths.extend(tls.cert_key.or(tls.cert));
    }
    Ok(paths)
}

fn open_to_others(path: &Path) -> Option<Finding> {
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let right = if path.is_dir() { "700" } else { "600" };
    (mode & 0o077 != 0).then(|| {
        Finding::fail(
            "files",
            format!("others may open {} (mode {mode:o})", path.display()),
            format!("chmod {right} {}", path.display()),
        )
    })
}

/// Whether there is a store, and room for it.
pub(super) fn store(config: &Config) -> Finding {
    if matches!(config.database, Database::Postgres(_)) {
        return Finding::ok("store", "a PostgreSQL database, which the daemon's readiness tells of");
    }
    let data = config.data();
    match statvfs(&data) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let left = format!("{} MB are free for {}", free / 1_000_000, data.display());
            match free {
                ..LEAST_FREE => Finding::fail("store", left, "Make room: without it no call is let in"),
                _ => Finding::ok("store", left),
            }
        }
        Err(_) => Finding::ok("store", "none yet"),
    }
}

/// Whether the shell's `katonic` is this one.
pub(super) fn path(session: &Session) -> Finding {
    let this = env::current_exe().and_then(fs::canonicalize).unwrap_or_default();
    let found = session.search_path().iter().map(|folder| folder.join("katonic")).find(|file| file.is_file());
    match found {
        None => {
            let folder = this.parent().unwrap_or(Path::new("/")).display();
            Finding::warn("path", "shells don't find katonic", format!("export PATH=\"{folder}:$PATH\""))
        }
        Some(file) if fs::canonicalize(&file).is_ok_and(|file| file == this) => {
            Finding::ok("path", format!("{} is this one", file.display()))
        }
        Some(file) => Finding::warn(
            "path",
            format!("shells find {}, and this is {}", file.display(), this.display()),
            "Remove the one that is not wanted, or change the order of PATH",
        ),
    }
}

/// Whether the completions that shells load are those of this binary.
pub(super) fn completions(session: &Session) -> Finding {
    let places = [
        ("bash", "share/bash-completion/completions/katonic"),
        ("zsh", "share/zsh/site-functions/_katonic"),
        ("fish", "share/fish/vendor_completions.d/katonic.fish"),
    ];
    let mut prefixes = vec![PathBuf::from("/usr"), PathBuf::from("/usr/local")];
    prefixes.extend(session.user_folder().map(|folder| folder.join(".local")));
    let own = env::current_exe().ok();
    prefixes.extend(own.as_deref().and_then(Path::parent).and_then(Path::parent).map(Path::to_owned));
    prefixes.dedup();
    let mut found = Vec::new();
    for (shell, file) in
        prefixes.iter().flat_map(|prefix| places.map(|(shell, file)| (shell, prefix.join(file))))
    {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        if script(shell).is_ok_and(|script| script != text) {
            let mend = format!("katonic completions {shell} > {}", file.display());
            return Finding::warn("completions", format!("{} is another version's", file.display()), mend);
        }
        if !found.contains(&shell) {
            found.push(shell);
        }
    }
    match found.as_slice() {
        [] => Finding::warn(
            "completions",
            "none are installed",
            "katonic completions --help says where they go",
        ),
        some => Finding::ok("completions", format!("installed for {}", some.join(", "))),
    }
}
