//! What a call could cost at worst, before it is made.

use super::flavours::Operation;
use super::needs::{Needs, whole};
use super::route::Target;
use super::tokens;
use super::usage::Tokens;
use crate::error::Error;
use contract::money::Usd;
use serde_json::{Map, Value};
use std::time::Instant;

/// Tokens that an answer is bounded to, where its request sets no bound and somebody must pay for it.
const ASSUMED_OUTPUT: u64 = 8192;

/// Tokens that a provider adds around messages and tools: the few of each message's frame.
const FRAME: u64 = 64;

/// Tokens that an image counts for at most: those of the largest that makers resize to.
const TOKENS_PER_IMAGE: u64 = 3_000;

/// How much more tokens another maker's tokenizer may see in a text than the one that counts here, in percent.
const TOKENIZER_MARGIN: u64 = 35;

/// Who pays for calls, and may refuse to.
pub(crate) trait Spending: Send + Sync {
    /// Whether a call must be quoted before it is made.
    fn is_bounded(&self) -> bool;

    /// Sets aside what a call could cost at worst, which was begun to be reckoned at `began`.
    ///
    /// # Errors
    /// If there isn't as much left.
    fn reserve(&self, quote: &Quote, began: Instant) -> Result<(), Error>;

    /// The call can cost no more than this any longer.
    fn narrow(&self, cost: Usd);
}

/// Calls that nobody counts: those that an operator tries a provider with.
pub(crate) struct Free;

impl Spending for Free {
    fn is_bounded(&self) -> bool {
        false
    }

    fn reserve(&self, _: &Quote, _: Instant) -> Result<(), Error> {
        Ok(())
    }

    fn narrow(&self, _: Usd) {}
}

/// What a call could use and cost at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(super) input_tokens: u64,
    /// Of one answer.
    pub(super) output_tokens: u64,
    /// How many answers are asked for, of how many providers.
    answers: u64,
    runs: u64,
    /// What it could cost; none where that isn't known.
    pub(crate) cost: Option<Usd>,
}

impl Quote {
    /// Of a call that costs so much at worst.
    #[cfg(test)]
    pub(crate) fn costing(cost: Usd) -> Self {
        Self { input_tokens: 1, output_tokens: 1, answers: 1, runs: 1, cost: Some(cost) }
    }

    /// Of a request that any of these targets may answer, `runs` of them at the same time.
    pub(super) async fn of(
        operation: Operation,
        body: &Map<String, Value>,
        needs: &Needs,
        targets: &[Target],
        runs: u64,
    ) -> Self {
        let model = targets.first().map(|target| target.model.clone()).unwrap_or_default();
        let counted = tokens::count(&model, tokens::text(body)).await;
        let input_tokens =
            counted + counted * TOKENIZER_MARGIN / 100 + FRAME + needs.images() * TOKENS_PER_IMAGE;
        let most = targets.iter().filter_map(|target| target.facts.max_output_tokens).max();
        let output_tokens = match needs.max_tokens() {
            _ if operation == Operation::Embeddings => 0,
            Some(stated) => most.map_or(stated, |most| stated.min(most)),
            None => most.map_or(ASSUMED_OUTPUT, |most| ASSUMED_OUTPUT.min(most)),
        };
        let answers = body.get("n").and_then(whole).unwrap_or(1).max(1);
        let mut quote = Self { input_tokens, output_tokens, answers, runs, cost: None };
        let costs: Option<Vec<Usd>> = targets.iter().map(|target| quote.cost_of(target)).collect();
        let worst = costs.filter(|_| !needs.is_unmeasured()).and_then(|costs| costs.into_iter().max());
        let runs = i64::try_from(runs).unwrap_or(i64::MAX);
        quote.cost = worst.map(|worst| Usd::from_nanos(worst.nanos().saturating_mul(runs)));
        quote
    }

    /// The request with the bound that it is quoted with, where it sets none itself.
    pub(super) fn bounding(
        &self,
        operation: Operation,
        body: &Map<String, Value>,
        needs: &Needs,
    ) -> Option<Map<String, Value>> {
        let field = match operation {
            _ if needs.max_tokens().is_some() => return None,
            Operation::Embeddings => return None,
            Operation::Chat => "max_completion_tokens",
            Operation::Responses => "max_output_tokens",
        };
        let mut bounded = body.clone();
        bounded.insert(field.into(), self.output_tokens.into());
        Some(bounded)
    }

    /// What one target could cost at worst.
    pub(super) fn cost_of(&self, target: &Target) -> Option<Usd> {
        let output = self.output_tokens.saturating_mul(self.answers);
        target.cost(&Tokens { input: self.input_tokens, output, ..Tokens::default() })
    }

    /// How many tokens it could use.
    pub(crate) fn tokens(&self) -> u64 {
        let one = self.output_tokens.saturating_mul(self.answers).saturating_add(self.input_tokens);
        one.saturating_mul(self.runs)
    }
}
