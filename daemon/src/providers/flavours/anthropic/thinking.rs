//! How a Claude is told to think: by itself, as hard as it is asked to, or with a budget of tokens.

use super::{Generation, max_tokens};
use crate::providers::flavours::Call;
use crate::providers::flavours::conversation::{self, ToolChoice, Turn};
use serde_json::{Value, json};

/// The smallest budget of thinking that the API takes.
const LEAST_BUDGET: u64 = 1024;

/// How a model is told to think.
#[derive(Debug, Default)]
pub(in crate::providers::flavours) struct Thought {
    /// The field `thinking`.
    pub(in crate::providers::flavours) thinking: Option<Value>,
    /// How hard it tries, where it decides by itself how much it thinks.
    pub(in crate::providers::flavours) effort: Option<&'static str>,
}

/// As `thinking` says, or as the request's `reasoning_effort` does: by itself or with a budget, as the model's generation
/// has it.
pub(in crate::providers::flavours) fn thinking(call: &Call<'_>, turns: &[Turn]) -> Thought {
    let (asked, generation) = (call.body, Generation::of(call.model));
    let wanted = conversation::text(asked, "reasoning_effort");
    // A model that thinks can't be made to call a tool.
    let forced =
        matches!(conversation::tool_choice(asked), Some(ToolChoice::Required | ToolChoice::Named(_)));
    if !generation.is_adaptive() {
        let given = asked.get("thinking").filter(|given| given.is_object()).cloned();
        let thinking = given.or_else(|| budget(wanted?, turns, max_tokens(call)).filter(|_| !forced));
        return Thought { thinking, effort: None };
    }
    let effort = wanted.and_then(|wanted| generation.effort(wanted));
    let adaptive = || Some(json!({"type": "adaptive"}));
    let given = asked.get("thinking").filter(|given| given.is_object());
    let thinking = match given.and_then(|given| given["type"].as_str()) {
        Some("disabled") if generation.always_thinks() => None,
        Some("enabled") if generation.is_only_adaptive() => adaptive(),
        Some(_) => given.cloned(),
        None if effort.is_some() && !forced => adaptive(),
        None if wanted == Some("none") && generation.thinks_by_default() && !generation.always_thinks() => {
            Some(json!({"type": "disabled"}))
        }
        None => None,
    };
    Thought { thinking, effort }
}

/// A budget of thinking for a `reasoning_effort`.
fn budget(wanted: &str, turns: &[Turn], max_tokens: u64) -> Option<Value> {
    let wanted = match wanted {
        "minimal" => LEAST_BUDGET,
        "low" => 2048,
        "medium" => 8192,
        "high" => 16384,
        "xhigh" => 32768,
        _ => return None,
    };
    // While tools are being called, the API wants the signed thinking from before the call, which OpenAI's
    // shape can't carry.
    let last = turns.iter().rev().find_map(|turn| match turn {
        Turn::Assistant { calls, .. } => Some(calls),
        _ => None,
    });
    let calling = last.is_some_and(|calls| !calls.is_empty());
    // A quarter is kept for the answer itself.
    let budget = wanted.min(max_tokens / 4 * 3);
    (budget >= LEAST_BUDGET && !calling).then(|| json!({"type": "enabled", "budget_tokens": budget}))
}
