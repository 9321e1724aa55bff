//! Runs the eight rails over a piece of text and does what their findings call for.

use super::pattern::Fault;
use super::placeholder::Placeholders;
use super::rails::{self, Policy, RAILS};
use super::session::{Finding, Session, Subject};
use super::stream::OutputStream;
use super::{Outcome, Phase, RailResult, Report, Scene, Span};
use contract::agent::RailAction;
use std::ops::Range;
use std::time::Instant;

/// Most places of findings that a rail's result keeps.
const MOST_SPANS: usize = 100;

/// The eight rails. Their patterns are shared by all engines and compile at first use.
pub(crate) struct Engine;

impl Engine {
    /// An engine; free, as the patterns are shared.
    pub(crate) fn new() -> Self {
        Self
    }

    /// Looks at a whole text. Output is judged in the same segments as a stream, so that both give the same.
    pub(crate) fn check(&self, phase: Phase, text: &str, scene: &Scene<'_>) -> Report {
        let start = Instant::now();
        if phase == Phase::Output {
            let watch = watch(text, scene);
            if watch == NOBODY {
                let rails = Verdict::new(phase, scene).rails;
                return Report { text: text.to_owned(), rails, latency_us: micros(start) };
            }
            let mut stream = OutputStream::new(self, *scene).watched_by(watch);
            stream.push(text);
            return stream.finish().1;
        }
        let mut session = Session::new(phase, *scene);
        let mut verdict = Verdict::new(phase, scene);
        let text = verdict.judge(text, &mut session).unwrap_or_default();
        Report { text, rails: verdict.rails, latency_us: micros(start) }
    }

    /// Whether a passage or a tool's result carries an injection and must be quarantined. A fault counts as one.
    pub(crate) fn is_hostile_passage(&self, text: &str) -> bool {
        passage_score(text).map_or(true, is_finding)
    }
}

/// How sure the rail `injection` is that a passage or a tool's result speaks to the model, from 0 to 1.
///
/// # Errors
/// If it could not look.
pub(super) fn passage_score(text: &str) -> Result<f32, Fault> {
    Subject::new(text).and_then(|subject| rails::passage_score(&subject))
}

/// The highest score of what is no finding, to four places.
pub(super) const UNSURE: f32 = 0.4999;

/// Whether a rail is sure enough to act.
pub(super) fn is_finding(score: f32) -> bool {
    score >= 0.5
}

/// How sure each rail is that something is in a text, in registry order; also where that is too little for a finding.
pub(super) fn scores(phase: Phase, text: &str, scene: &Scene<'_>) -> Result<Vec<f32>, Fault> {
    let subject = Subject::new(text)?;
    let mut session = Session::new(phase, *scene);
    session.tally.add(text);
    RAILS.iter().map(|rail| rail.score(&subject, &session)).collect()
}

/// Which rails look at the pieces of an output, in registry order.
pub(super) type Watch = [bool; RAILS.len()];

/// All of them.
pub(super) const EVERYBODY: Watch = [true; RAILS.len()];

const NOBODY: Watch = [false; RAILS.len()];

/// The rails that may find something in an output. The others can't, wherever it is cut.
fn watch(text: &str, scene: &Scene<'_>) -> Watch {
    let Ok(subject) = Subject::new(text) else { return EVERYBODY };
    let mut session = Session::new(Phase::Output, *scene);
    session.tally.add(text);
    RAILS.map(|rail| !rail.is_quiet(&subject, &session))
}

