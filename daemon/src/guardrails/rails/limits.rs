//! Rail `limits`: size, repetition, control characters, and characters that hide or reorder text.

use super::{Policy, Rail};
use crate::guardrails::Phase;
use crate::guardrails::normalise::is_invisible;
use crate::guardrails::pattern::Fault;
use crate::guardrails::session::{Finding, Session, Subject};
use contract::agent::RailAction::Block;

/// The largest input, in bytes.
const MAX_INPUT_BYTES: usize = 64 * 1024;

/// The largest input, in words.
const MAX_INPUT_WORDS: usize = 16_000;

/// The largest output, in bytes.
pub(in crate::guardrails) const MAX_OUTPUT_BYTES: usize = 256 * 1024;

/// How often the same word may stand in a row.
const MAX_RUN: usize = 200;

/// How many invisible characters a text may hold. Emoji and Persian or Indic joiners are not counted.
const MAX_INVISIBLE: usize = 20;

/// See the head of this file.
pub(in crate::guardrails) struct Limits;

impl Rail for Limits {
    fn policy(&self) -> Policy {
        Policy { name: "limits", input: (Block, Block), output: (Block, Block) }
    }

    fn is_quiet(&self, subject: &Subject<'_>, session: &Session<'_>) -> bool {
        // Other scripts may be cut within what counts as a word here.
        subject.text.is_ascii() && session.tally.exceeded(session.phase).next().is_none()
    }

    fn inspect(&self, subject: &Subject<'_>, session: &Session<'_>) -> Result<Vec<Finding>, Fault> {
        let whole = 0..subject.text.folded().len();
        let exceeded = session.tally.exceeded(session.phase);
        Ok(exceeded.map(|reason| Finding::new(whole.clone(), "TEXT", reason)).collect())
    }
}

/// What was counted in a text so far, piece by piece.
#[derive(Clone, Default)]
pub(in crate::guardrails) struct Tally {
    bytes: usize,
    words: usize,
    last_word: String,
    run: usize,
    longest_run: usize,
    invisible: usize,
    tags: bool,
    overrides: bool,
    controls: bool,
}

impl Tally {
    /// Bytes counted so far.
    pub(in crate::guardrails) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Which limits are exceeded.
    fn exceeded(&self, phase: Phase) -> impl Iterator<Item = &'static str> {
        let (max_bytes, max_words) = match phase {
            Phase::Input => (MAX_INPUT_BYTES, MAX_INPUT_WORDS),
            Phase::Output => (MAX_OUTPUT_BYTES, usize::MAX),
        };
        let limits = [
            (self.bytes > max_bytes, "too many bytes"),
            (self.words > max_words, "too many words"),
            (self.longest_run > MAX_RUN, "one word over and over"),
            (self.invisible > MAX_INVISIBLE, "invisible characters"),
            (self.tags, "tag characters"),
            (self.overrides, "characters that reverse the direction of text"),
            (self.controls, "control characters"),
        ];
        limits.into_iter().filter_map(|(is_exceeded, reason)| is_exceeded.then_some(reason))
    }

    /// Counts the next piece.
    pub(in crate::guardrails) fn add(&mut self, text: &str) {
        self.bytes += text.len();
        if text.is_ascii() {
            text.split_ascii_whitespace().for_each(|word| self.add_word(word));
            self.controls |= text.bytes().any(|b| is_control(char::from(b)));
            return;
        }
        text.split_whitespace().for_each(|word| self.add_word(word));
        let (mut before, mut in_flag) = ('\0', false);
        for c in text.chars() {
            in_flag = c == '\u{1f3f4}' || (in_flag && is_tag(c));
            self.add_char(c, before, in_flag);
            before = c;
        }
    }

    fn add_word(&mut self, word: &str) {
        self.words += 1;
        if !word.contains(char::is_alphanumeric) {
            return;
        }
        if self.last_word == word {
            self.run += 1;
        } else {
            word.clone_into(&mut self.last_word);
            self.run = 1;
        }
        self.longest_run = self.longest_run.max(self.run);
    }

    /// `before` tells a joiner inside an emoji or a cursive word from one that hides among ASCII letters;
    /// `in_flag`, the tags of a regional flag (Unicode TS 51, annex C) from hidden text.
    fn add_char(&mut self, c: char, before: char, in_flag: bool) {
        self.controls |= is_control(c);
        self.overrides |= matches!(c, '\u{202d}' | '\u{202e}');
        self.tags |= is_tag(c) && !in_flag;
        let joins =
            matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}') && !before.is_ascii_alphabetic();
        self.invisible += usize::from(is_invisible(c) && !joins && !in_flag);
    }
}

fn is_tag(c: char) -> bool {
    ('\u{e0000}'..='\u{e007f}').contains(&c)
}

fn is_control(c: char) -> bool {
    c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::rails::fixture::reasons;

    fn found(text: &str) -> Vec<String> {
        reasons(&Limits, Phase::Input, text)
    }

    #[test]
    fn ordinary_text_in_any_script_is_within_limits() {
        for text in [
            "Hello.\n\tWorld",
            "👩‍👩‍👧 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "می‌خواهم",
            "שלום",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_too_large_or_hidden_is_found() {
        assert_eq!(found(&"a".repeat(MAX_INPUT_BYTES + 1)), ["too many bytes"]);
        assert_eq!(found(&"again ".repeat(MAX_RUN + 1)), ["one word over and over"]);
        assert_eq!(found(&"a b ".repeat(MAX_INPUT_WORDS / 2 + 1)), ["too many words"]);
        assert_eq!(found(&"a\u{200b}".repeat(MAX_INVISIBLE + 1)), ["invisible characters"]);
        assert_eq!(found("hi\u{e0068}"), ["tag characters"]);
        assert_eq!(found("abc\u{202e}def"), ["characters that reverse the direction of text"]);
        assert_eq!(found("a\0b"), ["control characters"]);
    }
}
