//! Renders the documentation with mdBook, offline, and packs its files for the binary.

use flate2::{Compression, GzBuilder};
use mdbook_driver::MDBook;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What mdBook writes beside pages that is served.
const KEPT: [&str; 4] = ["theme/docs.css", "theme/docs.js", "elasticlunr.min.js", "searchindex.js"];

/// Where a page has the table of contents.
const CONTENTS: &str = "<!-- contents -->";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // Pages include files of the examples.
    for watched in ["docs", "agents-examples", "README.md"] {
        writeln!(io::stdout(), "cargo::rerun-if-changed={watched}")?;
    }
    let (rendered, packed) = (out.join("rendered"), out.join("docs"));
    let mut book = MDBook::load(root.join("docs"))?;
    book.config.build.build_dir.clone_from(&rendered);
    book.build()?;
    if packed.exists() {
        fs::remove_dir_all(&packed)?;
    }
    // mdBook makes it for a frame.
    let contents = fs::read_to_string(rendered.join("toc.html"))?.replace(" target=\"_parent\"", "");
    for page in pages(&rendered)? {
        let text = fs::read_to_string(rendered.join(&page))?;
        let text = text.replace(CONTENTS, &from_page(&contents, &page));
        pack(text.as_bytes(), &packed.join(&page))?;
    }
    for name in KEPT {
        pack(&fs::read(rendered.join(name))?, &packed.join(name))?;
    }
    Ok(())
}

/// The pages under a folder, by their paths in it.
fn pages(rendered: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut pages, mut folders) = (Vec::new(), vec![rendered.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let is_page = path.extension().is_some_and(|ending| ending == "html");
            if path.is_dir() {
                folders.push(path);
            } else if let (true, Ok(page)) = (is_page, path.strip_prefix(rendered)) {
                pages.push(page.to_owned());
            }
        }
    }
    pages.retain(|page| page != Path::new("toc.html") && page != Path::new("404.html"));
    Ok(pages)
}

/// The table of contents as a page has it: its links lead from there, and its own is marked.
fn from_page(contents: &str, page: &Path) -> String {
    let up = "../".repeat(page.components().count() - 1);
    let here = format!("<a href=\"{}\"", page.display());
    contents
        .replace(&here, &format!("{here} aria-current=\"page\""))
        .replace("<a href=\"", &format!("<a href=\"{up}"))
}

/// Writes a file in gzip's form, the same bytes for the same content.
fn pack(content: &[u8], file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut packed = GzBuilder::new().write(Vec::new(), Compression::best());
    packed.write_all(content)?;
    fs::write(file, packed.finish()?)
}
