//! Counting tokens where a provider doesn't say how many there were.

use super::Tokens;
use serde_json::{Map, Value};
use tiktoken_rs::CoreBPE;

/// Longest text that is counted in one piece, in bytes: the tokenizer's time grows faster than the text where a text has
/// no word ends.
const PIECE: usize = 16 * 1024;

/// How many tokens texts have, by the tokenizer of the model: OpenAI's own for its models; for others, whose tokenizers
/// aren't public, the newest of these, which is why such counts are marked as estimated.
pub(crate) async fn count(model: &str, text: String) -> u64 {
    let is_older = ["gpt-4-", "gpt-3.5", "text-embedding-"].iter().any(|old| model.contains(old));
    let is_older = is_older || model.ends_with("gpt-4");
    let count = move || {
        let tokenizer =
            if is_older { tiktoken_rs::cl100k_base_singleton() } else { tiktoken_rs::o200k_base_singleton() };
        pieces(&text).map(|piece| measure(tokenizer, piece)).sum()
    };
    // Loading a tokenizer for the first time takes a fifth of a second.
    tokio::task::spawn_blocking(count).await.unwrap_or_default()
}

/// What a whole answer to a request used: as its provider says, else as it is counted of both.
pub(crate) async fn used(answer: &Value, model: &str, asked: &Map<String, Value>, said: &str) -> Tokens {
    match answer.get("usage").and_then(Tokens::of) {
        Some(used) => used,
        None => Tokens {
            input: count(model, text(asked)).await,
            output: count(model, said.to_owned()).await,
            is_estimated: true,
            ..Tokens::default()
        },
    }
}

fn measure(tokenizer: &CoreBPE, text: &str) -> u64 {
    tokenizer.encode_ordinary(text).len() as u64
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len().min(PIECE);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

/// All text of a request, put together: what a provider reads.
pub(crate) fn text(body: &Map<String, Value>) -> String {
    let mut text = String::new();
    for field in ["instructions", "messages", "input", "tools"] {
        body.get(field).into_iter().for_each(|value| collect(value, &mut text));
    }
    text
}

fn collect(value: &Value, text: &mut String) {
    match value {
        Value::String(part) if !part.starts_with("data:") => {
            text.push_str(part);
            text.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, text)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, text)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_text_is_counted_by_the_models_tokenizer() {
        assert_eq!(count("gpt-4o", "Hello, world!".into()).await, 4);
        assert_eq!(count("gpt-3.5-turbo", "Hello, world!".into()).await, 4);
        let long = count("gpt-4o", "a".repeat(300_000)).await;
        assert!((10_000..300_000).contains(&long), "{long}");
    }
}
