//! The page's files, as the binary holds them.

use crate::http::page::File;
use contract::version::hex;
use flate2::Compression;
use flate2::read::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::sync::LazyLock;

/// A file of the page.
#[derive(Debug)]
struct Asset {
    name: &'static str,
    media: &'static str,
    packed: Vec<u8>,
    tag: String,
}

macro_rules! assets {
    ($($name:literal $media:ident),+ $(,)?) => {
        /// Every file.
        static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| vec![$(
            Asset::new($name, $media, include_str!(concat!("assets/", $name))),
        )+]);
    };
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

assets![
    "index.html" HTML,
    "hub.css" CSS,
    "app.js" JS,
    "api.js" JS,
    "dom.js" JS,
    "chart.js" JS,
    "paged.js" JS,
    "views/overview.js" JS,
    "views/keys.js" JS,
    "views/endpoints.js" JS,
    "views/snippets.js" JS,
    "views/playground.js" JS,
    "views/traces.js" JS,
    "views/audit.js" JS,
    "views/agents.js" JS,
    "views/evaluations.js" JS,
    "views/operations.js" JS,
];

impl Asset {
    fn new(name: &'static str, media: &'static str, text: &'static str) -> Self {
        let digest = hex(&Sha256::digest(text));
        let mut packed = Vec::new();
        // Of a text in memory, into memory: nothing can fail.
        let _ = GzEncoder::new(text.as_bytes(), Compression::best()).read_to_end(&mut packed);
        Self { name, media, packed, tag: format!("\"{}\"", &digest[..16]) }
    }
}

/// The page itself.
pub(crate) fn page() -> Option<File<'static>> {
    asset("index.html")
}

/// A file by its name.
pub(crate) fn asset(name: &str) -> Option<File<'static>> {
    let asset = ASSETS.iter().find(|asset| asset.name == name)?;
    Some(File { media: asset.media, tag: &asset.tag, packed: &asset.packed })
}
