//! The documentation's site, as `docs/build.rs` packed it.

use include_dir::{Dir, include_dir};

static SITE: Dir<'_> = include_dir!("$OUT_DIR/docs");

/// A file of the site by its path, in gzip's form.
pub(crate) fn file(path: &str) -> Option<&'static [u8]> {
    SITE.get_file(path).map(|file| file.contents())
}
