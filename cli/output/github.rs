//! What GitHub Actions understands: annotations and the step's summary.
//! See "Workflow commands for GitHub Actions" in GitHub's documentation.

use contract::check::{Finding, Severity};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

/// A finding as an annotation of its place.
pub(super) fn finding(finding: &Finding) -> String {
    let level = if finding.severity == Severity::Error { "error" } else { "warning" };
    let place = finding.file.as_deref().map(|file| (file, finding.line, finding.column));
    annotation(level, place, &finding.rule, &format!("{}: {}", finding.message, finding.help))
}

/// A workflow command that annotates a place, or the run as a whole.
pub(super) fn annotation(level: &str, place: Option<(&str, u32, u32)>, title: &str, message: &str) -> String {
    let place = place.map_or_else(String::new, |(file, line, column)| {
        format!("file={},line={line},col={column},", property(file))
    });
    format!("::{level} {place}title={}::{}", property(title), data(message))
}

/// Appends Markdown to the summary.
///
/// # Errors
/// If the file can't be written.
pub(super) fn append(file: &Path, markdown: &str) -> io::Result<()> {
    writeln!(OpenOptions::new().create(true).append(true).open(file)?, "{markdown}")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::annotation;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let line = annotation("error", Some(("a,b.yml", 2, 5)), "no-owner", "100 %\n::warning::no");
        assert_eq!(line, "::error file=a%2Cb.yml,line=2,col=5,title=no-owner::100 %25%0A::warning::no");
    }
}
