//! `POST /embeddings`.

use super::text_or_list_of;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// A request for embeddings, as OpenAI's reference has it. What isn't named here is passed on to the model's provider.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true), example = json!({
    "model": "embedding", "input": ["What is the remote work policy?"],
}))]
pub struct EmbeddingRequest {
    /// The tier `embedding`, a model, or `provider/model`.
    #[schemars(example = &"embedding")]
    pub model: String,
    /// A text, or a list of 1 to 2,048 texts.
    #[schemars(schema_with = "text_or_list_of::<Value>", example = &"What is the remote work policy?")]
    pub input: Value,
    /// `float` or `base64`: little-endian 32-bit floats; `float` by default.
    #[schemars(example = &"float")]
    pub encoding_format: Option<String>,
    /// How many numbers each vector has, where the model can make fewer.
    pub dimensions: Option<i64>,
    /// What the application calls its own user by. Rights come from `X-User-Email` alone.
    pub user: Option<String>,
}

/// Vectors of texts, as OpenAI's reference has them.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct EmbeddingList {
    /// Always `list`.
    #[schemars(example = &"list")]
    pub object: String,
    /// A vector a text, in their order.
    pub data: Vec<Embedding>,
    /// The model that really ran.
    pub model: String,
    /// What it used.
    pub usage: EmbeddingUsage,
}

/// The vector of a text.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct Embedding {
    /// Always `embedding`.
    pub object: Option<String>,
    /// The text's place, from 0.
    pub index: Option<i64>,
    /// A list of numbers; in base64 a text.
    #[schemars(schema_with = "vector", example = json!([0.0125, -0.25, 0.5]))]
    pub embedding: Value,
}

fn vector(generator: &mut SchemaGenerator) -> Schema {
    let number = generator.subschema_for::<f64>();
    json_schema!({
        "not": {"type": ["object", "number", "boolean", "null"]},
        "if": {"type": "array", "items": {}},
        "then": {"items": number},
    })
}

/// Tokens of embeddings.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct EmbeddingUsage {
    /// Tokens read.
    pub prompt_tokens: i64,
    /// The same.
    pub total_tokens: i64,
    /// Whether the provider didn't say, and the tokens were counted here.
    pub estimated: Option<bool>,
}
