//! `katonic tiers`: which models stand behind `fast`, `balanced` and the like.

use crate::failure::{Answer, Failure};
use crate::output::table::table;
use crate::session::Session;
use clap::{Args, Subcommand, ValueEnum};
use contract::admin::{ListTiers, PutTier, ResetTier};
use contract::wire::Object;
use contract::wire::admin::{PutTierRequest, Tier, TierPath, TierSettings, TierTarget};
use serde_json::json;

/// Which models stand behind a tier.
#[derive(Debug, Args)]
pub(crate) struct Tiers {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List tiers, and what each leads to
    List,
    /// Say what a tier leads to, over what katonic.toml says; it holds from the next call on
    Set(Set),
    /// Go back to what katonic.toml says of a tier
    Reset {
        /// The tier
        tier: String,
    },
}

#[derive(Debug, Args)]
struct Set {
    /// The tier, such as fast
    tier: String,
    /// The models, in order of preference, each with its share behind a colon where the strategy is weighted, such as openai/gpt-5:3
    #[arg(required = true, value_name = "PROVIDER/MODEL[:WEIGHT]", value_parser = target)]
    targets: Vec<TierTarget>,
    /// How the first is chosen; the others follow where it fails
    #[arg(long, value_enum, default_value_t)]
    strategy: Strategy,
    /// Pass over targets whose call would cost more
    #[arg(long, value_name = "USD")]
    most_usd_per_call: Option<f64>,
    /// Ask the next target too where the first has not begun after so many milliseconds
    #[arg(long, value_name = "MS")]
    hedge_ms: Option<u64>,
}

/// How the first target is chosen.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Strategy {
    /// As listed
    #[default]
    Ordered,
    /// By chance, in proportion to the weights
    Weighted,
}

/// A target with its weight, if it has one: names of models may hold colons themselves.
fn target(text: &str) -> Result<TierTarget, String> {
    let weighted = text.rsplit_once(':').and_then(|(model, weight)| Some((model, weight.parse().ok()?)));
    let (model, weight) = weighted.unwrap_or((text, 1));
    Ok(TierTarget { model: model.to_owned(), weight, only_for: Vec::new() })
}

pub(super) async fn run(session: &Session, tiers: Tiers) -> Result<Answer, Failure> {
    let client = session.client()?;
    match tiers.command {
        Command::List => {
            let page = client.call::<ListTiers>(&Object::new()).await?;
            session.output.either(&page, || shown(&page.data))?;
        }
        Command::Set(Set { tier, targets, strategy, most_usd_per_call, hedge_ms }) => {
            let strategy = match strategy {
                Strategy::Ordered => "ordered",
                Strategy::Weighted => "weighted",
            };
            let settings = TierSettings { targets, strategy: strategy.into(), most_usd_per_call, hedge_ms };
            let tier = client.call::<PutTier>(&PutTierRequest { tier, settings }).await?;
            session.output.either(&tier, || shown(std::slice::from_ref(&tier)))?;
        }
        Command::Reset { tier } => {
            client.call::<ResetTier>(&TierPath { tier: tier.clone() }).await?;
            let value = json!({"tier": tier, "reset": true});
            session.output.either(&value, || format!("{tier} is what katonic.toml says of it."))?;
        }
    }
    Ok(Answer::Yes)
}

fn shown(tiers: &[Tier]) -> String {
    let rows = tiers.iter().map(|tier| {
        let targets = tier.settings.targets.iter().map(|target| match tier.settings.strategy.as_str() {
            "weighted" => format!("{}:{}", target.model, target.weight),
            _ => target.model.clone(),
        });
        let targets = targets.collect::<Vec<_>>().join("\n");
        [tier.name.clone(), targets, tier.settings.strategy.clone(), tier.set_by.clone()]
    });
    table(["tier", "leads to", "strategy", "set by"], rows)
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn a_weight_stands_behind_the_last_colon() {
        let read = |text| target(text).map(|target| (target.model, target.weight)).unwrap();
        assert_eq!(read("openai/gpt-5:3"), ("openai/gpt-5".to_owned(), 3));
        assert_eq!(read("ollama/llama3:8b"), ("ollama/llama3:8b".to_owned(), 1));
    }
}
