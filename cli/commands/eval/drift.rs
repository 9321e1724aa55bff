//! `katonic eval drift`: how an agent's answers in prod do, the newest beside those before them.

use crate::failure::{Answer, Failure};
use crate::output::table::{figure, or_dash, table};
use crate::session::Session;
use contract::admin::GetQuality;
use contract::wire::agents::AgentPath;
use contract::wire::evaluations::{Quality, QualityFigure, QualityMean};

pub(super) async fn run(session: &Session, agent_id: String) -> Result<Answer, Failure> {
    let quality = session.client()?.call::<GetQuality>(&AgentPath { agent_id }).await?;
    session.output.either(&quality, || describe(&quality))?;
    Ok(Answer::of(!quality.figures.iter().any(|figure| figure.drifted)))
}

fn describe(quality: &Quality) -> String {
    let mean =
        |side: Option<QualityMean>| or_dash(side.map(|side| format!("{} ({})", figure(side.mean), side.n)));
    let rows = quality.figures.iter().map(|one| {
        let QualityFigure { name, before, recent, delta, ci95, p_value_holm, evaluated, .. } = one;
        let change =
            delta.zip(*ci95).map(|(delta, (low, high))| format!("{delta:+.3} ({low:+.3} to {high:+.3})"));
        [
            name.clone(),
            or_dash(evaluated.map(figure)),
            mean(*before),
            mean(*recent),
            or_dash(change),
            or_dash(p_value_holm.map(figure)),
            if one.drifted { "drifted".to_owned() } else { String::new() },
        ]
    });
    let header = ["figure", "in its evaluation", "before", "newest 100", "change", "p", ""];
    let share = match quality.percent {
        0.0 => "none are drawn now: `evaluation.online` of the agent says how many".to_owned(),
        percent => format!("{percent} of 100 are drawn"),
    };
    format!(
        "{}\n\n{}: {} answers of prod scored in the last 30 days; {share}",
        table(header, rows),
        quality.agent_id,
        quality.samples
    )
}