/// Microseconds since an instant.
pub(super) fn micros(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// What the rails have said so far, over all pieces of one text.
pub(super) struct Verdict {
    /// One result for each rail, in registry order.
    pub(super) rails: Vec<RailResult>,
    /// The rails that look.
    pub(super) watch: Watch,
    placeholders: Placeholders,
    /// Bytes of the pieces before.
    judged: usize,
}

impl Verdict {
    /// Eight passes, with the actions in force.
    pub(super) fn new(phase: Phase, scene: &Scene<'_>) -> Self {
        let pass = |policy: Policy| RailResult {
            name: policy.name,
            result: Outcome::Pass,
            reason: None,
            score: 0.0,
            spans: Vec::new(),
            action: match scene.trusted && phase == Phase::Input && policy.is_about_intent() {
                true => RailAction::Warn,
                false => policy.action(phase, scene.settings),
            },
        };
        Self {
            rails: RAILS.iter().map(|rail| pass(rail.policy())).collect(),
            watch: EVERYBODY,
            placeholders: Placeholders::default(),
            judged: 0,
        }
    }

    /// The rail that stopped the text, if one did.
    pub(super) fn blocked(&self) -> Option<&RailResult> {
        self.rails.iter().find(|rail| rail.stops())
    }

    /// Judges the next piece: the text that may go on, or none if it must stop here.
    pub(super) fn judge(&mut self, original: &str, session: &mut Session<'_>) -> Option<String> {
        session.tally.add(original);
        let subject = Subject::new(original);
        let mut redactions = Vec::new();
        let looking = RAILS.iter().zip(&mut self.rails).zip(self.watch).filter(|(_, looks)| *looks);
        for ((rail, result), _) in looking {
            match subject.as_ref().map_err(|fault| *fault).and_then(|s| Ok((s, rail.inspect(s, session)?))) {
                Ok((subject, findings)) => {
                    keep(subject, &findings, self.judged, result);
                    note(subject, findings, result, &mut redactions);
                }
                Err(fault) => raise(result, Outcome::Error, &fault.to_string()),
            }
        }
        self.judged += original.len();
        if self.blocked().is_some() {
            return None;
        }
        Some(self.placeholders.redact(original, redactions))
    }
}

/// Keeps where a rail's findings stand, in a piece that begins at a byte, and how sure it is of them.
fn keep(subject: &Subject<'_>, findings: &[Finding], begins: usize, result: &mut RailResult) {
    for finding in findings {
        result.score = result.score.max(finding.score);
        let at = subject.text.original_span(&finding.span);
        let span = Span(begins + at.start, begins + at.end, finding.label);
        if result.spans.len() < MOST_SPANS && !result.spans.contains(&span) {
            result.spans.push(span);
        }
    }
}

/// Takes a rail's findings into its result, and what is to be redacted into the list.
fn note(
    subject: &Subject<'_>,
    findings: Vec<Finding>,
    result: &mut RailResult,
    redactions: &mut Vec<(Range<usize>, &'static str)>,
) {
    for finding in findings {
        let outcome = match finding.action.unwrap_or(result.action) {
            RailAction::Warn => Outcome::Warn,
            RailAction::Block => Outcome::Block,
            RailAction::Redact => {
                redactions.push((subject.text.original_span(&finding.span), finding.label));
                Outcome::Redact
            }
        };
        raise(result, outcome, &finding.reason);
    }
}

/// Keeps the gravest outcome, and each reason for it once.
fn raise(result: &mut RailResult, outcome: Outcome, reason: &str) {
    if outcome > result.result {
        result.result = outcome;
        result.reason = None;
    }
    if outcome == result.result {
        match &mut result.reason {
            Some(reasons) if reasons.split(", ").any(|known| known == reason) => {}
            Some(reasons) => {
                reasons.push_str(", ");
                reasons.push_str(reason);
            }
            none => *none = Some(reason.to_owned()),
        }
    }
}

/// Where findings of the rails that look stand in the original, with the context that made them findings.
///
/// # Errors
/// If a rail could not look.
pub(super) fn claims(
    original: &str,
    session: &mut Session<'_>,
    watch: Watch,
) -> Result<Vec<Range<usize>>, Fault> {
    let subject = Subject::new(original)?;
    let counted = session.tally.clone();
    session.tally.add(original);
    let looking = RAILS.iter().zip(watch).filter(|(_, looks)| *looks);
    let findings: Result<Vec<_>, Fault> = looking.map(|(rail, _)| rail.inspect(&subject, session)).collect();
    session.tally = counted;
    let spans = findings?.into_iter().flatten().map(|found| subject.text.original_span(&found.claim));
    Ok(spans.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::rails::fixture::bare;
    use contract::agent::Guardrails;

    #[test]
    fn input_is_redacted_in_place_and_nothing_else_changes() {
        let settings = Guardrails::default();
        let report =
            Engine::new().check(Phase::Input, "Grüße, ﬁne: ann@example.org\u{200b} – ok?", &bare(&settings));
        assert_eq!(report.text, "Grüße, ﬁne: [EMAIL_1] – ok?");
        assert_eq!((report.passed(), report.blocked()), (8, None));
        let pii = &report.rails[3];
        assert_eq!(
            (pii.name, pii.result, pii.reason.as_deref()),
            ("pii", Outcome::Redact, Some("e-mail address"))
        );
    }

    #[test]
    fn most_prose_is_quiet_at_a_glance() {
        let settings = Guardrails::default();
        for text in
            ["A plain answer of many words. ", "You may take up to five days. Ask your manager first!"]
        {
            let subject = Subject::new(text).unwrap();
            let mut session = Session::new(Phase::Output, bare(&settings));
            session.tally.add(text);
            let loud = RAILS.iter().filter(|rail| !rail.is_quiet(&subject, &session));
            assert_eq!(loud.map(|rail| rail.policy().name).collect::<Vec<_>>(), [] as [&str; 0], "{text}");
        }
    }

    #[test]
    fn what_may_match_at_an_end_is_looked_at_piece_by_piece() {
        let settings = Guardrails::default();
        // A pattern of the rail `secrets` that is possible here ends with the text or a sign.
        let text = "Keep the aws secret in the vault.";
        let subject = Subject::new(text).unwrap();
        let session = Session::new(Phase::Output, bare(&settings));
        assert!(!RAILS[2].is_quiet(&subject, &session));
        assert_eq!(Engine::new().check(Phase::Output, text, &bare(&settings)).text, text);
    }

    #[test]
    fn a_block_gives_no_text_and_all_eight_results() {
        let settings = Guardrails::default();
        let report = Engine::new().check(Phase::Input, "a\0b", &bare(&settings));
        assert_eq!((report.text.as_str(), report.passed(), report.rails.len()), ("", 7, 8));
        assert_eq!(report.blocked().map(|rail| rail.name), Some("limits"));
    }

    #[test]
    fn an_error_is_no_pass_and_stops_the_text_where_the_rail_would_block() {
        let settings = Guardrails::default();
        let mut verdict = Verdict::new(Phase::Input, &bare(&settings));
        raise(&mut verdict.rails[4], Outcome::Error, "broken");
        assert_eq!(verdict.blocked(), None);
        raise(&mut verdict.rails[1], Outcome::Error, "broken");
        assert_eq!(verdict.blocked().map(|rail| rail.name), Some("injection"));
    }
}
