//! `katonic trace`: what one call did, as a waterfall.

use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::Args;
use contract::catalogue::GetTrace;
use contract::wire::analytics::{Span, Trace, TracePath};
use serde_json::Value;

/// How wide the waterfall is, in characters.
const WIDTH: u64 = 40;

/// Shows one call.
#[derive(Debug, Args)]
pub(crate) struct ShowTrace {
    /// The trace id, as every answer carries it
    trace_id: String,
}

pub(super) async fn run(session: &Session, args: ShowTrace) -> Result<Answer, Failure> {
    let trace = session.client()?.call::<GetTrace>(&TracePath { trace_id: args.trace_id }).await?;
    session.output.either(&trace, || describe(&trace))?;
    Ok(Answer::Yes)
}

fn describe(trace: &Trace) -> String {
    let facts = table(
        ["", ""],
        [
            ["status".to_owned(), trace.status.clone()],
            ["at".to_owned(), trace.created_at.to_string()],
            ["user".to_owned(), or_dash(trace.user.as_ref())],
            ["key".to_owned(), or_dash(trace.key.as_ref())],
            ["model".to_owned(), or_dash(trace.model.as_ref())],
            ["audit row".to_owned(), or_dash(trace.audit_seq)],
            ["decided".to_owned(), decided(&trace.policy)],
        ],
    );
    let end =
        trace.spans.iter().map(|span| span.start_us.saturating_add(span.duration_us)).max().unwrap_or(0);
    let rows = trace
        .spans
        .iter()
        .map(|span| [span.name.clone(), bar(span, end), format!("{:.2}", span.duration_us as f64 / 1000.0)]);
    format!("{}\n\n{}", facts.trim_start(), table(["stage", "", "ms"], rows))
}

/// What each stage of the gate decided, such as `scope: chat`.
fn decided(policy: &Value) -> String {
    let stages = policy.as_object().into_iter().flatten();
    let stages = stages.map(|(stage, decision)| format!("{stage}: {}", decision.as_str().unwrap_or("–")));
    stages.collect::<Vec<_>>().join(" · ")
}

/// A span's place in the whole, to scale; even the shortest shows.
fn bar(span: &Span, end: u64) -> String {
    let scaled = |us: u64| (us.saturating_mul(WIDTH) / end.max(1)).min(WIDTH);
    let start = scaled(span.start_us).min(WIDTH - 1);
    let length = scaled(span.duration_us).clamp(1, WIDTH - start);
    // The dots keep the place where a table would trim blanks.
    let (before, after) = (start as usize, (WIDTH - start - length) as usize);
    format!("{}{}{}", "·".repeat(before), "█".repeat(length as usize), "·".repeat(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start_us: u64, duration_us: u64) -> Span {
        Span { name: "rails".into(), start_us, duration_us, detail: None }
    }

    #[test]
    fn a_bar_is_to_scale_and_never_leaves_its_frame() {
        assert_eq!(bar(&span(0, 100), 100), "█".repeat(40));
        assert_eq!(
            bar(&span(50, 25), 100),
            format!("{}{}{}", "·".repeat(20), "█".repeat(10), "·".repeat(10))
        );
        for (start, duration, end) in [(100, 0, 100), (0, 0, 0), (u64::MAX, u64::MAX, 1), (99, 5, 100)] {
            assert_eq!(bar(&span(start, duration), end).chars().count(), 40);
        }
    }
}
