//! A run as JUnit XML, for the test reports of CI systems.

use super::{Told, lost};
use crate::failure::{Exit, Failure};
use contract::wire::evaluations::CaseResult;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// The report: a suite with a test a case.
///
/// # Errors
/// If it can't be written.
pub(super) fn report(told: &Told<'_>) -> Result<String, Failure> {
    let run = &told.run.run;
    let mut suite = TestSuite::new(format!("{} on {}", run.agent, run.suite));
    suite.add_test_cases(told.run.data.iter().map(|case| test(told, case)));
    let mut report = Report::new("katonic eval");
    report.add_test_suite(suite);
    let written = report.to_string();
    written.map_err(|error| Failure::new(Exit::Unavailable, format!("The report can't be written: {error}")))
}

fn test(told: &Told<'_>, case: &CaseResult) -> TestCase {
    let status = match &case.error {
        _ if case.passed => TestCaseStatus::success(),
        Some(error) => ended(NonSuccessKind::Error, error.clone(), case),
        None => ended(NonSuccessKind::Failure, lost(case), case),
    };
    let mut test = TestCase::new(case.case_id.clone(), status);
    test.set_classname(format!("{}.{}", told.run.run.agent, told.run.run.suite));
    test.set_time(Duration::from_secs_f64((case.latency_ms / 1000.0).max(0.0)));
    test
}

fn ended(kind: NonSuccessKind, why: String, case: &CaseResult) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(why).set_description(case.answer.clone());
    status
}
