//! What a check reports: the rule, the place, what is wrong, and how to mend it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file can't be used as it is.
    Error,
    /// The file can be used, and is worth a second look.
    Warning,
}

/// One problem of a checked file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The id of the rule, such as `unknown-field`.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The line that the place ends in.
    #[serde(default)]
    pub end_line: u32,
    /// The column after the last character of the place.
    #[serde(default)]
    pub end_column: u32,
    /// The file, where the text came from one; it may be a file that the checked one names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What `--fix` would write, where there is only one thing that can be meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// The bytes of the file to underline.
    #[serde(skip)]
    pub span: Range<usize>,
}

/// A mend that a machine can make: one piece of the file, and what to write in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    /// The line that the piece begins in, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The line that it ends in.
    pub end_line: u32,
    /// The column after its last character.
    pub end_column: u32,
    /// What to write.
    pub replacement: String,
    /// The bytes of the piece.
    #[serde(skip)]
    pub span: Range<usize>,
}

/// What a check of files found, as `agents validate --format json` prints it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Validation report")]
pub struct ReportDocument {
    /// How many files were checked.
    pub files: usize,
    /// How many findings are errors.
    pub errors: usize,
    /// How many are warnings.
    pub warnings: usize,
    /// How many more the files' authors let stand.
    pub suppressed: usize,
    /// How many were mended by `--fix`.
    pub mended: usize,
    /// Every problem, file by file, in order of place.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// The same, with a mend where there is one.
    pub(crate) fn or_fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }

    /// The same, with a mend.
    pub(crate) fn fixed(self, fix: Fix) -> Self {
        self.or_fix(Some(fix))
    }
}

/// A text after the mends of its findings: from its end to its start, so that places hold, and none over another.
/// The number is how many were made.
#[must_use]
pub fn mend<'a>(text: &str, findings: impl IntoIterator<Item = &'a Finding>) -> (String, usize) {
    let mut fixes: Vec<&Fix> = findings.into_iter().filter_map(|finding| finding.fix.as_ref()).collect();
    fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
    let (mut mended, mut made, mut limit) = (text.to_owned(), 0, usize::MAX);
    for fix in fixes.into_iter().rev() {
        // Two mends of one place wait for the next pass.
        let apart = fix.span.end < limit || (fix.span.end == limit && !fix.span.is_empty());
        if apart && mended.get(fix.span.clone()).is_some() {
            mended.replace_range(fix.span.clone(), &fix.replacement);
            (made, limit) = (made + 1, fix.span.start);
        }
    }
    (mended, made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(span: Range<usize>, replacement: &str) -> Finding {
        let fix = Fix {
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            replacement: replacement.to_owned(),
            span: span.clone(),
        };
        Finding {
            rule: "r".to_owned(),
            severity: Severity::Error,
            message: String::new(),
            help: String::new(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            file: None,
            fix: Some(fix),
            span,
        }
    }

    #[test]
    fn mends_keep_all_around_them_and_never_overlap() {
        let text = "modle: x # ours\ntols: y\n";
        assert_eq!(
            mend(text, &[finding(0..5, "model"), finding(16..20, "tools")]),
            ("model: x # ours\ntools: y\n".to_owned(), 2)
        );
        assert_eq!(mend("ab", &[finding(0..2, "x"), finding(1..2, "y")]).1, 1);
        assert_eq!(mend("ab", &[finding(0..0, "x"), finding(0..0, "y")]).1, 1);
        assert_eq!(mend("é", &[finding(1..9, "x")]), ("é".to_owned(), 0));
    }
}
