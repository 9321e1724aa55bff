//! Static patterns, compiled at first use. One that can't compile is a fault of its rail, not a pass.

use super::required::literals;
use super::session::Seen;
use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
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
    compiled: OnceLock<Option<Compiled>>,
}

struct Compiled {
    regex: Regex,
    is_tied_to_an_end: bool,
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
        self.compiled().map(|compiled| &compiled.regex).ok_or(Fault("a pattern does not compile"))
    }

    /// Whether it asks for the beginning or the end of the text or a line.
    fn is_tied_to_an_end(&self) -> bool {
        self.compiled().is_none_or(|compiled| compiled.is_tied_to_an_end)
    }

    fn compiled(&self) -> Option<&Compiled> {
        let compile = || {
            let regex = RegexBuilder::new(self.source).unicode(false).build().ok()?;
            let syntax = ParserBuilder::new().unicode(false).build().parse(self.source).ok()?;
            let is_tied_to_an_end = syntax.properties().look_set().contains_anchor();
            Some(Compiled { regex, is_tied_to_an_end })
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}

/// Things with a pattern each, of which the pass that all families share finds those that can match in a text at all.
pub(super) struct Family<T: 'static> {
    /// Its place among the families.
    place: usize,
    members: &'static [T],
    pattern: fn(&T) -> &Pattern,
}

impl<T> Family<T> {
    /// Declares a family of up to 128 without compiling it.
    pub(super) const fn new(place: usize, members: &'static [T], pattern: fn(&T) -> &Pattern) -> Self {
        Self { place, members, pattern }
    }

    /// The members that can match in a text, with their compiled patterns.
    pub(super) fn possible(
        &self,
        seen: &Seen,
    ) -> impl Iterator<Item = Result<(&'static T, &'static Regex), Fault>> {
        let (members, pattern) = (self.members, self.pattern);
        seen.of(self.place)
            .filter_map(|place| members.get(place))
            .map(move |member| Ok((member, pattern(member).get()?)))
    }

    /// Whether none of its members matches in any piece that an output may be cut into. As cuts follow blanks, what
    /// matches in a piece matches in the whole, but for what is tied to an end.
    pub(super) fn is_quiet(&self, seen: &Seen, text: &str) -> bool {
        self.is_quiet_but_for(seen, text, |_| false)
    }

    /// The same, without looking for members that are known not to match.
    pub(super) fn is_quiet_but_for(&self, seen: &Seen, text: &str, is_out: impl Fn(&T) -> bool) -> bool {
        let is_silent = |(member, pattern): (&T, &Regex)| {
            is_out(member) || (!(self.pattern)(member).is_tied_to_an_end() && !pattern.is_match(text))
        };
        self.possible(seen).all(|possible| possible.is_ok_and(is_silent))
    }
}

/// A family of anything, as the shared pass is made from it.
pub(super) trait AnyFamily: Sync {
    /// The literals of each member's pattern.
    fn literals(&self) -> Vec<Option<Vec<String>>>;
}

impl<T: Sync> AnyFamily for Family<T> {
    fn literals(&self) -> Vec<Option<Vec<String>>> {
        self.members.iter().map(|member| literals((self.pattern)(member).source)).collect()
    }
}

#[cfg(test)]
impl<T> Family<T> {
    /// Its place among the families, and the patterns as they are written.
    pub(super) fn sources(&self) -> (usize, Vec<&'static str>) {
        (self.place, self.members.iter().map(|member| (self.pattern)(member).source).collect())
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
