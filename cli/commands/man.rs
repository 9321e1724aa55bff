//! `katonic man`: the manual pages, made of the tree of commands.

use crate::failure::{Answer, Failure};
use crate::manual;
use crate::session::Session;
use clap::Args;
use clap_mangen::generate_to;
use serde::Serialize;
use std::fs;
use std::path::PathBuf;

/// Writes the manual pages.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder, such as ~/.local/share/man/man1
    folder: PathBuf,
}

#[derive(Serialize)]
struct Written {
    folder: PathBuf,
    pages: usize,
}

pub(super) fn run(session: &Session, args: &Man) -> Result<Answer, Failure> {
    let failed = |error| Failure::file(&args.folder, &error);
    fs::create_dir_all(&args.folder).map_err(failed)?;
    // The first page's own listing is for the terminal: the manual has one of its own.
    generate_to(manual::bare(), &args.folder).map_err(failed)?;
    let written = fs::read_dir(&args.folder).map_err(failed)?.flatten();
    let ours = written.filter(|entry| entry.file_name().to_string_lossy().starts_with("katonic"));
    let written = Written { folder: args.folder.clone(), pages: ours.count() };
    session
        .output
        .either(&written, || format!("{} pages are in {}", written.pages, args.folder.display()))?;
    Ok(Answer::Yes)
}
