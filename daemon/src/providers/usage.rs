//! What a model's answer used, and what that costs.

use super::catalogue::Model;
use contract::money::Usd;
use contract::wire::chat::Usage;
use serde_json::Value;

/// Tokens of one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// Read, cached ones too.
    pub(crate) input: u64,
    /// Of those read, how many the provider had cached.
    pub(crate) cached: u64,
    /// Of those read, how many it put into its cache.
    pub(crate) cache_write: u64,
    /// Written, reasoning too.
    pub(crate) output: u64,
    /// Of those written, how many were reasoning.
    pub(crate) reasoning: u64,
    /// Whether the provider didn't say, and they were counted here.
    pub(crate) is_estimated: bool,
}

impl Tokens {
    /// Of a `usage` object of OpenAI's: of chat completions, embeddings or responses.
    pub(crate) fn of(usage: &Value) -> Option<Self> {
        let count = |names: &[&str]| names.iter().find_map(|name| usage.get(name)?.as_u64());
        let detail = |fields: &[&str], name: &str| {
            fields.iter().find_map(|field| usage.get(field)?.get(name)?.as_u64())
        };
        let (read, written) = (
            ["prompt_tokens_details", "input_tokens_details"],
            ["completion_tokens_details", "output_tokens_details"],
        );
        let input = count(&["prompt_tokens", "input_tokens"])?;
        let output = count(&["completion_tokens", "output_tokens"]).unwrap_or_default();
        let reasoning = detail(&written, "reasoning_tokens").unwrap_or_default();
        // Some count reasoning beside what they call completion; their totals tell.
        let is_apart = count(&["total_tokens"]) == Some(input + output + reasoning);
        let cached = detail(&read, "cached_tokens").or_else(|| count(&["prompt_cache_hit_tokens"]));
        Some(Self {
            input,
            cached: cached.unwrap_or_default().min(input),
            cache_write: detail(&read[..1], "cache_write_tokens").unwrap_or_default(),
            output: if is_apart { output + reasoning } else { output },
            reasoning,
            is_estimated: false,
        })
    }

    /// As a call's record has them, without its times.
    pub(crate) fn usage(&self, cost: Usd) -> Usage {
        Usage {
            input_tokens: self.input,
            output_tokens: self.output,
            tokens: self.input + self.output,
            cached_input_tokens: self.cached,
            reasoning_tokens: self.reasoning,
            estimated: self.is_estimated,
            cost_usd: cost,
            ..Usage::default()
        }
    }

    /// What they cost at a model's prices, exact to the nano-dollar and rounded once; `None` where no price is known.
    pub(crate) fn cost(&self, model: &Model) -> Option<Usd> {
        let input = model.input_usd_per_mtok?;
        let output = model.output_usd_per_mtok.unwrap_or(0.0);
        let plain = self.input.saturating_sub(self.cached).saturating_sub(self.cache_write);
        let parts = [
            (plain, input),
            (self.cached, model.cached_input_usd_per_mtok.unwrap_or(input)),
            (self.cache_write, model.cache_write_usd_per_mtok.unwrap_or(input)),
            (self.output, output),
        ];
        // Nano-dollars a million tokens are whole for every price with nine decimals.
        let total: i128 =
            parts.iter().map(|(tokens, price)| i128::from(*tokens) * (price * 1e9).round() as i128).sum();
        let nanos = (total + 500_000).div_euclid(1_000_000);
        Some(Usd::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cached_tokens_cost_less_and_reasoning_counts_once() {
        let usage = json!({"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500,
            "prompt_tokens_details": {"cached_tokens": 800}, "completion_tokens_details": {"reasoning_tokens": 400}});
        let tokens = Tokens::of(&usage).unwrap();
        let model = Model {
            input_usd_per_mtok: Some(1.25),
            output_usd_per_mtok: Some(10.0),
            cached_input_usd_per_mtok: Some(0.125),
            ..Model::default()
        };
        // 200 × 1.25 + 800 × 0.125 + 500 × 10 = 5350 millionths of a dollar.
        assert_eq!(tokens.cost(&model), Some(Usd::from_nanos(5_350_000)));
        assert_eq!(Tokens { input: 1, ..Tokens::default() }.cost(&model), Some(Usd::from_nanos(1250)));
        assert_eq!(tokens.cost(&Model::default()), None);
    }

    #[test]
    fn reasoning_that_a_provider_counts_apart_is_paid_too() {
        let usage = json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 115,
            "completion_tokens_details": {"reasoning_tokens": 100}});
        assert_eq!(Tokens::of(&usage).unwrap().output, 105);
    }
}
