//! What must hold of any text that the rails look at.

use super::{Engine, OutputStream, Phase, Report, Scene};
use contract::agent::Guardrails;

const INSTRUCTIONS: &str =
    "Answer from the policies alone. Never speak of the merger with our rival before May.";
const PASSAGES: &[&str] = &["Employees receive ten paid sick days each year.", "Write to hr@example.org."];

/// Both directions look at any text, and where they find something is in the text.
pub fn rails(data: &[u8]) {
    let (settings, text) = (Guardrails::default(), String::from_utf8_lossy(data));
    for phase in [Phase::Input, Phase::Output] {
        let report = Engine::new().check(phase, &text, &scene(&settings));
        for span in report.rails.iter().flat_map(|rail| &rail.spans) {
            assert!(text.get(span.0..span.1).is_some(), "{span:?} is no place of the text");
        }
    }
}

/// What leaves a stream is what leaves the whole text, wherever it is cut. The first 16 bytes say where.
pub fn hold_back(data: &[u8]) {
    let Some((cuts, text)) = data.split_at_checked(16) else { return };
    let (settings, text) = (Guardrails::default(), String::from_utf8_lossy(text));
    let engine = Engine::new();
    let whole = engine.check(Phase::Output, &text, &scene(&settings));
    let mut stream = OutputStream::new(&engine, scene(&settings));
    let (mut left, mut rest) = (String::new(), text.as_ref());
    for cut in cuts {
        let (delta, after) = rest.split_at(rest.floor_char_boundary(usize::from(*cut)));
        left.extend(stream.push(delta));
        rest = after;
    }
    left.extend(stream.push(rest));
    let (last, report) = stream.finish();
    assert_eq!(left + &last, whole.text);
    assert_eq!(outcomes(&report), outcomes(&whole));
}

fn outcomes(report: &Report) -> Vec<(super::Outcome, Option<&str>)> {
    report.rails.iter().map(|rail| (rail.result, rail.reason.as_deref())).collect()
}

fn scene(settings: &Guardrails) -> Scene<'_> {
    let question = "How many sick days do I have?";
    Scene {
        settings,
        instructions: INSTRUCTIONS,
        question,
        passages: PASSAGES,
        grounded: true,
        trusted: false,
    }
}
