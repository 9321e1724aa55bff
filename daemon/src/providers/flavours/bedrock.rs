//! AWS Bedrock: its Converse API, which has one shape for the models of all its makers, and embeddings.

mod embeddings;
mod stream;

use super::anthropic::Generation;
use super::chunks::{self, Chunks};
use super::conversation::{self, Format, Part, ToolChoice, Turn};
use super::{Call, Flavour, Operation, Outgoing, Problem, Reader, anthropic};
use crate::error::Error;
use crate::providers::framing::Framing;
use serde_json::{Map, Value, json};

/// Bedrock's runtime. Its requests are signed elsewhere.
pub(super) struct Bedrock;

impl Flavour for Bedrock {
    fn serves(&self, operation: Operation) -> bool {
        operation != Operation::Responses
    }

    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        let model: String = form_urlencoded::byte_serialize(call.model.as_bytes()).collect();
        // Forms write a space as a plus sign, paths don't.
        let model = model.replace('+', "%20");
        if call.operation == Operation::Embeddings {
            return Ok(Outgoing::json(format!("/model/{model}/invoke"), &embeddings::body(call)?));
        }
        let action = if call.stream { "converse-stream" } else { "converse" };
        Ok(Outgoing::json(format!("/model/{model}/{action}"), &body(call)?))
    }

    fn framing(&self) -> Framing {
        Framing::AwsEvents
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        if call.operation == Operation::Embeddings {
            return embeddings::list(call, &answer);
        }
        let content = answer["output"]["message"]["content"].as_array();
        let content = content.ok_or_else(|| Problem::garbled("there is no `output.message.content`"))?;
        let (mut text, mut reasoning, mut calls) = (String::new(), String::new(), Vec::new());
        for block in content {
            text.push_str(block["text"].as_str().unwrap_or_default());
            let thought = &block["reasoningContent"]["reasoningText"]["text"];
            reasoning.push_str(thought.as_str().unwrap_or_default());
            if let Some(tool) = block.get("toolUse") {
                let field = |name: &str| tool[name].as_str().unwrap_or_default();
                calls.push(chunks::call(field("toolUseId"), field("name"), &tool["input"]));
            }
        }
        let message = chunks::message(&text, &reasoning, calls);
        let reason = finish_reason(answer["stopReason"].as_str());
        Ok(Chunks::new(call.model).whole(message, reason, usage(&answer["usage"])))
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        Box::new(stream::Events::new(call))
    }

    /// Some of AWS's services begin `Message` with a capital, and some put the error's type into the body.
    fn problem(&self, body: &Value) -> Problem {
        let text = |names: [&str; 2]| names.iter().find_map(|name| body.get(*name).and_then(Value::as_str));
        let code = text(["__type", "code"]).map(|code| code.rsplit('#').next().unwrap_or(code).to_owned());
        let message = text(["message", "Message"]).unwrap_or_default().to_owned();
        Problem { message, code, ..Problem::default() }
    }
}

