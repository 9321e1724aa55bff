//! OpenAI's chat request, read: what every other flavour translates from.

use crate::error::Error;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// One message, by who says it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Turn {
    /// Instructions: roles `system` and `developer`.
    System(String),
    /// The user.
    User(Vec<Part>),
    /// The model: what it said, and the tools it called.
    Assistant { text: String, calls: Vec<ToolCall> },
    /// What a tool's call brought.
    Tool { call_id: String, text: String },
}

/// A part of what the user says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Text(String),
    /// An image within the request: its media type and its bytes in base64.
    Image {
        media_type: String,
        data: String,
    },
    /// An image by its address, which the provider fetches.
    ImageUrl(String),
}

/// A call of a tool by the model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ToolCall {
    pub(super) id: String,
    pub(super) name: String,
    /// An object.
    pub(super) arguments: Value,
}

/// A tool that the model may call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// Its JSON Schema.
    pub(super) parameters: Value,
    pub(super) strict: Option<bool>,
}

/// Which tool the model must call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ToolChoice {
    Auto,
    None,
    Required,
    Named(String),
}

/// The form of the answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Format {
    Text,
    /// Any JSON object.
    Json,
    /// JSON of a schema.
    Schema {
        name: String,
        schema: Value,
        strict: Option<bool>,
    },
}

fn invalid(message: impl Into<String>, param: impl std::fmt::Display) -> Error {
    Error::invalid(&param.to_string(), message)
}

/// The messages, in order.
///
/// # Errors
/// If one is not of OpenAI's shape.
pub(super) fn turns(body: &Map<String, Value>) -> Result<Vec<Turn>, Error> {
    let messages = body.get("messages").and_then(Value::as_array);
    let messages = messages.ok_or_else(|| invalid("`messages` must be a list.", "messages"))?;
    messages.iter().enumerate().map(|(n, message)| turn(n, message)).collect()
}

fn turn(n: usize, message: &Value) -> Result<Turn, Error> {
    let at = || format!("messages[{n}]");
    let content = message.get("content").unwrap_or(&Value::Null);
    match message.get("role").and_then(Value::as_str) {
        Some("system" | "developer") => Ok(Turn::System(plain(content))),
        Some("user") => Ok(Turn::User(parts(n, content)?)),
        Some("assistant") => {
            let calls = message.get("tool_calls").and_then(Value::as_array);
            let calls = calls.into_iter().flatten().map(|call| tool_call(n, call));
            Ok(Turn::Assistant { text: plain(content), calls: calls.collect::<Result<_, _>>()? })
        }
        Some("tool" | "function") => {
            let id = message.get("tool_call_id").or_else(|| message.get("name")).and_then(Value::as_str);
            let id = id.ok_or_else(|| invalid("A tool's message needs its `tool_call_id`.", at()))?;
            Ok(Turn::Tool { call_id: id.to_owned(), text: plain(content) })
        }
        _ => Err(invalid("A message's role is system, developer, user, assistant or tool.", at())),
    }
}

