//! Static patterns, compiled at first use. One that can't compile is a fault of its rail, not a pass.

use regex::{Regex, RegexBuilder};
use std::fmt;
use std::sync::OnceLock;

/// Why a rail could not look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault(pub(super) &'static str);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A regular expression with ASCII classes and word boundaries, which keep it on the fast path for text in
/// any script. A class that must match other characters says `(?u:…)`.
pub(super) struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Declares a pattern without compiling it.
    pub(super) const fn new(source: &'static str) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// The compiled pattern.
    ///
    /// # Errors
    /// If the source is not a valid pattern.
    pub(super) fn get(&self) -> Result<&Regex, Fault> {
        self.compiled
            .get_or_init(|| RegexBuilder::new(self.source).unicode(false).build().ok())
            .as_ref()
            .ok_or(Fault("a pattern does not compile"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_cannot_compile_is_a_fault() {
        static BROKEN: Pattern = Pattern::new("(");
        static SOUND: Pattern = Pattern::new(r"\bcat\b");
        assert!(BROKEN.get().is_err());
        assert!(SOUND.get().unwrap().is_match("a cat."));
    }
}
