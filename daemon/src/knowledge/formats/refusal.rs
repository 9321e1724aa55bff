//! Why a file was not read, as its owner is told.

use super::process::MOST_MEMORY;
use serde::{Deserialize, Serialize};
use std::io;

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub(crate) enum Refusal {
    /// It asks for a password.
    #[error("encrypted: save it without its password, and add it again")]
    Encrypted,
    /// Nothing in it is text.
    #[error("no text: scanned? Run it through text recognition (OCR), and add it again")]
    NoText,
    /// It is not what it should be, and how.
    #[error("broken: {0}")]
    Broken(String),
    /// It is of no format that is read here.
    #[error("unknown: {0}")]
    Unknown(String),
    /// It, or what it expands to, is over a bound.
    #[error("too large: {0}")]
    TooLarge(String),
    /// Reading it does not end in time.
    #[error("too slow: it can't be read within {0} s")]
    TooSlow(u64),
}

/// The most of a message that is told, in characters.
const LONGEST: usize = 200;

impl Refusal {
    /// A broken file, with what a library says of it.
    pub(super) fn broken(cause: impl std::fmt::Display) -> Self {
        let cause: String = cause.to_string().chars().take(LONGEST).collect();
        Self::Broken(cause)
    }

    /// A file whose bytes can't be had, such as for want of memory.
    pub(super) fn unreadable(cause: io::Error) -> Self {
        if cause.kind() == io::ErrorKind::OutOfMemory { Self::too_much_memory() } else { Self::broken(cause) }
    }

    /// A file that takes more memory than may be used to read it.
    pub(super) fn too_much_memory() -> Self {
        Self::TooLarge(format!("reading it takes more than {} MB of memory", MOST_MEMORY >> 20))
    }

    /// A file with more text than is read.
    pub(super) fn too_much_text() -> Self {
        Self::TooLarge(format!("it holds more than {} MB of text; split it", super::MOST_TEXT >> 20))
    }
}
