//! JUnit XML: a test case for each sound file, and one for each finding.

use super::Report;
use crate::failure::{Exit, Failure};
use contract::check::{Finding, Severity};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::collections::HashSet;

/// The report as XML.
///
/// # Errors
/// If it can't be written.
pub(super) fn report(report: &Report<'_>) -> Result<String, Failure> {
    let mut suite = TestSuite::new("katonic agents validate");
    let found: HashSet<&str> = report.findings.iter().filter_map(|finding| finding.file.as_deref()).collect();
    for file in report.files.iter().map(|file| file.display().to_string()) {
        if !found.contains(file.as_str()) {
            let mut case = TestCase::new("valid", TestCaseStatus::success());
            case.set_classname(file);
            suite.add_test_case(case);
        }
    }
    suite.add_test_cases(report.findings.iter().map(case));
    let mut all = quick_junit::Report::new("katonic");
    all.add_test_suite(suite);
    all.to_string().map_err(|error| Failure::new(Exit::Unavailable, error.to_string()))
}

fn case(finding: &Finding) -> TestCase {
    let file = finding.file.as_deref().unwrap_or_default();
    let status = match finding.severity {
        Severity::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(finding.rule.as_str()).set_message(finding.message.as_str());
            status.set_description(format!("{file}:{}:{}\n{}", finding.line, finding.column, finding.help));
            status
        }
        Severity::Warning => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(format!("{} at {}:{}", finding.rule, finding.line, finding.column), status);
    case.set_classname(file);
    if finding.severity == Severity::Warning {
        case.set_system_out(format!("warning: {}: {}", finding.message, finding.help));
    }
    case
}

#[cfg(test)]
mod tests {
    use super::super::tests::finding;
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn errors_fail_warnings_pass_and_sound_files_are_counted() {
        let mut odd = finding(Severity::Error);
        odd.message = "a < b & \u{1}c".into();
        let findings = [odd, finding(Severity::Warning)];
        let files = [PathBuf::from("agents/hr desk.yml"), PathBuf::from("b.yml")];
        let all =
            Report { files: &files, findings: &findings, errors: 1, warnings: 1, suppressed: 0, mended: 0 };
        let xml = report(&all).unwrap();
        assert!(xml.contains("tests=\"3\" ") && xml.contains("failures=\"1\""), "{xml}");
        assert!(xml.contains("a &lt; b &amp; c") && !xml.contains('\u{1}'), "{xml}");
        assert!(xml.contains("classname=\"b.yml\""), "{xml}");
    }
}
