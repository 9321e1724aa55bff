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

/// Pages that were written.
#[derive(Serialize)]
pub(super) struct Written {
    pub(super) folder: PathBuf,
    pub(super) pages: usize,
}

impl Written {
    /// Says where they are.
    pub(super) fn say(&self, session: &Session) -> Result<Answer, Failure> {
        session.output.either(self, || format!("{} pages are in {}", self.pages, self.folder.display()))?;
        Ok(Answer::Yes)
    }
}

pub(super) fn run(session: &Session, args: &Man) -> Result<Answer, Failure> {
    let failed = |error| Failure::file(&args.folder, &error);
    fs::create_dir_all(&args.folder).map_err(failed)?;
    // The first page's own listing is for the terminal: the manual has one of its own.
    generate_to(manual::bare(), &args.folder).map_err(failed)?;
    let written = fs::read_dir(&args.folder).map_err(failed)?.flatten();
    let ours = written.filter(|entry| entry.file_name().to_string_lossy().starts_with("katonic"));
    Written { folder: args.folder.clone(), pages: ours.count() }.say(session)
}