fn body(call: &Call<'_>) -> Result<Value, Error> {
    let asked = call.body;
    conversation::only_one(asked)?;
    let turns = conversation::turns(asked)?;
    let format = output_config(call);
    let own = conversation::instruction_of(&conversation::format(asked)).filter(|_| format.is_none());
    let system = conversation::instructions(&turns, own).map(|text| json!([{"text": text}]));
    let more = anthropic_fields(call, &turns);
    let fields = [
        ("system", system),
        ("messages", Some(messages(&turns)?.into())),
        ("inferenceConfig", inference(call, &more)),
        ("toolConfig", tools(asked, &turns)),
        ("outputConfig", format),
        ("additionalModelRequestFields", (!more.is_empty()).then(|| more.into())),
    ];
    Ok(fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// Whether a model is Anthropic's: its id or the ARN of its inference profile says so.
fn is_anthropic(model: &str) -> bool {
    model.contains("anthropic")
}

/// What Converse has no field for, and Anthropic's models know.
fn anthropic_fields(call: &Call<'_>, turns: &[Turn]) -> Map<String, Value> {
    let mut fields = Map::new();
    if !is_anthropic(call.model) {
        return fields;
    }
    let thought = anthropic::thinking(call, turns);
    if let Some(thinking) = thought.thinking {
        fields.insert("thinking".into(), thinking);
    }
    if let Some(effort) = thought.effort {
        fields.insert("output_config".into(), json!({"effort": effort}));
    }
    if let Some(top_k) = conversation::number(call.body, "top_k").filter(|_| samples(call, &fields)) {
        fields.insert("top_k".into(), top_k);
    }
    fields
}

/// Whether a model takes settings of sampling: Anthropic's newer ones don't, and none does that thinks.
fn samples(call: &Call<'_>, more: &Map<String, Value>) -> bool {
    let refuses = is_anthropic(call.model) && Generation::of(call.model).is_only_adaptive();
    !refuses && !thinks(more)
}

/// The form of the answer, where the model has a field for it; others are asked in words.
fn output_config(call: &Call<'_>) -> Option<Value> {
    if !is_anthropic(call.model) || !Generation::of(call.model).has_output_config() {
        return None;
    }
    let Format::Schema { name, schema, .. } = conversation::format(call.body) else { return None };
    let schema = json!({"jsonSchema": {"name": name, "schema": schema.to_string()}});
    Some(json!({"textFormat": {"type": "json_schema", "structure": schema}}))
}

fn thinks(fields: &Map<String, Value>) -> bool {
    fields.get("thinking").is_some_and(|thinking| thinking["type"] != "disabled")
}

fn inference(call: &Call<'_>, more: &Map<String, Value>) -> Option<Value> {
    let asked = call.body;
    // The budget of thinking is reckoned from the bound, so the two go together.
    let most = conversation::max_tokens(asked).or_else(|| thinks(more).then(|| anthropic::max_tokens(call)));
    let samples = samples(call, more);
    let temperature = conversation::temperature(asked).filter(|_| samples);
    // Anthropic's newer models refuse both at once.
    let alone = !is_anthropic(call.model) || temperature.is_none();
    let top_p = conversation::number(asked, "top_p").filter(|_| alone && samples);
    let stops = conversation::stops(asked);
    let fields = [
        ("maxTokens", most.map(Value::from)),
        ("temperature", temperature),
        ("topP", top_p),
        ("stopSequences", (!stops.is_empty()).then(|| stops.into())),
    ];
    let fields: Map<String, Value> =
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    (!fields.is_empty()).then(|| fields.into())
}

fn messages(turns: &[Turn]) -> Result<Vec<Value>, Error> {
    let mut messages = Vec::new();
    for turn in turns {
        match turn {
            Turn::System(_) => {}
            Turn::User(parts) => {
                let blocks = parts.iter().filter_map(|part| block(part).transpose());
                conversation::append(&mut messages, "user", blocks.collect::<Result<_, _>>()?);
            }
            Turn::Assistant { text, calls } => {
                let mut blocks: Vec<Value> = said(text.trim_end()).into_iter().collect();
                blocks.extend(calls.iter().map(|call| {
                    let id = conversation::call_id(&call.id);
                    json!({"toolUse": {"toolUseId": id, "name": call.name, "input": call.arguments}})
                }));
                conversation::append(&mut messages, "assistant", blocks);
            }
            Turn::Tool { call_id, text } => {
                // A result needs a block, and a block some text.
                let content = said(text).unwrap_or_else(|| json!({"text": "(no output)"}));
                let id = conversation::call_id(call_id);
                let result = json!({"toolResult": {"toolUseId": id, "content": [content]}});
                conversation::append(&mut messages, "user", vec![result]);
            }
        }
    }
    Ok(messages)
}

/// A block of text; blank ones are refused.
fn said(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({"text": text}))
}

fn block(part: &Part) -> Result<Option<Value>, Error> {
    let (media_type, data) = match part {
        Part::Text(text) => return Ok(said(text)),
        Part::Image { media_type, data } => (media_type.as_str(), data),
        Part::ImageUrl(_) => {
            let message = "This model fetches no images: send the image itself as a `data:` URL.";
            return Err(Error::invalid("messages", message));
        }
    };
    let format = match media_type {
        "image/png" => "png",
        "image/jpeg" | "image/jpg" => "jpeg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        other => {
            let message = format!("This model reads PNG, JPEG, GIF and WebP images, not `{other}`.");
            return Err(Error::invalid("messages", message));
        }
    };
    Ok(Some(json!({"image": {"format": format, "source": {"bytes": data}}})))
}

