//! `katonic agents validate`: every problem of every file, offline.

use super::find::find;
use crate::definition::{Checkup, check_files};
use crate::failure::{Answer, Failure};
use crate::output::counted;
use crate::session::Session;
use clap::{Args, ValueEnum};
use contract::check::{Finding, Severity};
use serde_json::json;
use std::path::PathBuf;

/// Checks agents and suites.
#[derive(Debug, Args)]
pub(super) struct Validate {
    /// Files, folders or patterns
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// How to report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Warnings are errors
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

pub(super) fn run(session: &Session, args: &Validate) -> Result<Answer, Failure> {
    let files = find(&args.paths)?;
    let checkup = check_files(&files, args.strict)?;
    let errors = checkup.count(Severity::Error);
    let summary = summarise(&checkup, files.len());
    let output = &session.output;
    if args.format == Format::Json || output.wants_json() {
        let warnings = checkup.count(Severity::Warning);
        output.json(&json!({
            "files": files.len(), "errors": errors, "warnings": warnings, "findings": checkup.findings,
        }))?;
    } else {
        output.findings(&checkup.findings)?;
        output.result(&summary)?;
    }
    output.annotate_findings(&checkup.findings);
    output.summary(&markdown(&checkup.findings, &summary));
    Ok(Answer::of(errors == 0))
}

/// Such as `5 files are valid`, or `3 errors and 1 warning in 2 files`.
fn summarise(checkup: &Checkup, files: usize) -> String {
    let (errors, warnings) = (checkup.count(Severity::Error), checkup.count(Severity::Warning));
    let verb = if files == 1 { "is" } else { "are" };
    match (errors, warnings) {
        (0, 0) => format!("{} {verb} valid", counted(files, "file")),
        (0, _) => format!("{} {verb} valid, with {}", counted(files, "file"), counted(warnings, "warning")),
        (_, 0) => format!("{} in {}", counted(errors, "error"), counted(files, "file")),
        _ => {
            let both = format!("{} and {}", counted(errors, "error"), counted(warnings, "warning"));
            format!("{both} in {}", counted(files, "file"))
        }
    }
}

fn markdown(findings: &[Finding], summary: &str) -> String {
    let line = |finding: &Finding| {
        let file = finding.file.as_deref().unwrap_or_default();
        format!("- `{file}:{}:{}` {} (`{}`)", finding.line, finding.column, finding.message, finding.rule)
    };
    let lines: Vec<String> = findings.iter().map(line).collect();
    format!("### katonic agents validate\n\n{summary}\n\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkup(severities: &[Severity]) -> Checkup {
        let finding = |severity: &Severity| Finding {
            rule: "r".into(),
            severity: *severity,
            message: String::new(),
            help: String::new(),
            line: 1,
            column: 1,
            file: None,
            span: 0..0,
        };
        Checkup { definitions: Vec::new(), findings: severities.iter().map(finding).collect() }
    }

    #[test]
    fn the_summary_counts_in_words() {
        use Severity::{Error, Warning};
        assert_eq!(summarise(&checkup(&[]), 5), "5 files are valid");
        assert_eq!(summarise(&checkup(&[Warning]), 1), "1 file is valid, with 1 warning");
        assert_eq!(
            summarise(&checkup(&[Error, Error, Error, Warning]), 2),
            "3 errors and 1 warning in 2 files"
        );
        assert_eq!(summarise(&checkup(&[Error]), 1), "1 error in 1 file");
    }
}
