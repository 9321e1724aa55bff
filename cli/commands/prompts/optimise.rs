//! `katonic prompts optimise`: begins a search, and follows it to its end.

use super::budget::{Bound, bound, budget};
use super::report;
use crate::client::Client;
use crate::failure::{Answer, Exit, Failure};
use crate::output::progress::Steps;
use crate::session::Session;
use clap::{Args, ValueEnum};
use contract::catalogue::{GetOptimisation, OptimisePrompt};
use contract::wire::evaluations::RunStatus;
use contract::wire::prompts::{
    Algorithm, Dimension, Optimisation, OptimisationPath, OptimisationProgress, OptimiseRequest,
};
use futures::StreamExt;
use std::time::Duration;
use tokio::time::interval;

/// How long between two looks at a search whose events broke off.
const LOOK: Duration = Duration::from_secs(1);

/// Searches for a better prompt.
#[derive(Debug, Args)]
pub(super) struct Optimise {
    /// The agent
    agent: String,
    /// The suite that candidates are scored on
    #[arg(long)]
    suite: String,
    /// What it may use, such as 2usd, 500calls, 200000tokens, 30min, or several with commas
    #[arg(long, required = true, value_delimiter = ',', value_parser = bound)]
    budget: Vec<Bound>,
    /// The version that is searched from; the one applied last by default
    #[arg(long)]
    version: Option<String>,
    /// How candidates are searched for
    #[arg(long, value_enum, default_value_t)]
    algorithm: How,
    /// What is searched; all that can be by default
    #[arg(long, value_enum, value_delimiter = ',')]
    search: Vec<What>,
    /// A dataset whose accepted items may become examples
    #[arg(long)]
    dataset: Option<String>,
    /// The share of the cases that the search never sees: 0.1 to 0.8, 0.3 by default
    #[arg(long, value_name = "SHARE")]
    holdout: Option<f64>,
    /// The seed of what is random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Don't wait for the end
    #[arg(long)]
    detach: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum How {
    /// mipro, or random where there are few candidates in all
    #[default]
    Auto,
    /// Bootstrapped examples with random search
    Random,
    /// After MIPROv2
    Mipro,
    /// After GEPA; needs a model
    Gepa,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Instructions,
    Examples,
    Retrieval,
    Model,
}

pub(super) async fn run(session: &Session, args: Optimise) -> Result<Answer, Failure> {
    let detach = args.detach;
    let request = request(args);
    let client = session.client()?;
    let begun = client.call::<OptimisePrompt>(&request).await?;
    let id = begun.optimisation_id.clone();
    let goes_on = format!("The search goes on in the daemon: `katonic prompts show {id}` shows it.");
    if detach {
        session.output.either(&begun, || id)?;
        session.output.note(&goes_on);
        return Ok(Answer::Yes);
    }
    session.if_interrupted(goes_on);
    let found = follow(session, &client, id).await?;
    report::print(session, &found)?;
    match (found.status, found.reason) {
        (RunStatus::Finished, _) => Ok(Answer::Yes),
        (status, reason) => {
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            let message = format!("The search ended as {}{reason}", status.as_str());
            Err(Failure::new(Exit::Unavailable, message))
        }
    }
}

fn request(args: Optimise) -> OptimiseRequest {
    let algorithm = match args.algorithm {
        How::Auto => Algorithm::Auto,
        How::Random => Algorithm::Random,
        How::Mipro => Algorithm::Mipro,
        How::Gepa => Algorithm::Gepa,
    };
    let dimension = |what: &What| match what {
        What::Instructions => Dimension::Instructions,
        What::Examples => Dimension::Examples,
        What::Retrieval => Dimension::Retrieval,
        What::Model => Dimension::Model,
    };
    let search: Vec<Dimension> = args.search.iter().map(dimension).collect();
    OptimiseRequest {
        agent: args.agent,
        version: args.version,
        suite: args.suite,
        algorithm,
        budget: budget(&args.budget),
        search: (!search.is_empty()).then_some(search),
        dataset: args.dataset,
        holdout: args.holdout,
        seed: args.seed,
    }
}

/// Follows a search to its end, with a line of how far it is.
async fn follow(session: &Session, client: &Client, id: String) -> Result<Optimisation, Failure> {
    let path = OptimisationPath { optimisation_id: id };
    let live = Steps::new(&session.output);
    let mut events = client.stream::<GetOptimisation>(&path).await?;
    while let Some(event) = events.next().await {
        // A stream that breaks off is no reason to give up: the search itself is asked below.
        let Ok((name, data)) = event else { break };
        match name.as_str() {
            "optimisation.progress" => live.show(line(&serde_json::from_value(data)?)),
            "optimisation.finished" => return Ok(serde_json::from_value(data)?),
            _ => {}
        }
    }
    let mut looks = interval(LOOK);
    loop {
        looks.tick().await;
        let found = client.call::<GetOptimisation>(&path).await?;
        if found.status.is_over() {
            return Ok(found);
        }
    }
}

fn line(progress: &OptimisationProgress) -> String {
    let score = |score: Option<f64>| score.map_or("–".to_owned(), |score| format!("{score:.3}"));
    format!(
        "generation {}: {} candidates, {} on the front, best {} (was {}); {}",
        progress.generation,
        progress.candidates,
        progress.on_front,
        score(progress.best),
        score(progress.baseline),
        report::spent(&progress.spent)
    )
}
