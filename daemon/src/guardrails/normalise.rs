//! One form of a text for every rail: NFKC, without invisible characters, with a map back to the original.

use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// A text and its normal forms. Spans that rails report are byte ranges of [`Text::folded`].
pub(super) struct Text<'a> {
    original: &'a str,
    folded: Cow<'a, str>,
    lower: String,
    /// For each byte of `folded`, and for its end, where the original cluster begins; none if they are the same.
    origins: Option<Vec<usize>>,
}

impl<'a> Text<'a> {
    /// Normalises a text, in time linear in its length.
    pub(super) fn new(original: &'a str) -> Self {
        if original.is_ascii() {
            let lower = original.to_ascii_lowercase();
            return Self { original, folded: Cow::Borrowed(original), lower, origins: None };
        }
        let (folded, origins) = fold(original);
        let lower = lower_in_place(&folded);
        Self { original, folded: Cow::Owned(folded), lower, origins: Some(origins) }
    }

    /// Whether it is ASCII, and so its own normal form.
    pub(super) fn is_ascii(&self) -> bool {
        self.origins.is_none()
    }

    /// NFKC without invisible characters; letters keep their case.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    /// [`Text::folded`] in lower case, byte for byte in the same places.
    pub(super) fn lower(&self) -> &str {
        &self.lower
    }

    /// Where a span of the folded text stands in the original: whole clusters, so always on character bounds,
    /// with the invisible characters that follow them.
    pub(super) fn original_span(&self, span: &Range<usize>) -> Range<usize> {
        let Some(origins) = &self.origins else { return span.clone() };
        let at = |index: usize| origins.get(index).copied().unwrap_or(self.original.len());
        let last = at(span.end.saturating_sub(1).max(span.start));
        let end = origins.iter().skip(span.end).copied().find(|origin| *origin > last);
        at(span.start)..end.unwrap_or(self.original.len())
    }
}

/// Characters that show nothing: soft hyphen, fillers, zero-width and direction marks, variation selectors, tags
/// (Unicode, property `Default_Ignorable_Code_Point`).
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// NFKC by cluster (a starter and the marks that follow it), so that each piece knows where it came from.
fn fold(original: &str) -> (String, Vec<usize>) {
    let mut folded = String::with_capacity(original.len());
    let mut origins = Vec::with_capacity(original.len() + 1);
    let mut cluster = String::new();
    let mut chars = original.char_indices().peekable();
    while let Some((at, first)) = chars.next() {
        if is_invisible(first) {
            continue;
        }
        cluster.clear();
        cluster.push(first);
        while let Some((_, mark)) =
            chars.next_if(|(_, c)| !c.is_ascii() && (is_invisible(*c) || canonical_combining_class(*c) != 0))
        {
            if !is_invisible(mark) {
                cluster.push(mark);
            }
        }
        if cluster.is_ascii() {
            folded.push_str(&cluster);
        } else {
            folded.extend(cluster.nfkc());
        }
        origins.resize(folded.len(), at);
    }
    origins.push(original.len());
    (folded, origins)
}

/// Lower case where it has the same length in bytes, so that positions stay.
fn lower_in_place(folded: &str) -> String {
    let lower = |c: char| {
        let mut forms = c.to_lowercase();
        match (forms.next(), forms.next()) {
            (Some(small), None) if small.len_utf8() == c.len_utf8() => small,
            _ => c,
        }
    };
    folded.chars().map(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn disguised_letters_fold_and_their_span_leads_back() {
        let text = Text::new("an ig\u{200b}no\u{ad}re ﬁne Ｉgnore");
        assert_eq!(text.lower(), "an ignore fine ignore");
        assert_eq!(&text.original[text.original_span(&(3..9))], "ig\u{200b}no\u{ad}re");
        assert_eq!(&text.original[text.original_span(&(10..11))], "ﬁ");
        assert_eq!(&text.original[text.original_span(&(15..21))], "Ｉgnore");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_span_leads_to_a_place_in_the_original(
            original in "\\PC{0,40}",
            cut in 0usize..60,
            length in 1usize..20,
        ) {
            let text = Text::new(&original);
            prop_assert_eq!(text.lower().len(), text.folded().len());
            let start = cut.min(text.folded().len());
            let span = text.original_span(&(start..(start + length).min(text.folded().len()).max(start)));
            prop_assert!(original.get(span).is_some());
        }
    }
}
