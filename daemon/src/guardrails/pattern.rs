//! Static patterns, compiled at first use. One that can't compile is a fault of its rail, not a pass.

use super::required::{Sieve, literals};
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

/// Things with a pattern each, of which one pass over a text finds those that can match at all.
pub(super) struct Family<T: 'static> {
    members: &'static [T],
    pattern: fn(&T) -> &Pattern,
    sieve: OnceLock<Sieve>,
}

impl<T> Family<T> {
    /// Declares a family of up to 128 without compiling it.
    pub(super) const fn new(members: &'static [T], pattern: fn(&T) -> &Pattern) -> Self {
        Self { members, pattern, sieve: OnceLock::new() }
    }

    /// The members that can match in a text, which is given in lower case, with their compiled patterns.
    pub(super) fn possible(
        &self,
        lower: &str,
    ) -> impl Iterator<Item = Result<(&'static T, &'static Regex), Fault>> {
        let each = || self.members.iter().map(|member| literals((self.pattern)(member).source));
        let possible = self.sieve.get_or_init(|| Sieve::new(each())).possible(lower);
        let (members, pattern) = (self.members, self.pattern);
        possible
            .filter_map(|place| members.get(place))
            .map(move |member| Ok((member, pattern(member).get()?)))
    }
}

#[cfg(test)]
impl<T> Family<T> {
    /// The patterns as they are written.
    pub(super) fn sources(&self) -> Vec<&'static str> {
        self.members.iter().map(|member| (self.pattern)(member).source).collect()
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
