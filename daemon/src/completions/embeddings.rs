//! `embeddings`: vectors of texts, as floats or in base64.

use super::api::required;
use super::meter::Meter;
use super::{chat, names, rails};
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::http::mount::{Content, Written};
use crate::providers::{Ask, Operation, Reply};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// Most texts of one request, as OpenAI's reference has it.
const MOST_INPUTS: usize = 2048;

/// Answers a request for embeddings.
///
/// # Errors
/// If the caller may not call the model, a rail stops the request, or nobody answers.
pub(super) async fn embed(app: &App, context: &Context, body: Map<String, Value>) -> Result<Written, Error> {
    let model = required(&body, "model")?;
    let wants_base64 = match body.get("encoding_format").and_then(Value::as_str) {
        None | Some("float") => false,
        Some("base64") => true,
        Some(_) => {
            return Err(Error::invalid("encoding_format", "`encoding_format` is `float` or `base64`."));
        }
    };
    match body.get("input") {
        Some(Value::String(text)) if !text.is_empty() => {}
        Some(Value::Array(inputs)) if !inputs.is_empty() && inputs.len() <= MOST_INPUTS => {}
        _ => {
            let message = format!("`input` is a text, or a list of 1 to {MOST_INPUTS} texts.");
            return Err(Error::invalid("input", message));
        }
    }
    let plan = names::plan(app, context, &model)?;
    let body = rails::check(app, context, body).await?;
    let ask = Ask { operation: Operation::Embeddings, body: &body, stream: false, by: context.by() };
    let answered = chat::ask_unless_left(app, context, &plan, ask).await?;
    let headers = chat::headers(&answered, false);
    let Reply::Whole(mut answer) = answered.reply else {
        return Err(Error::internal("a stream of embeddings"));
    };
    let mut meter = Meter::new(context, answered.target, body);
    meter.note(&answer);
    let tokens = meter.record(context).await;
    if tokens.is_estimated {
        answer["usage"] =
            json!({"prompt_tokens": tokens.input, "total_tokens": tokens.input, "estimated": true});
    }
    for row in answer.get_mut("data").and_then(Value::as_array_mut).into_iter().flatten() {
        encode(&mut row["embedding"], wants_base64);
    }
    Ok(Written { headers, content: Content::Json(serde_json::to_vec(&answer)?) })
}

/// Puts a vector into the form that was asked for: base64 holds little-endian 32-bit floats.
fn encode(embedding: &mut Value, wants_base64: bool) {
    match embedding {
        Value::Array(numbers) if wants_base64 => {
            let bytes: Vec<u8> = numbers
                .iter()
                .flat_map(|number| (number.as_f64().unwrap_or_default() as f32).to_le_bytes())
                .collect();
            *embedding = STANDARD.encode(bytes).into();
        }
        Value::String(text) if !wants_base64 => {
            if let Ok(bytes) = STANDARD.decode(text.as_bytes()) {
                let (floats, _) = bytes.as_chunks::<4>();
                *embedding = floats.iter().map(|four| f64::from(f32::from_le_bytes(*four))).collect();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_survives_the_way_to_base64_and_back() {
        let mut vector = json!([0.5, -1.25, 3.0]);
        encode(&mut vector, true);
        assert_eq!(vector, "AAAAPwAAoL8AAEBA");
        encode(&mut vector, true);
        encode(&mut vector, false);
        assert_eq!(vector, json!([0.5, -1.25, 3.0]));
    }
}
