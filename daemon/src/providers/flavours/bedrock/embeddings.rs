//! Embeddings on Bedrock, which Converse has no shape for: each maker's own, by InvokeModel ("Amazon Titan Embeddings
//! text" and "Cohere Embed" of Bedrock's user guide).

use crate::error::Error;
use crate::providers::flavours::conversation::{self, number, text};
use crate::providers::flavours::{Call, Problem};
use serde_json::{Value, json};

/// Whose model embeds: its id, or that of a profile in front of it, says so.
enum Maker {
    /// One text a call, and no settings.
    FirstTitan,
    /// One text a call.
    Titan,
    Cohere,
}

impl Maker {
    fn of(call: &Call<'_>) -> Result<Self, Error> {
        match call.model {
            model if model.contains("titan-embed-text-v2") => Ok(Self::Titan),
            model if model.contains("titan-embed") => Ok(Self::FirstTitan),
            model if model.contains("cohere.embed") => Ok(Self::Cohere),
            model => {
                let message = format!(
                    "`{model}` can't be asked for embeddings on Bedrock: Titan and Cohere's Embed can."
                );
                Err(Error::invalid("model", message))
            }
        }
    }
}

/// The body of a call.
///
/// # Errors
/// If the model is of another maker, or embeds one text a call and is given several.
pub(super) fn body(call: &Call<'_>) -> Result<Value, Error> {
    let maker = Maker::of(call)?;
    let texts = conversation::inputs(call.body)?;
    let dimensions = number(call.body, "dimensions");
    let (mut body, name) = match (maker, texts.as_slice()) {
        (Maker::Cohere, texts) => {
            let kind = text(call.body, "input_type").unwrap_or("search_document");
            let body = json!({"texts": texts, "input_type": kind, "embedding_types": ["float"]});
            (body, "output_dimension")
        }
        (Maker::Titan, [text]) => (json!({"inputText": text, "embeddingTypes": ["float"]}), "dimensions"),
        (Maker::FirstTitan, [text]) => return Ok(json!({"inputText": text})),
        (Maker::Titan | Maker::FirstTitan, _) => {
            let message = "This model embeds one text a call: send each text of `input` by itself.";
            return Err(Error::invalid("input", message));
        }
    };
    if let Some(dimensions) = dimensions {
        body[name] = dimensions;
    }
    Ok(body)
}

/// The list of an answer's vectors. Cohere's says nothing of its tokens.
///
/// # Errors
/// If there are none.
pub(super) fn list(call: &Call<'_>, answer: &Value) -> Result<Value, Problem> {
    let titans = || Some(vec![answer.get("embedding").filter(|vector| vector.is_array())?.clone()]);
    let coheres = || {
        let vectors = answer.get("embeddings")?;
        vectors.get("float").unwrap_or(vectors).as_array().cloned()
    };
    let vectors = titans().or_else(coheres).ok_or_else(|| Problem::garbled("there are no embeddings"))?;
    let tokens = answer.get("inputTextTokenCount").and_then(Value::as_u64);
    Ok(conversation::embeddings(call.model, vectors, tokens))
}

#[cfg(test)]
mod tests {
    use super::super::super::recorded::chat;
    use super::*;
    use crate::providers::flavours::Operation;

    fn sent(model: &str, body: &Value) -> Result<Value, Error> {
        super::body(&Call { operation: Operation::Embeddings, ..chat(body, model) })
    }

    #[test]
    fn each_maker_is_asked_in_its_own_shape() {
        let one = json!({"input": ["Hi"], "dimensions": 256});
        let titan = json!({"inputText": "Hi", "embeddingTypes": ["float"], "dimensions": 256});
        assert_eq!(sent("amazon.titan-embed-text-v2:0", &one).unwrap(), titan);
        assert_eq!(sent("amazon.titan-embed-text-v1", &one).unwrap(), json!({"inputText": "Hi"}));
        let two = json!({"input": ["a", "b"], "input_type": "search_query"});
        let cohere = json!({"texts": ["a", "b"], "input_type": "search_query", "embedding_types": ["float"]});
        assert_eq!(sent("us.cohere.embed-v4:0", &two).unwrap(), cohere);
        assert_eq!(sent("amazon.titan-embed-text-v2:0", &two).unwrap_err().param.as_deref(), Some("input"));
        assert_eq!(sent("amazon.nova-x", &one).unwrap_err().param.as_deref(), Some("model"));
    }

    #[test]
    fn vectors_are_found_in_either_shape() {
        let body = json!({});
        let vectors = |answer: Value| {
            let list = list(&chat(&body, "m"), &answer).unwrap();
            let vector = |row: &Value| row["embedding"].clone();
            let vectors: Vec<Value> = list["data"].as_array().unwrap().iter().map(vector).collect();
            (json!(vectors), list["usage"]["prompt_tokens"].clone())
        };
        let titan =
            json!({"embedding": [1.5], "embeddingsByType": {"float": [1.5]}, "inputTextTokenCount": 3});
        assert_eq!(vectors(titan), (json!([[1.5]]), json!(3)));
        for embeddings in [json!({"float": [[1.5], [2.5]]}), json!([[1.5], [2.5]])] {
            let answer = json!({"embeddings": embeddings, "response_type": "embeddings_by_type"});
            assert_eq!(vectors(answer), (json!([[1.5], [2.5]]), Value::Null));
        }
        assert!(list(&chat(&body, "m"), &json!({"message": "?"})).is_err());
    }
}
