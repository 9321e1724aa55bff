//! `katonic feedback`: what somebody thinks of an answer.

use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::Args;
use contract::catalogue::GiveFeedback;
use contract::wire::flywheel::{FeedbackRequest, Rating};

/// Rate, correct or comment on the answer of a trace. What is said again replaces it.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("said").multiple(true).required(true)))]
#[command(override_usage = "katonic feedback [OPTIONS] <TRACE_ID> <--up|--down|--score <N>|…>")]
pub(crate) struct Feedback {
    /// The answer's trace
    trace_id: String,
    /// It was good
    #[arg(long, groups = ["said", "rating"])]
    up: bool,
    /// It was not
    #[arg(long, groups = ["said", "rating"])]
    down: bool,
    /// How good, from 0 to 1
    #[arg(long, value_name = "N", group = "said")]
    score: Option<f64>,
    /// What should have been answered
    #[arg(long, value_name = "TEXT", group = "said")]
    correction: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", group = "said")]
    comment: Option<String>,
    /// Words to find it by
    #[arg(long = "tag", value_name = "TAG", value_delimiter = ',', group = "said")]
    tags: Vec<String>,
}

pub(super) async fn run(session: &Session, args: Feedback) -> Result<Answer, Failure> {
    let rating = match (args.up, args.down) {
        (true, _) => Some(Rating::Up),
        (_, true) => Some(Rating::Down),
        _ => None,
    };
    let request = FeedbackRequest {
        trace_id: args.trace_id,
        rating,
        score: args.score,
        correction: args.correction,
        comment: args.comment,
        tags: args.tags,
        source: Some("cli".into()),
    };
    let given = session.client_for_person()?.call::<GiveFeedback>(&request).await?;
    session.output.either(&given, || format!("Noted as {}.", given.feedback_id))?;
    Ok(Answer::Yes)
}
