//! Findings for people: the source line with the place underlined, the rule, and how to mend it.

use super::clean;
use crate::definition::read_bounded;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use contract::check::{Finding, Severity, masked};
use std::ops::Range;
use std::path::Path;

/// The longest line that is shown, in bytes.
const LONGEST_LINE: usize = 4096;

/// The files that findings lie in, each read once.
#[derive(Default)]
pub(super) struct Sources {
    last: Option<(String, Option<String>)>,
}

impl Sources {
    /// A finding as text, with the line of its file.
    pub(super) fn render(&mut self, finding: &Finding) -> String {
        let file = finding.file.as_deref().unwrap_or_default();
        if self.last.as_ref().is_none_or(|(last, _)| last != file) {
            let bytes = read_bounded(Path::new(file)).ok();
            let text = bytes.map(|bytes| masked(&String::from_utf8_lossy(&bytes)));
            self.last = Some((file.to_owned(), text));
        }
        let text = self.last.as_ref().and_then(|(_, text)| text.as_deref());
        render_with(finding, text.filter(|text| fits(text, finding.span.start)))
    }
}

/// Whether the line of a place can be shown: a line of megabytes is no help, and takes its time.
fn fits(text: &str, at: usize) -> bool {
    let at = text.floor_char_boundary(at.min(text.len()));
    let (before, after) = text.split_at(at);
    let line = before.bytes().rev().take_while(|byte| *byte != b'\n').take(LONGEST_LINE).count();
    line + after.bytes().take_while(|byte| *byte != b'\n').take(LONGEST_LINE).count() < LONGEST_LINE
}

/// A finding as text, with the line of a source; secrets must be masked in it.
pub(super) fn render_with(finding: &Finding, text: Option<&str>) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let file = finding.file.as_deref().unwrap_or("-");
    let title = level.primary_title(clean(&finding.message)).id(finding.rule.as_str());
    let group = match text {
        Some(text) => {
            let place = AnnotationKind::Primary.span(within(text, &finding.span));
            title.element(Snippet::source(text).path(file).annotation(place))
        }
        None => {
            let (line, column) = (finding.line as usize, finding.column as usize);
            title.element(Origin::path(file).line(line).char_column(column))
        }
    };
    let help = clean(&finding.help);
    let mut report = vec![group];
    if !help.is_empty() {
        report.push(Group::with_title(Level::HELP.secondary_title(help)));
    }
    format!("{}\n", Renderer::styled().render(&report))
}

/// A span inside the text: the file may have changed since it was checked.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(span: Range<usize>) -> Finding {
        Finding {
            rule: "unknown-field".into(),
            severity: Severity::Error,
            message: "`instrucions` is not a field of spec.".into(),
            help: "Did you mean `instructions`?".into(),
            line: 2,
            column: 3,
            end_line: 2,
            end_column: 14,
            fix: None,
            file: Some("hr.yml".into()),
            span,
        }
    }

    #[test]
    fn the_place_is_underlined() {
        let text = "spec:\n  instrucions: x\n";
        let shown = anstream::adapter::strip_str(&render_with(&finding(8..19), Some(text))).to_string();
        assert!(shown.contains("error[unknown-field]"), "{shown}");
        assert!(shown.contains("hr.yml:2:3"), "{shown}");
        assert!(shown.contains("instrucions: x") && shown.contains("^^^^^^^^^^^"), "{shown}");
        assert!(shown.contains("Did you mean"), "{shown}");
    }

    #[test]
    fn a_line_of_megabytes_is_named_and_not_shown() {
        let text = format!("a: 1\nb: {}\n", "x".repeat(1_000_000));
        assert!(fits(&text, 0) && !fits(&text, 8) && !fits(&text, 900_000) && fits("", 5));
    }

    #[test]
    fn a_file_that_changed_since_is_no_reason_to_fall_over() {
        for text in [None, Some(""), Some("ü"), Some("a\nü")] {
            let shown = render_with(&finding(1..400), text);
            assert!(shown.contains("hr.yml"), "{shown}");
        }
    }
}
