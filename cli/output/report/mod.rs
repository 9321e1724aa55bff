//! What a check of files found, in the formats that people and programs read.

mod junit;
mod sarif;

use super::{Output, counted, github};
use crate::failure::Failure;
use clap::ValueEnum;
use contract::check::{Finding, ReportDocument, Severity};
use std::path::PathBuf;

/// How to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: each source line, with the place underlined
    Text,
    /// One JSON document
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for test reports
    Junit,
}

/// What a check found.
pub(crate) struct Report<'a> {
    /// The files that were checked.
    pub(crate) files: &'a [PathBuf],
    /// Every problem.
    pub(crate) findings: &'a [Finding],
    /// How many of them are errors.
    pub(crate) errors: usize,
    /// How many are warnings.
    pub(crate) warnings: usize,
    /// How many more the files' authors let stand.
    pub(crate) suppressed: usize,
    /// How many were mended.
    pub(crate) mended: usize,
}

impl Output {
    /// Prints a report as the result; where GitHub Actions runs us, also as annotations and in the step's summary.
    ///
    /// # Errors
    /// If nobody reads it.
    pub(crate) fn report(&self, format: Option<Format>, report: &Report<'_>) -> Result<(), Failure> {
        let format = match format {
            Some(format) => format,
            None if self.json => Format::Json,
            None if self.github => Format::Github,
            None => Format::Text,
        };
        match format {
            Format::Text => {
                self.findings(report.findings)?;
                self.result(&report.summary())?;
            }
            Format::Json => self.json(&report.document())?,
            Format::Github => {
                let lines = report.findings.iter().map(|finding| github::finding(finding) + "\n");
                self.piece(&lines.collect::<String>())?;
                self.result(&report.summary())?;
            }
            Format::Sarif => self.json(&sarif::log(report.findings))?,
            Format::Junit => self.piece(&junit::report(report)?)?,
        }
        if format != Format::Github {
            self.annotate_findings(report.findings);
        }
        self.summary(&report.markdown());
        Ok(())
    }
}

impl Report<'_> {
    /// Such as `5 files are valid`, or `3 errors and 1 warning in 2 files`.
    fn summary(&self) -> String {
        let files = counted(self.files.len(), "file");
        let verb = if self.files.len() == 1 { "is" } else { "are" };
        let (errors, warnings) = (counted(self.errors, "error"), counted(self.warnings, "warning"));
        let mut parts = vec![match (self.errors, self.warnings) {
            (0, 0) => format!("{files} {verb} valid"),
            (0, _) => format!("{files} {verb} valid, with {warnings}"),
            (_, 0) => format!("{errors} in {files}"),
            _ => format!("{errors} and {warnings} in {files}"),
        }];
        let mendable = self.findings.iter().filter(|finding| finding.fix.is_some()).count();
        let told = [
            (self.mended, format!("{} mended", self.mended)),
            (mendable, format!("--fix would mend {mendable}")),
            (self.suppressed, format!("{} suppressed with a reason", self.suppressed)),
        ];
        parts.extend(told.into_iter().filter(|(count, _)| *count > 0).map(|(_, told)| told));
        parts.join("; ")
    }

    fn document(&self) -> ReportDocument {
        ReportDocument {
            files: self.files.len(),
            errors: self.errors,
            warnings: self.warnings,
            suppressed: self.suppressed,
            mended: self.mended,
            findings: self.findings.to_vec(),
        }
    }

    fn markdown(&self) -> String {
        let cell = |text: &str| text.replace('|', "\\|").replace(['\r', '\n'], " ");
        let row = |finding: &Finding| {
            let file = finding.file.as_deref().unwrap_or_default();
            let mark = if finding.severity == Severity::Error { "❌" } else { "⚠️" };
            let (message, help) = (cell(&finding.message), cell(&finding.help));
            format!("| {mark} | `{}:{}` | {message}: {help} | `{}` |", cell(file), finding.line, finding.rule)
        };
        let rows: Vec<String> = self.findings.iter().take(MOST_ROWS).map(row).collect();
        let table = if rows.is_empty() {
            String::new()
        } else {
            format!("\n\n| | place | problem | rule |\n|---|---|---|---|\n{}", rows.join("\n"))
        };
        format!("### katonic agents validate\n\n{}{table}", self.summary())
    }
}

/// Most rows of a step's summary, which GitHub bounds by a MiB.
const MOST_ROWS: usize = 200;

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::output) fn finding(severity: Severity) -> Finding {
        Finding {
            rule: "no-owner".into(),
            severity,
            message: "the agent has no owner".into(),
            help: "add `owner:`".into(),
            line: 3,
            column: 1,
            end_line: 3,
            end_column: 9,
            file: Some("agents/hr desk.yml".into()),
            fix: None,
            span: 0..0,
        }
    }

    fn summary(files: usize, errors: usize, warnings: usize, suppressed: usize) -> String {
        let files = vec![PathBuf::from("a.yml"); files];
        Report { files: &files, findings: &[], errors, warnings, suppressed, mended: 0 }.summary()
    }

    #[test]
    fn the_summary_counts_in_words() {
        assert_eq!(summary(5, 0, 0, 0), "5 files are valid");
        assert_eq!(summary(1, 0, 1, 0), "1 file is valid, with 1 warning");
        assert_eq!(summary(2, 3, 1, 0), "3 errors and 1 warning in 2 files");
        assert_eq!(summary(1, 1, 0, 2), "1 error in 1 file; 2 suppressed with a reason");
    }

    #[test]
    fn a_pipe_in_a_message_ends_no_cell() {
        let mut odd = finding(Severity::Error);
        odd.message = "a | b\nc".into();
        let files = [PathBuf::from("a.yml")];
        let report =
            Report { files: &files, findings: &[odd], errors: 1, warnings: 0, suppressed: 0, mended: 0 };
        assert!(report.markdown().contains("| a \\| b c: add `owner:` |"), "{}", report.markdown());
    }
}