/// The tools and which of them is called. Converse can't say that none is; it wants the tools defined all the
/// same where the conversation called any.
fn tools(asked: &Map<String, Value>, turns: &[Turn]) -> Option<Value> {
    let mut tools = conversation::tools(asked);
    let mut choice = conversation::tool_choice(asked);
    let called = conversation::called_tools(turns);
    if choice == Some(ToolChoice::None) && called.is_empty() {
        return None;
    }
    if tools.is_empty() {
        tools = called;
        choice = None;
    }
    if tools.is_empty() {
        return None;
    }
    let tools = tools.iter().map(|tool| {
        let mut described = json!({"name": tool.name});
        if let Some(description) = tool.description.as_deref().filter(|text| !text.is_empty()) {
            described["description"] = description.into();
        }
        described["inputSchema"] = json!({"json": conversation::object_schema(&tool.parameters)});
        json!({"toolSpec": described})
    });
    let mut config = json!({"tools": tools.collect::<Vec<_>>()});
    match choice {
        Some(ToolChoice::Auto) => config["toolChoice"] = json!({"auto": {}}),
        Some(ToolChoice::Required) => config["toolChoice"] = json!({"any": {}}),
        Some(ToolChoice::Named(name)) => config["toolChoice"] = json!({"tool": {"name": name}}),
        Some(ToolChoice::None) | None => {}
    }
    Some(config)
}

fn finish_reason(reason: Option<&str>) -> &'static str {
    match reason {
        Some("guardrail_intervened" | "content_filtered") => "content_filter",
        reason => anthropic::finish_reason(reason),
    }
}

