//! The letters of PDF files: DejaVu, which has Latin, Greek, Cyrillic, Hebrew, Arabic and others, in the file of the daemon
//! itself (licence: `daemon/src/documents/fonts/LICENSE`).

use crate::documents::document::Unwritable;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use unicode_bidi_mirroring::get_mirrored;

/// The files of the fonts, as [`Look`] names them.
static FILES: [&[u8]; 3] = [
    include_bytes!("../../fonts/DejaVuSansCondensed.ttf"),
    include_bytes!("../../fonts/DejaVuSansCondensed-Bold.ttf"),
    include_bytes!("../../fonts/DejaVuSansMono.ttf"),
];

/// Most words that are remembered as they were shaped, and the longest, in bytes.
const MOST_WORDS: usize = 10_000;
const LONGEST_WORD: usize = 48;

/// One of our fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Look {
    Plain,
    Bold,
    Mono,
}

/// A piece of text in one font and direction, as glyphs.
pub(super) struct Shaped {
    pub(super) text: String,
    /// The place of its font among all.
    pub(super) font: usize,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// Its width, where letters are of size 1.
    pub(super) width: f32,
}

/// The fonts, and words as they were shaped.
pub(super) struct Fonts<'f> {
    /// Ours, then the operator's.
    faces: Vec<(Face<'f>, Font)>,
    words: HashMap<(usize, bool, String), Rc<Shaped>>,
    /// Characters that no font has.
    missing: BTreeSet<char>,
    /// Whether a paragraph had more lines than any document has.
    pub(super) is_over: bool,
}

/// Whether a file is a font that PDF files can be written with.
pub(in crate::documents) fn is_font(bytes: &Arc<Vec<u8>>) -> bool {
    Face::from_slice(bytes, 0).is_some() && Font::new(Arc::clone(bytes).into(), 0).is_some()
}

impl<'f> Fonts<'f> {
    /// Our fonts, and those that have what ours don't.
    ///
    /// # Errors
    /// If one is broken.
    pub(super) fn new(others: &'f [Arc<Vec<u8>>]) -> Result<Self, Unwritable> {
        let ours = FILES.iter().map(|bytes| Face::from_slice(bytes, 0).zip(Font::new((*bytes).into(), 0)));
        let others =
            others.iter().map(|bytes| Face::from_slice(bytes, 0).zip(Font::new(Arc::clone(bytes).into(), 0)));
        let faces = ours.chain(others).collect::<Option<Vec<_>>>();
        let faces = faces.ok_or_else(|| Unwritable::broken("a font is broken"))?;
        Ok(Self { faces, words: HashMap::new(), missing: BTreeSet::new(), is_over: false })
    }

    /// The font as it is drawn with.
    pub(super) fn font(&self, place: usize) -> Font {
        self.faces[place].1.clone()
    }

    /// The font that has a character: the one wanted, if any has.
    fn font_for(&mut self, c: char, wanted: Look) -> usize {
        let mut all = [wanted as usize].into_iter().chain(0..self.faces.len());
        let found = all.find(|place| self.faces[*place].0.glyph_index(c).is_some());
        if found.is_none() && !c.is_whitespace() && !is_invisible(c) {
            self.missing.insert(c);
        }
        found.unwrap_or(wanted as usize)
    }

    /// A text of one direction as glyphs, in as many pieces as it takes fonts, in the order it is read.
    pub(super) fn shape(&mut self, text: &str, wanted: Look, rtl: bool) -> Vec<Rc<Shaped>> {
        let mut pieces: Vec<(usize, String)> = Vec::new();
        for c in text.chars() {
            match pieces.last_mut() {
                // What joins letters, or stands over them, is of their font.
                Some((_, piece)) if is_invisible(c) => piece.push(c),
                _ => {
                    let font = self.font_for(c, wanted);
                    match pieces.last_mut() {
                        Some((last, piece)) if *last == font => piece.push(c),
                        _ => pieces.push((font, c.to_string())),
                    }
                }
            }
        }
        pieces.into_iter().map(|(font, piece)| self.word(font, rtl, piece)).collect()
    }

    fn word(&mut self, font: usize, rtl: bool, text: String) -> Rc<Shaped> {
        let key = (font, rtl, text);
        if let Some(known) = self.words.get(&key) {
            return Rc::clone(known);
        }
        if self.words.len() >= MOST_WORDS {
            self.words.clear();
        }
        let shaped = Rc::new(glyphs(&self.faces[font].0, font, rtl, &key.2));
        if key.2.len() <= LONGEST_WORD {
            self.words.insert(key, Rc::clone(&shaped));
        }
        shaped
    }

    /// What to say of characters that no font has.
    pub(super) fn note(&self) -> Option<String> {
        if self.missing.is_empty() {
            return None;
        }
        let shown: String = self.missing.iter().take(20).collect();
        let many = self.missing.len();
        Some(format!(
            "The PDF shows boxes for {many} characters that its fonts don't have ({shown}): name a font that has them under [documents] in katonic.toml, or write DOCX."
        ))
    }
}

/// Whether a character is part of the look of the one before it, or of none.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ad}')
}

fn glyphs(face: &Face<'_>, font: usize, rtl: bool, text: &str) -> Shaped {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    buffer.guess_segment_properties();
    buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    let shaped = rustybuzz::shape(face, &[], buffer);
    let starts: BTreeSet<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    let end = |start: usize| starts.range(start + 1..).next().copied().unwrap_or(text.len());
    #[expect(clippy::cast_precision_loss, reason = "units of a font are a few thousand")]
    let em = |units: i32| units as f32 / face.units_per_em() as f32;
    let placed = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
    let glyphs: Vec<KrillaGlyph> = placed
        .map(|(info, position)| {
            let start = info.cluster as usize;
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                em(position.x_advance),
                em(position.x_offset),
                em(position.y_offset),
                em(position.y_advance),
                start..end(start),
                None,
            )
        })
        .collect();
    let width = shaped.glyph_positions().iter().map(|position| em(position.x_advance)).sum();
    Shaped { text: if rtl { mirrored(text) } else { text.to_owned() }, font, glyphs, width }
}

/// What the glyphs of a text that is read from right to left show: of brackets the other half. So a glyph stands for the same
/// character in both directions: who copies from a page has one character for each.
fn mirrored(text: &str) -> String {
    let other = |c: char| get_mirrored(c).filter(|other| other.len_utf8() == c.len_utf8()).unwrap_or(c);
    text.chars().map(other).collect()
}