/// All text of a content.
fn plain(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text").or_else(|| part.get("refusal")));
            texts.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

fn parts(n: usize, content: &Value) -> Result<Vec<Part>, Error> {
    let Value::Array(parts) = content else { return Ok(vec![Part::Text(plain(content))]) };
    let read = |(m, part): (usize, &Value)| {
        let at = format!("messages[{n}].content[{m}]");
        match part.get("type").and_then(Value::as_str) {
            Some("text") | None => Ok(Part::Text(plain(&Value::Array(vec![part.clone()])))),
            Some("image_url") => {
                let url = part.pointer("/image_url/url").or_else(|| part.get("image_url"));
                image(url.and_then(Value::as_str), &at)
            }
            Some(other) => Err(invalid(format!("This model does not read parts of type `{other}`."), at)),
        }
    };
    parts.iter().enumerate().map(read).collect()
}

fn image(url: Option<&str>, at: &str) -> Result<Part, Error> {
    let url = url.ok_or_else(|| invalid("An image needs its `image_url.url`.", at))?;
    let Some(rest) = url.strip_prefix("data:") else { return Ok(Part::ImageUrl(url.to_owned())) };
    let wrong = || invalid("A data URL is `data:image/…;base64,…`.", at);
    let (media_type, data) = rest.split_once(";base64,").ok_or_else(wrong)?;
    STANDARD.decode(data).map_err(|_| wrong())?;
    Ok(Part::Image { media_type: media_type.to_owned(), data: data.to_owned() })
}

fn tool_call(n: usize, call: &Value) -> Result<ToolCall, Error> {
    let at = format!("messages[{n}].tool_calls");
    let text = |pointer: &str| call.pointer(pointer).and_then(Value::as_str);
    let name = text("/function/name").ok_or_else(|| invalid("A tool's call needs its name.", &at))?;
    Ok(ToolCall {
        id: text("/id").unwrap_or_default().to_owned(),
        name: name.to_owned(),
        arguments: arguments(text("/function/arguments").unwrap_or_default())
            .ok_or_else(|| invalid("A tool's arguments are a JSON object in a string.", at))?,
    })
}

/// Arguments as an object; none are an empty one.
pub(super) fn arguments(text: &str) -> Option<Value> {
    if text.trim().is_empty() {
        return Some(Value::Object(Map::new()));
    }
    serde_json::from_str(text).ok().filter(Value::is_object)
}

/// The tools that the model may call.
pub(super) fn tools(body: &Map<String, Value>) -> Vec<Tool> {
    let functions = body.get("tools").and_then(Value::as_array).into_iter().flatten();
    let functions = functions.filter_map(|tool| tool.get("function"));
    let tool = |function: &Value| {
        let parameters = function.get("parameters").filter(|schema| schema.is_object()).cloned();
        Some(Tool {
            name: function.get("name")?.as_str()?.to_owned(),
            description: function.get("description").and_then(Value::as_str).map(str::to_owned),
            parameters: parameters.unwrap_or_else(|| serde_json::json!({"type": "object", "properties": {}})),
            strict: function.get("strict").and_then(Value::as_bool),
        })
    };
    functions.filter_map(tool).collect()
}

/// Which tool must be called, where it is said.
pub(super) fn tool_choice(body: &Map<String, Value>) -> Option<ToolChoice> {
    let choice = body.get("tool_choice")?;
    match choice.as_str() {
        Some("none") => Some(ToolChoice::None),
        Some("required" | "any") => Some(ToolChoice::Required),
        Some(_) => Some(ToolChoice::Auto),
        None => {
            let name = choice.pointer("/function/name").and_then(Value::as_str)?;
            Some(ToolChoice::Named(name.to_owned()))
        }
    }
}

/// Whether several tools may be called at once, where it is said.
pub(super) fn parallel_tool_calls(body: &Map<String, Value>) -> Option<bool> {
    body.get("parallel_tool_calls").and_then(Value::as_bool)
}

/// The form of the answer.
pub(super) fn format(body: &Map<String, Value>) -> Format {
    let Some(format) = body.get("response_format") else { return Format::Text };
    match format.get("type").and_then(Value::as_str) {
        Some("json_object") => Format::Json,
        Some("json_schema") => {
            let inner = format.get("json_schema").unwrap_or(format);
            Format::Schema {
                name: inner.get("name").and_then(Value::as_str).unwrap_or("answer").to_owned(),
                schema: inner.get("schema").cloned().unwrap_or_else(|| serde_json::json!({"type": "object"})),
                strict: inner.get("strict").and_then(Value::as_bool),
            }
        }
        _ => Format::Text,
    }
}

/// Texts at which the answer stops.
pub(super) fn stops(body: &Map<String, Value>) -> Vec<String> {
    match body.get("stop") {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Most tokens of the answer, under its new name or its old one.
pub(super) fn max_tokens(body: &Map<String, Value>) -> Option<u64> {
    ["max_completion_tokens", "max_tokens"].iter().find_map(|name| body.get(*name).and_then(Value::as_u64))
}

/// A number of the request.
pub(super) fn number(body: &Map<String, Value>, name: &str) -> Option<Value> {
    body.get(name).filter(|value| value.is_number()).cloned()
}

/// A text of the request.
pub(super) fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}

/// The temperature for a flavour whose highest is 1, where OpenAI's is 2.
pub(super) fn temperature(body: &Map<String, Value>) -> Option<Value> {
    let value = number(body, "temperature")?;
    Some(if value.as_f64().is_some_and(|value| value > 1.0) { 1.into() } else { value })
}

/// All instructions as one text, with one of the flavour's own after them.
pub(super) fn instructions(turns: &[Turn], own: Option<String>) -> Option<String> {
    let system = turns.iter().filter_map(|turn| match turn {
        Turn::System(text) => Some(text.as_str()),
        _ => None,
    });
    let texts = system.chain(own.as_deref()).filter(|text| !text.trim().is_empty()).collect::<Vec<_>>();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

/// What asks for the form of the answer in words, for a flavour that has no field for it.
pub(super) fn instruction_of(format: &Format) -> Option<String> {
    let json = "Answer with one valid JSON object and nothing else: no prose around it and no code fence.";
    match format {
        Format::Text => None,
        Format::Json => Some(json.to_owned()),
        Format::Schema { schema, .. } => {
            Some(format!("{json} The object must conform to this JSON Schema:\n{schema}"))
        }
    }
}

/// Adds blocks to the message of a role: to the last one if it is of that role, since roles must alternate.
pub(super) fn append(messages: &mut Vec<Value>, role: &str, blocks: Vec<Value>) {
    if blocks.is_empty() {
        return;
    }
    let last = messages.last_mut().filter(|last| last.get("role").and_then(Value::as_str) == Some(role));
    match last.and_then(|last| last.get_mut("content")?.as_array_mut()) {
        Some(content) => content.extend(blocks),
        None => messages.push(serde_json::json!({"role": role, "content": blocks})),
    }
}

/// A call's id in the letters that Anthropic and Bedrock allow: another provider may have given it.
pub(super) fn call_id(id: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    id.chars().map(|letter| if allowed(letter) { letter } else { '_' }).collect()
}

/// The tools that the conversation called, for a request that gives none itself though its provider wants
/// them.
pub(super) fn called_tools(turns: &[Turn]) -> Vec<Tool> {
    let mut tools: Vec<Tool> = Vec::new();
    for turn in turns {
        let Turn::Assistant { calls, .. } = turn else { continue };
        for call in calls {
            if tools.iter().all(|tool| tool.name != call.name) {
                let parameters = serde_json::json!({"type": "object", "properties": {}});
                tools.push(Tool { name: call.name.clone(), description: None, parameters, strict: None });
            }
        }
    }
    tools
}

/// The schema of a tool's parameters with the `type` that Anthropic and Bedrock insist on.
pub(super) fn object_schema(parameters: &Value) -> Value {
    let mut schema = parameters.clone();
    if let Some(fields) = schema.as_object_mut() {
        fields.entry("type").or_insert_with(|| "object".into());
    }
    schema
}

/// The texts of an embeddings request.
///
/// # Errors
/// If they are tokens, which only OpenAI's own models know.
pub(super) fn inputs(body: &Map<String, Value>) -> Result<Vec<&str>, Error> {
    let wrong = || invalid("`input` is a text or a list of texts.", "input");
    match body.get("input") {
        Some(Value::String(text)) => Ok(vec![text]),
        Some(Value::Array(texts)) => texts.iter().map(|text| text.as_str().ok_or_else(wrong)).collect(),
        _ => Err(wrong()),
    }
}

/// What a flavour that has one answer a call says to a request for several.
///
/// # Errors
/// If `n` is over 1.
pub(super) fn only_one(body: &Map<String, Value>) -> Result<(), Error> {
    match body.get("n").and_then(Value::as_u64) {
        Some(n) if n > 1 => Err(invalid("This model gives one answer a call: `n` can only be 1.", "n")),
        _ => Ok(()),
    }
}

/// OpenAI's list of embeddings, of vectors in the order of the inputs.
pub(super) fn embeddings(model: &str, vectors: Vec<Value>, input_tokens: Option<u64>) -> Value {
    let data = vectors.into_iter().enumerate().map(|(index, embedding)| {
        serde_json::json!({"object": "embedding", "index": index, "embedding": embedding})
    });
    let mut list = serde_json::json!({"object": "list", "data": data.collect::<Vec<_>>(), "model": model});
    if let Some(tokens) = input_tokens {
        list["usage"] = serde_json::json!({"prompt_tokens": tokens, "total_tokens": tokens});
    }
    list
}
