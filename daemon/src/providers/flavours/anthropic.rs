//! Anthropic's Messages API. Vertex AI serves the same body under other paths, so its parts are reusable.

mod generation;
mod stream;
mod thinking;

pub(super) use generation::Generation;
pub(super) use thinking::{Thought, thinking};

use super::chunks::{self, Chunks};
use super::conversation::{self, Format, Part, ToolChoice, Turn};
use super::{Call, Flavour, Outgoing, Problem, Reader};
use crate::error::Error;
use serde_json::{Map, Value, json};
use stream::{Counts, Events};

/// The beta that has `output_format`.
pub(super) const STRUCTURED_OUTPUTS: &str = "structured-outputs-2025-11-13";

/// What an answer may have where neither the request nor the catalogue says: every model can write as much.
const MAX_TOKENS: u64 = 4096;

/// Anthropic's own API.
pub(super) struct Anthropic;

impl Flavour for Anthropic {
    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        let mut body = body(call)?;
        body["model"] = call.model.into();
        let mut outgoing = Outgoing::json("/messages", &body);
        outgoing.headers.push(("anthropic-version", "2023-06-01"));
        if body.get("output_format").is_some() {
            outgoing.headers.push(("anthropic-beta", STRUCTURED_OUTPUTS));
        }
        Ok(outgoing)
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        whole(call, &answer)
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        reader(call)
    }
}