/// OpenAI's usage object: Bedrock counts what was read from a cache or written to one beside the input.
fn usage(usage: &Value) -> Value {
    let count = |name: &str| usage[name].as_u64().unwrap_or_default();
    let (cached, written) = (count("cacheReadInputTokens"), count("cacheWriteInputTokens"));
    let input = count("inputTokens").saturating_add(cached).saturating_add(written);
    chunks::usage(input, cached, written, count("outputTokens"), None)
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{chat, sent};
    use super::*;

    const CLAUDE: &str = "eu.anthropic.claude-x-v1:0";

    fn sent_to(model: &str, body: &Value) -> Value {
        serde_json::from_slice(&Bedrock.outgoing(&chat(body, model)).unwrap().body).unwrap()
    }

    fn tools() -> Value {
        json!([{"type": "function", "function": {"name": "weather", "description": "Tells it.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}])
    }

    fn spec() -> Value {
        json!({"toolSpec": {"name": "weather", "description": "Tells it.", "inputSchema":
            {"json": {"type": "object", "properties": {"city": {"type": "string"}}}}}})
    }

    fn called() -> Value {
        json!([
            {"role": "user", "content": "Rain?"},
            {"role": "assistant", "content": "I look.", "tool_calls": [
                {"id": "call:1", "type": "function",
                    "function": {"name": "weather", "arguments": "{\"city\":\"X\"}"}},
                {"id": "call_2", "type": "function", "function": {"name": "weather", "arguments": ""}}]},
            {"role": "tool", "tool_call_id": "call:1", "content": "rain"},
            {"role": "tool", "tool_call_id": "call_2", "content": ""}])
    }

    #[test]
    fn the_path_has_the_models_id_and_the_way_of_answering() {
        let body = json!({"messages": []});
        let arn = "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.a-b_c";
        let call = chat(&body, arn);
        let path = "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.a-b_c/converse";
        assert_eq!(Bedrock.outgoing(&call).unwrap().path, path);
        let outgoing = Bedrock.outgoing(&Call { stream: true, ..call }).unwrap();
        assert_eq!(outgoing.path, format!("{path}-stream"));
    }

    #[test]
    fn a_conversation_is_translated() {
        let mut messages = called();
        let image = json!({"role": "user", "content": [{"type": "text", "text": "And here?"},
            {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AAAA"}}]});
        messages.as_array_mut().unwrap().push(image);
        messages.as_array_mut().unwrap().push(json!({"role": "system", "content": "Be brief."}));
        let body = json!({"messages": messages, "tools": tools(), "tool_choice": "required",
            "stop": ["A", "B"], "max_tokens": 50, "temperature": 2, "top_p": 0.9, "seed": 1});
        assert_eq!(
            sent(&Bedrock, &body),
            json!({
                "system": [{"text": "Be brief."}],
                "messages": [
                    {"role": "user", "content": [{"text": "Rain?"}]},
                    {"role": "assistant", "content": [{"text": "I look."},
                        {"toolUse": {"toolUseId": "call_1", "name": "weather", "input": {"city": "X"}}},
                        {"toolUse": {"toolUseId": "call_2", "name": "weather", "input": {}}}]},
                    {"role": "user", "content": [
                        {"toolResult": {"toolUseId": "call_1", "content": [{"text": "rain"}]}},
                        {"toolResult": {"toolUseId": "call_2", "content": [{"text": "(no output)"}]}},
                        {"text": "And here?"},
                        {"image": {"format": "jpeg", "source": {"bytes": "AAAA"}}}]}],
                "inferenceConfig": {"maxTokens": 50, "temperature": 1, "topP": 0.9,
                    "stopSequences": ["A", "B"]},
                "toolConfig": {"tools": [spec()], "toolChoice": {"any": {}}},
            })
        );
    }

    #[test]
    fn no_tool_may_be_called_and_yet_those_that_were_stay_defined() {
        let hello = json!([{"role": "user", "content": "Hi"}]);
        let config = |messages: Value, tools: Value, choice: &str| {
            let body = json!({"messages": messages, "tools": tools, "tool_choice": choice});
            sent(&Bedrock, &body)["toolConfig"].take()
        };
        assert_eq!(config(hello, tools(), "none"), Value::Null);
        assert_eq!(config(called(), tools(), "none"), json!({"tools": [spec()]}));
        let bare = json!({"name": "weather", "inputSchema": {"json": {"type": "object", "properties": {}}}});
        assert_eq!(config(called(), json!([]), "auto"), json!({"tools": [{"toolSpec": bare}]}));
        let named = json!({"type": "function", "function": {"name": "weather"}});
        let body = json!({"messages": [], "tools": tools(), "tool_choice": named});
        assert_eq!(sent(&Bedrock, &body)["toolConfig"]["toolChoice"], json!({"tool": {"name": "weather"}}));
    }

    #[test]
    fn images_by_address_and_of_other_types_are_refused() {
        for url in ["https://a.example/b.png", "data:image/tiff;base64,AAAA"] {
            let content = json!([{"type": "image_url", "image_url": {"url": url}}]);
            let body = json!({"messages": [{"role": "user", "content": content}]});
            assert!(Bedrock.outgoing(&chat(&body, "model")).is_err(), "{url}");
        }
    }

    #[test]
    fn a_schema_is_asked_for_in_words() {
        let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
        let body = json!({"messages": [], "response_format":
            {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}});
        let sent = sent(&Bedrock, &body);
        assert!(sent["system"][0]["text"].as_str().unwrap().ends_with(&schema.to_string()));
    }

    #[test]
    fn only_anthropics_models_are_told_how_to_think() {
        let body = json!({"messages": [], "reasoning_effort": "high", "temperature": 0.5, "top_k": 3});
        let thinking = json!({"thinking": {"type": "enabled", "budget_tokens": 3072}});
        let claude = sent_to(CLAUDE, &body);
        assert_eq!(claude["additionalModelRequestFields"], thinking);
        assert_eq!(claude["inferenceConfig"], json!({"maxTokens": 4096}));
        let other = sent_to("amazon.nova-x", &body);
        assert_eq!(other, json!({"messages": [], "inferenceConfig": {"temperature": 0.5}}));
        let both = json!({"messages": [], "temperature": 0.5, "top_p": 1});
        assert_eq!(sent_to(CLAUDE, &both)["inferenceConfig"], json!({"temperature": 0.5}));
    }

    #[test]
    fn newer_claudes_are_told_what_they_want_to_be_told() {
        let schema = json!({"type": "object"});
        let body = json!({"messages": [], "reasoning_effort": "high", "temperature": 0.5, "top_k": 3,
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}});
        let sent = sent_to("us.anthropic.claude-opus-4-7", &body);
        let more = json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}});
        assert_eq!(sent["additionalModelRequestFields"], more);
        let structure = json!({"jsonSchema": {"name": "a", "schema": "{\"type\":\"object\"}"}});
        let format = json!({"textFormat": {"type": "json_schema", "structure": structure}});
        assert_eq!((&sent["outputConfig"], sent.get("system")), (&format, None));
        assert_eq!(sent["inferenceConfig"], json!({"maxTokens": 4096}));
        let plain = json!({"messages": [], "temperature": 0.5, "top_p": 0.5, "top_k": 3});
        assert_eq!(sent_to("anthropic.claude-opus-5", &plain), json!({"messages": []}));
    }

    #[test]
    fn a_whole_answer_is_translated() {
        let answer = json!({"output": {"message": {"role": "assistant", "content": [
            {"reasoningContent": {"reasoningText": {"text": "Look.", "signature": "c2ln"}}},
            {"text": "One moment."},
            {"toolUse": {"toolUseId": "tooluse_a", "name": "weather", "input": {"city": "Bonn"}}}]}},
            "stopReason": "tool_use", "metrics": {"latencyMs": 5}, "usage": {"inputTokens": 3,
                "outputTokens": 5, "totalTokens": 20, "cacheReadInputTokens": 8,
                "cacheWriteInputTokens": 4}});
        let body = json!({});
        let answer = Bedrock.answer(&chat(&body, "model"), answer).unwrap();
        assert_eq!(
            answer["choices"][0]["message"],
            json!({"role": "assistant", "content": "One moment.", "reasoning_content": "Look.",
                "tool_calls": [
                {"id": "tooluse_a", "type": "function",
                    "function": {"name": "weather", "arguments": "{\"city\":\"Bonn\"}"}}]})
        );
        assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");
        assert_eq!(
            answer["usage"],
            json!({"prompt_tokens": 15, "completion_tokens": 5, "total_tokens": 20,
                "prompt_tokens_details": {"cached_tokens": 8, "cache_write_tokens": 4}})
        );
        assert!(Bedrock.answer(&chat(&body, "model"), json!({"message": "?"})).is_err());
    }

    #[test]
    fn an_errors_message_is_found_under_either_name() {
        let body = json!({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "No."});
        let problem = Bedrock.problem(&body);
        assert_eq!(
            (problem.message.as_str(), problem.code.as_deref()),
            ("No.", Some("AccessDeniedException"))
        );
    }
}
