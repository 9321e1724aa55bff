//! Tiers and routes as configuration has them.

use serde::{Deserialize, Deserializer, Serialize};
use std::time::Duration;

/// What a tier routes to: targets in order, or by weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Tier {
    /// In order of preference.
    pub targets: Vec<Target>,
    /// How the first is chosen; the others follow where it fails.
    pub strategy: Strategy,
    /// Targets whose call would cost more are passed over, in dollars.
    pub most_usd_per_call: Option<f64>,
    /// How long the first target may take to begin before the next is asked too.
    pub hedge: Option<Duration>,
}

/// How the first target of a tier is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// As listed.
    #[default]
    Ordered,
    /// By chance, in proportion to the weights.
    Weighted,
}

/// One model of a tier.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// `provider/model`.
    pub model: String,
    /// Its share, where the strategy is by weight.
    pub weight: u32,
    /// What it is for: empty for everything.
    pub only_for: Vec<Need>,
}

/// What a request needs of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Calls of tools.
    Tools,
    /// Images in.
    Vision,
    /// Answers in a JSON Schema.
    JsonSchema,
    /// More than 100,000 tokens in.
    LongContext,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TierForm {
    One(String),
    List(Vec<TargetForm>),
    Table(TierTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TierTable {
    targets: Vec<TargetForm>,
    #[serde(default)]
    strategy: Strategy,
    most_usd_per_call: Option<f64>,
    hedge_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TargetForm {
    Name(String),
    Table(TargetTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetTable {
    model: String,
    #[serde(default = "one")]
    weight: u32,
    #[serde(default)]
    only_for: Vec<Need>,
}

fn one() -> u32 {
    1
}

impl From<TargetForm> for Target {
    fn from(form: TargetForm) -> Self {
        match form {
            TargetForm::Name(model) => Self { model, weight: 1, only_for: Vec::new() },
            TargetForm::Table(TargetTable { model, weight, only_for }) => Self { model, weight, only_for },
        }
    }
}

impl<'de> Deserialize<'de> for Tier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = |_| {
            serde::de::Error::custom(
                "a tier is \"provider/model\", a list of such, or a table of `targets`, each with `model`, `weight` and \
                 `only_for` (tools, vision, json_schema, long_context), `strategy` (ordered, weighted), \
                 `most_usd_per_call` and `hedge_ms`",
            )
        };
        let form = TierForm::deserialize(deserializer).map_err(wrong)?;
        let table = match form {
            // A variable of the environment is one text.
            TierForm::One(names) => {
                let names = names.split(',').map(|name| TargetForm::Name(name.trim().to_owned()));
                TierTable::plain(names.collect())
            }
            TierForm::List(targets) => TierTable::plain(targets),
            TierForm::Table(table) => table,
        };
        Ok(Self {
            targets: table.targets.into_iter().map(Target::from).collect(),
            strategy: table.strategy,
            most_usd_per_call: table.most_usd_per_call,
            hedge: table.hedge_ms.map(Duration::from_millis),
        })
    }
}

impl TierTable {
    fn plain(targets: Vec<TargetForm>) -> Self {
        Self { targets, strategy: Strategy::Ordered, most_usd_per_call: None, hedge_ms: None }
    }
}

/// What happens where a target fails.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// How often a target is tried again before the next one.
    pub retries: u32,
    /// The first wait before a retry, which doubles with each, in milliseconds; what is waited is a random share of it.
    pub backoff_ms: u64,
    /// The longest wait before a retry, in milliseconds: a provider that asks for more is left for the next target.
    pub most_backoff_ms: u64,
    /// Failures in a row after which a target rests.
    pub failures: u32,
    /// How long it rests, in seconds; then one call tries it.
    pub cool_down_seconds: u64,
}

/// How long a provider may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeouts {
    /// For the connection, in seconds.
    pub connect_seconds: f64,
    /// For the first byte of its answer, in seconds.
    pub first_byte_seconds: f64,
    /// Between two pieces of a stream, in seconds.
    pub idle_seconds: f64,
    /// For all of it, retries and other targets too, in seconds.
    pub total_seconds: f64,
}

/// The cache of answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Whether answers to the same request are given again, where its `temperature` is 0.
    pub enabled: bool,
    /// For how long, in seconds.
    pub ttl_seconds: u64,
    /// Most bytes of all answers kept.
    pub max_bytes: u64,
}