/// The request's body without its `model`.
///
/// # Errors
/// If the request is not of OpenAI's shape, or asks for several answers.
pub(super) fn body(call: &Call<'_>) -> Result<Value, Error> {
    let asked = call.body;
    conversation::only_one(asked)?;
    let turns = conversation::turns(asked)?;
    let generation = Generation::of(call.model);
    let Thought { thinking, effort } = thinking(call, &turns);
    // Thinking goes with none of the sampling fields.
    let thinks = thinking.as_ref().is_some_and(|thinking| thinking["type"] != "disabled");
    let samples = !thinks && !generation.is_only_adaptive();
    let sampling = |value: Option<Value>| value.filter(|_| samples);
    let temperature = conversation::temperature(asked);
    // Newer models refuse both at once, while OpenAI's clients often send both.
    let top_p = conversation::number(asked, "top_p").filter(|_| temperature.is_none());
    let format = conversation::format(asked);
    let (schema, sentence) = match &format {
        Format::Schema { schema, .. } => (Some(json!({"type": "json_schema", "schema": schema})), None),
        format => (None, conversation::instruction_of(format)),
    };
    let (format, output_format) =
        if generation.has_output_config() { (schema, None) } else { (None, schema) };
    let stops = conversation::stops(asked);
    let (tools, tool_choice) = tools(asked, &turns);
    let fields = [
        ("system", conversation::instructions(&turns, sentence).map(Value::from)),
        ("messages", Some(messages(&turns).into())),
        ("max_tokens", Some(max_tokens(call).into())),
        ("temperature", sampling(temperature)),
        ("top_p", sampling(top_p)),
        ("top_k", sampling(conversation::number(asked, "top_k"))),
        ("stop_sequences", (!stops.is_empty()).then(|| stops.into())),
        ("tools", tools),
        ("tool_choice", tool_choice),
        ("thinking", thinking),
        ("output_config", output_config(effort, format)),
        ("output_format", output_format),
        ("metadata", conversation::text(asked, "user").map(|user| json!({"user_id": user}))),
        ("stream", call.stream.then_some(Value::Bool(true))),
    ];
    Ok(fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// Most tokens of the answer, its thinking counted.
pub(super) fn max_tokens(call: &Call<'_>) -> u64 {
    conversation::max_tokens(call.body).or(call.max_output_tokens).unwrap_or(MAX_TOKENS)
}

fn output_config(effort: Option<&str>, format: Option<Value>) -> Option<Value> {
    let fields = [("effort", effort.map(Value::from)), ("format", format)];
    let config: Map<String, Value> =
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    (!config.is_empty()).then(|| config.into())
}

fn messages(turns: &[Turn]) -> Vec<Value> {
    let mut messages = Vec::new();
    // Blocks without a visible letter are refused.
    let text = |text: &str| (!text.trim().is_empty()).then(|| json!({"type": "text", "text": text}));
    for turn in turns {
        match turn {
            Turn::System(_) => {}
            Turn::User(parts) => {
                let block = |part: &Part| match part {
                    Part::Text(said) => text(said),
                    Part::Image { media_type, data } => Some(image(media_type, data)),
                    Part::ImageUrl(url) => {
                        Some(json!({"type": "image", "source": {"type": "url", "url": url}}))
                    }
                };
                conversation::append(&mut messages, "user", parts.iter().filter_map(block).collect());
            }
            Turn::Assistant { text: said, calls } => {
                // White space at the end of a beginning that the model continues is refused.
                let mut blocks: Vec<Value> = text(said.trim_end()).into_iter().collect();
                blocks.extend(calls.iter().map(|call| {
                    let id = conversation::call_id(&call.id);
                    json!({"type": "tool_use", "id": id, "name": call.name, "input": call.arguments})
                }));
                conversation::append(&mut messages, "assistant", blocks);
            }
            Turn::Tool { call_id, text } => {
                let id = conversation::call_id(call_id);
                let result = json!({"type": "tool_result", "tool_use_id": id, "content": text});
                conversation::append(&mut messages, "user", vec![result]);
            }
        }
    }
    messages
}

fn image(media_type: &str, data: &str) -> Value {
    let media_type = if media_type == "image/jpg" { "image/jpeg" } else { media_type };
    json!({"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}})
}

/// The tools and which of them is called. A conversation that called tools must define them even when no more
/// are to be called.
fn tools(asked: &Map<String, Value>, turns: &[Turn]) -> (Option<Value>, Option<Value>) {
    let mut tools = conversation::tools(asked);
    let mut choice = conversation::tool_choice(asked);
    if tools.is_empty() {
        tools = conversation::called_tools(turns);
        choice = Some(ToolChoice::None);
    }
    if tools.is_empty() {
        return (None, None);
    }
    let tools = tools.iter().map(|tool| {
        let mut described = json!({"name": tool.name});
        if let Some(description) = &tool.description {
            described["description"] = description.as_str().into();
        }
        described["input_schema"] = conversation::object_schema(&tool.parameters);
        described
    });
    let one_at_a_time = conversation::parallel_tool_calls(asked) == Some(false);
    let mut choice = match choice {
        None if one_at_a_time => Some(json!({"type": "auto"})),
        None => None,
        Some(ToolChoice::Auto) => Some(json!({"type": "auto"})),
        Some(ToolChoice::None) => Some(json!({"type": "none"})),
        Some(ToolChoice::Required) => Some(json!({"type": "any"})),
        Some(ToolChoice::Named(name)) => Some(json!({"type": "tool", "name": name})),
    };
    if let Some(choice) = choice.as_mut().filter(|choice| one_at_a_time && choice["type"] != "none") {
        choice["disable_parallel_tool_use"] = true.into();
    }
    (Some(tools.collect()), choice)
}

/// A whole answer, in OpenAI's shape.
///
/// # Errors
/// If it has no content.
pub(super) fn whole(call: &Call<'_>, answer: &Value) -> Result<Value, Problem> {
    let content = answer["content"].as_array().ok_or_else(|| Problem::garbled("there is no `content`"))?;
    let (mut text, mut reasoning, mut calls) = (String::new(), String::new(), Vec::new());
    let field = |block: &Value, name: &str| block[name].as_str().unwrap_or_default().to_owned();
    for block in content {
        match block["type"].as_str() {
            Some("text") => text.push_str(&field(block, "text")),
            Some("thinking") => reasoning.push_str(&field(block, "thinking")),
            Some("tool_use") => {
                calls.push(chunks::call(&field(block, "id"), &field(block, "name"), &block["input"]));
            }
            // Encrypted thinking and the provider's own tools have no place in OpenAI's shape.
            _ => {}
        }
    }
    let mut chunks = Chunks::new(call.model);
    chunks.identify(answer["id"].as_str(), answer["model"].as_str());
    let message = chunks::message(&text, &reasoning, calls);
    let reason = finish_reason(answer["stop_reason"].as_str());
    Ok(chunks.whole(message, reason, Counts::default().with(&answer["usage"]).usage()))
}

/// What reads a streamed answer.
pub(super) fn reader(call: &Call<'_>) -> Box<dyn Reader> {
    Box::new(Events::new(call))
}

/// OpenAI's reason of an answer's end.
pub(super) fn finish_reason(reason: Option<&str>) -> &'static str {
    match reason {
        Some("max_tokens" | "model_context_window_exceeded") => "length",
        Some("tool_use") => "tool_calls",
        Some("refusal") => "content_filter",
        _ => "stop",
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{chat, sent};
    use super::*;

    fn weather(messages: Value) -> Value {
        json!({"messages": messages, "tools": [{"type": "function", "function": {"name": "weather",
            "description": "Tells it.", "parameters": {"properties": {"city": {"type": "string"}}}}}]})
    }

    #[test]
    fn a_whole_answer_is_translated() {
        let answer = json!({"id": "msg_2", "model": "claude-x", "stop_reason": "tool_use", "content": [
            {"type": "thinking", "thinking": "Look.", "signature": "c2ln"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "tool_use", "id": "toolu_a", "name": "weather", "input": {"city": "Bonn"}}],
            "usage": {"input_tokens": 3, "cache_read_input_tokens": 7, "output_tokens": 5}});
        let body = json!({});
        let answer = Anthropic.answer(&chat(&body, "model"), answer).unwrap();
        let choice = &answer["choices"][0];
        assert_eq!(
            choice["message"],
            json!({"role": "assistant", "content": null, "reasoning_content": "Look.", "tool_calls": [
                {"id": "toolu_a", "type": "function",
                    "function": {"name": "weather", "arguments": "{\"city\":\"Bonn\"}"}}]})
        );
        assert_eq!(
            (&choice["finish_reason"], &answer["usage"]["prompt_tokens"]),
            (&json!("tool_calls"), &json!(10))
        );
        assert!(Anthropic.answer(&chat(&body, "model"), json!({"type": "message"})).is_err());
    }

    #[test]
    fn a_conversation_is_translated() {
        let mut body = weather(json!([
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Look:"},
            {"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": "data:image/jpg;base64,AAAA"}},
                {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}]},
            {"role": "assistant", "content": "", "tool_calls": [
                {"id": "call.1", "type": "function",
                    "function": {"name": "weather", "arguments": "{\"city\":\"X\"}"}},
                {"id": "call_2", "type": "function", "function": {"name": "weather", "arguments": ""}}]},
            {"role": "tool", "tool_call_id": "call.1", "content": "rain"},
            {"role": "tool", "tool_call_id": "call_2", "content": "sun"},
            {"role": "developer", "content": "In English."}, {"role": "user", "content": "And?"}]));
        let more = json!({"stop": "END", "temperature": 1.4, "top_k": 5, "seed": 1, "user": "u",
            "parallel_tool_calls": false, "reasoning_effort": "low",
            "response_format": {"type": "json_object"}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let sent = sent(&Anthropic, &body);
        let system = sent["system"].as_str().unwrap();
        assert!(system.starts_with("Be brief.\n\nIn English.\n\nAnswer with one valid JSON object"));
        assert_eq!(
            sent["messages"],
            json!([
                {"role": "user", "content": [{"type": "text", "text": "Look:"},
                    {"type": "image",
                        "source": {"type": "base64", "media_type": "image/jpeg", "data": "AAAA"}},
                    {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}}]},
                {"role": "assistant", "content": [
                    {"type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "X"}},
                    {"type": "tool_use", "id": "call_2", "name": "weather", "input": {}}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "call_1", "content": "rain"},
                    {"type": "tool_result", "tool_use_id": "call_2", "content": "sun"},
                    {"type": "text", "text": "And?"}]}])
        );
        let mut rest = sent.as_object().unwrap().clone();
        rest.retain(|name, _| name != "system" && name != "messages");
        assert_eq!(
            Value::Object(rest),
            json!({"model": "model", "max_tokens": 4096, "temperature": 1, "top_k": 5,
                "stop_sequences": ["END"],
                "tools": [{"name": "weather", "description": "Tells it.",
                    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}],
                "tool_choice": {"type": "auto", "disable_parallel_tool_use": true},
                "metadata": {"user_id": "u"}})
        );
    }

    #[test]
    fn effort_is_a_budget_below_the_answers_bound() {
        let budget = |effort: &str, most: u64, choice: &str| {
            let mut body = weather(json!([{"role": "user", "content": "Hi"}]));
            body["reasoning_effort"] = effort.into();
            body["max_tokens"] = most.into();
            body["tool_choice"] = choice.into();
            body["temperature"] = json!(0.5);
            let sent = sent(&Anthropic, &body);
            assert_eq!(sent.get("thinking").is_some(), sent.get("temperature").is_none());
            sent["thinking"]["budget_tokens"].as_u64()
        };
        assert_eq!(budget("minimal", 4096, "auto"), Some(1024));
        assert_eq!(budget("high", 4096, "auto"), Some(3072));
        assert_eq!(budget("high", 1025, "auto"), None);
        assert_eq!(budget("high", 4096, "required"), None);
        assert_eq!(budget("none", 4096, "auto"), None);
    }

    #[test]
    fn newer_models_decide_by_themselves_how_much_they_think() {
        let sent = |model: &str, more: &Value| -> Value {
            let mut body = weather(json!([{"role": "user", "content": "Hi"}]));
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let sent = serde_json::from_slice(&Anthropic.outgoing(&chat(&body, model)).unwrap().body);
            let sent: Value = sent.unwrap();
            let fields = ["thinking", "output_config", "temperature", "top_k"];
            fields.iter().filter_map(|name| Some(((*name).to_owned(), sent.get(*name)?.clone()))).collect()
        };
        let adaptive = json!({"type": "adaptive"});
        let hard = json!({"reasoning_effort": "xhigh", "temperature": 0.5});
        let expected = |effort: &str| json!({"thinking": adaptive, "output_config": {"effort": effort}});
        assert_eq!(sent("claude-sonnet-4-6", &hard), expected("max"));
        assert_eq!(sent("claude-opus-4-7", &hard), expected("xhigh"));
        let plain = json!({"temperature": 0.5, "top_k": 3});
        assert_eq!(sent("claude-sonnet-4-6", &plain), plain);
        assert_eq!(sent("claude-opus-5", &plain), json!({}), "it refuses settings of sampling");
        let budget = json!({"thinking": {"type": "enabled", "budget_tokens": 2048}});
        assert_eq!(sent("claude-opus-4-6", &budget), budget, "what the client says itself is still taken");
        assert_eq!(sent("claude-sonnet-5", &budget), json!({"thinking": adaptive}));
        let off = json!({"thinking": {"type": "disabled"}});
        assert_eq!(sent("claude-sonnet-5", &json!({"reasoning_effort": "none"})), off);
        assert_eq!(sent("claude-fable-5", &off), json!({}), "it always thinks");
        let forced = json!({"reasoning_effort": "high", "tool_choice": "required"});
        assert_eq!(sent("claude-opus-4-7", &forced), json!({"output_config": {"effort": "high"}}));
    }

    #[test]
    fn newer_models_have_the_schema_in_their_output_config_and_need_no_beta() {
        let schema = json!({"type": "object", "properties": {}, "additionalProperties": false});
        let body = json!({"messages": [], "reasoning_effort": "low", "response_format":
            {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}});
        let format = json!({"type": "json_schema", "schema": schema});
        for (model, config) in [
            ("claude-haiku-4-5", json!({"format": format})),
            ("claude-opus-4-7", json!({"effort": "low", "format": format})),
        ] {
            let outgoing = Anthropic.outgoing(&chat(&body, model)).unwrap();
            assert_eq!(outgoing.headers, [("anthropic-version", "2023-06-01")]);
            let sent: Value = serde_json::from_slice(&outgoing.body).unwrap();
            assert_eq!((&sent["output_config"], sent.get("output_format")), (&config, None), "{model}");
        }
    }

    #[test]
    fn a_schema_needs_its_beta_and_several_answers_are_refused() {
        let schema = json!({"type": "object", "properties": {}, "additionalProperties": false});
        let mut body = json!({"messages": [], "response_format":
            {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}});
        let outgoing = Anthropic.outgoing(&chat(&body, "model")).unwrap();
        assert_eq!(
            outgoing.headers,
            [("anthropic-version", "2023-06-01"), ("anthropic-beta", STRUCTURED_OUTPUTS)]
        );
        let output_format = json!({"type": "json_schema", "schema": schema});
        assert_eq!(sent(&Anthropic, &body)["output_format"], output_format);
        body["n"] = 2.into();
        assert!(Anthropic.outgoing(&chat(&body, "model")).is_err());
    }
}
