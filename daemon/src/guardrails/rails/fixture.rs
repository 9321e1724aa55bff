//! A scene for the rails' tests.

use super::Rail;
use crate::guardrails::session::{Session, Subject};
use crate::guardrails::{Phase, Scene};
use contract::agent::Guardrails;

/// No instructions, no passages, no settings.
pub(in crate::guardrails) fn bare(settings: &Guardrails) -> Scene<'_> {
    Scene { settings, instructions: "", question: "", passages: &[], grounded: false, trusted: false }
}

/// The reasons of all that a rail finds in a scene.
pub(super) fn reasons_in(rail: &dyn Rail, phase: Phase, text: &str, scene: Scene<'_>) -> Vec<String> {
    let subject = Subject::new(text).unwrap();
    let mut session = Session::new(phase, scene);
    session.tally.add(text);
    let findings = rail.inspect(&subject, &session).unwrap();
    findings.into_iter().map(|finding| finding.reason.into_owned()).collect()
}

/// The reasons of all that a rail finds in a bare scene.
pub(super) fn reasons(rail: &dyn Rail, phase: Phase, text: &str) -> Vec<String> {
    reasons_in(rail, phase, text, bare(&Guardrails::default()))
}

/// What a rail would redact, in a bare scene.
pub(super) fn spans(rail: &dyn Rail, phase: Phase, text: &str) -> Vec<(&'static str, String)> {
    let subject = Subject::new(text).unwrap();
    let findings = rail.inspect(&subject, &Session::new(phase, bare(&Guardrails::default()))).unwrap();
    findings.into_iter().map(|f| (f.label, text[subject.text.original_span(&f.span)].to_owned())).collect()
}
