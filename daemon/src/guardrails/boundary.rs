//! Where held output may be cut. Decided character by character, from what came before alone, so that a text is
//! cut at the same places however it arrives.

use super::rails::leakage::{Crossing, Shingles};

/// Characters after which a line without an end of sentence is looked at for a place to cut.
const SOFT: usize = 300;

/// Characters that a cut inside a sentence leaves behind it: more than any pattern that may hold blanks is long,
/// so that nothing which reaches over the cut is still incomplete.
pub(super) const OVERLAP: usize = 128;

/// Characters after which an open bracket is no longer taken for the beginning of a link.
const LINK: usize = 1000;

/// The longest line that begins or ends a PEM block (RFC 7468, section 3), in bytes.
const PEM_LINE: usize = 96;

/// What the newest character allows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// A sentence or line ends at this byte of the held text.
    At(usize),
    /// No sentence ended for long; all that is held may be searched for a place between its findings.
    Search,
}

/// The scanner over held text. It must be told of each character once it is held, and of each cut.
pub(super) struct Boundary {
    chars: usize,
    search_at: usize,
    sentence: Sentence,
    bracket: Option<usize>,
    pem: bool,
    line: usize,
    pending: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sentence {
    Open,
    Ended,
    Blank,
}

impl Boundary {
    /// A scanner with nothing held.
    pub(super) fn new() -> Self {
        Self {
            chars: 0,
            search_at: SOFT,
            sentence: Sentence::Open,
            bracket: None,
            pem: false,
            line: 0,
            pending: None,
        }
    }

    /// Takes note of the letters and digits at the beginning of a text, up to a number of them, if nothing can
    /// depend on them; gives how many they are.
    pub(super) fn uneventful(&mut self, text: &str, most: usize) -> usize {
        if self.sentence != Sentence::Open || self.bracket.is_some() {
            return 0;
        }
        let count = text.bytes().take(most).take_while(u8::is_ascii_alphanumeric).count();
        self.chars += count;
        count
    }

    /// Takes note of the newest character, which is the last of the held text.
    pub(super) fn step(&mut self, c: char, held: &str, shingles: &Shingles) -> Option<Cut> {
        self.chars += 1;
        let end = self.sentence_end(c, held);
        self.follow_constructs(c, held);
        let open = self.pem || self.bracket.is_some();
        if self.pending.is_none() && !open {
            self.pending = end;
        }
        if let Some(at) = self.pending
            && (end.is_some() || c.is_whitespace() || c.is_ascii_punctuation())
        {
            let (before, after) = held.split_at_checked(at).unwrap_or((held, ""));
            match shingles.crossing(before, after) {
                Crossing::No => return Some(Cut::At(at)),
                Crossing::Yes => self.pending = None,
                Crossing::Undecided => {}
            }
        }
        (self.chars >= self.search_at && c.is_whitespace() && !open).then_some(Cut::Search)
    }

    /// Whether a sentence ended: after a line break at once, after a full stop when the next sentence begins.
    fn sentence_end(&mut self, c: char, held: &str) -> Option<usize> {
        let begun = self.sentence == Sentence::Blank && !c.is_whitespace();
        let fresh = begun && !c.is_lowercase() && !c.is_ascii_digit() && !matches!(c, '+' | '(');
        self.sentence = match (self.sentence, c) {
            (_, '.' | '!' | '?' | '…') => Sentence::Ended,
            (Sentence::Ended, '"' | '\'' | '”' | '’' | ')' | ']' | '*' | '_') => Sentence::Ended,
            (Sentence::Ended | Sentence::Blank, _) if c.is_whitespace() => Sentence::Blank,
            _ => Sentence::Open,
        };
        match c {
            '\n' | '。' | '！' | '？' => {
                self.sentence = Sentence::Open;
                Some(held.len())
            }
            _ => fresh.then(|| held.len() - c.len_utf8()),
        }
    }

    /// Keeps track of what may reach over the end of a sentence: link texts and targets, and PEM blocks.
    fn follow_constructs(&mut self, c: char, held: &str) {
        self.bracket = match (self.bracket, c) {
            (_, '\n') => None,
            (None, '[') => Some(self.chars),
            (Some(_), ']') => None,
            (Some(since), _) if self.chars - since > LINK => None,
            (open, _) => open,
        };
        if c == '\n' {
            self.line = held.len();
        } else if c == '-' && held.ends_with("-----") {
            let from = self.line.max(held.len().saturating_sub(PEM_LINE));
            let line = (from..held.len()).find_map(|at| held.get(at..)).unwrap_or_default();
            self.pem =
                if line.contains("-----END") { false } else { self.pem || line.contains("-----BEGIN") };
        }
    }

    /// Starts again with `rest` held, after a cut.
    pub(super) fn after_cut(&mut self, rest: &str) {
        let bracket = self.bracket.map(|_| 0);
        *self = Self {
            chars: rest.chars().count(),
            sentence: self.sentence,
            bracket,
            pem: self.pem,
            ..Self::new()
        };
        self.search_at = SOFT.max(self.chars + 1);
    }

    /// A search found no place: the next one comes when twice as much is held, which keeps the work linear.
    pub(super) fn search_later(&mut self) {
        self.search_at = self.chars * 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces that a text falls into, without searches.
    fn pieces(text: &str) -> Vec<String> {
        let (mut boundary, shingles) = (Boundary::new(), Shingles::new(""));
        let (mut held, mut pieces) = (String::new(), Vec::new());
        for c in text.chars() {
            held.push(c);
            if let Some(Cut::At(at)) = boundary.step(c, &held, &shingles) {
                let rest = held.split_off(at);
                pieces.push(std::mem::replace(&mut held, rest));
                boundary.after_cut(&held);
            }
        }
        pieces.push(held);
        pieces
    }

    #[test]
    fn sentences_and_lines_are_pieces() {
        assert_eq!(
            pieces("One. Two! \"Three?\" Four\nFive"),
            ["One. ", "Two! ", "\"Three?\" ", "Four\n", "Five"]
        );
    }

    #[test]
    fn what_may_go_on_after_a_full_stop_is_one_piece() {
        let block = format!("-----BEGIN {0}-----\nabc\nDef. Ghi\n-----END {0}-----\n", "RSA PRIVATE KEY");
        for whole in ["Tel. +49 30 1", "at v1.2 or e.g. 3.4", "see [this. And that](x", block.as_str()] {
            assert_eq!(pieces(whole)[0], whole);
        }
    }
}
