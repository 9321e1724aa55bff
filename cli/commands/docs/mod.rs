//! `katonic docs`, hidden: the reference pages of the documentation, from what the program is made of.

mod api;
mod command;
mod markdown;
mod rules;
mod schemas;
mod settings;

use super::man::Written;
use crate::args::Cli;
use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::{Args, CommandFactory};
use contract::endpoint::Declaration;
use contract::{admin, catalogue};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The heading of the table of contents under which the pages stand.
const HEADING: &str = "# Reference\n";

/// Writes the reference pages.
#[derive(Debug, Args)]
pub(crate) struct WriteDocs {
    /// The folder of the documentation's pages, with its SUMMARY.md
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// A page of the reference.
struct Page {
    /// Its path under `reference/`, without its ending.
    path: String,
    /// Its title in the table of contents.
    title: String,
    /// Its Markdown.
    text: String,
}

impl Page {
    fn new(path: impl Into<String>, title: impl Into<String>, text: String) -> Self {
        Self { path: path.into(), title: title.into(), text }
    }

    /// Its folder: a page named `index` is its folder's first.
    fn is_under_another(&self) -> bool {
        self.path.contains('/') && !self.path.ends_with("/index")
    }
}

pub(super) fn run(session: &Session, args: &WriteDocs) -> Result<Answer, Failure> {
    let pages = pages(session);
    let folder = args.out.join("reference");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::file(&folder, &error)),
        _ => {}
    }
    for page in &pages {
        write(&folder.join(format!("{}.md", page.path)), &page.text)?;
    }
    let summary = args.out.join("SUMMARY.md");
    let said = fs::read_to_string(&summary).map_err(|error| Failure::file(&summary, &error))?;
    let before = said.split(HEADING).next().unwrap_or_default();
    let lines: String = pages.iter().map(line).collect();
    write(&summary, &format!("{before}{HEADING}\n{lines}"))?;
    Written { folder, pages: pages.len() }.say(session)
}

/// A page's line of the table of contents.
fn line(page: &Page) -> String {
    let indent = if page.is_under_another() { "  " } else { "" };
    format!("{indent}- [{}](reference/{}.md)\n", page.title, page.path)
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error| Failure::file(file, &error);
    fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    fs::write(file, text).map_err(failed)
}

fn pages(session: &Session) -> Vec<Page> {
    let public: Vec<&Declaration> = catalogue::CATALOGUE.to_vec();
    let operators: Vec<&Declaration> = admin::CATALOGUE.to_vec();
    let mut pages = api::pages("api", "Public API", api::PUBLIC, &public);
    pages.push(api::errors());
    pages.extend(api::pages("admin", "Admin API", api::ADMIN, &operators));
    pages.extend(command::pages(&mut Cli::command()));
    pages.push(settings::page());
    pages.extend(schemas::pages());
    pages.push(rules::page(session));
    pages
}
