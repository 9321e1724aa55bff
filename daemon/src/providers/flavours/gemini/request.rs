//! OpenAI's chat request as a `GenerateContentRequest`.

use super::super::Call;
use super::super::conversation::{self, Format, Part, ToolCall, ToolChoice, Turn};
use crate::error::Error;
use serde_json::{Map, Value, json};

/// Fields that only have another name in `generationConfig`.
const RENAMED: [(&str, &str); 7] = [
    ("temperature", "temperature"),
    ("top_p", "topP"),
    ("top_k", "topK"),
    ("seed", "seed"),
    ("n", "candidateCount"),
    ("presence_penalty", "presencePenalty"),
    ("frequency_penalty", "frequencyPenalty"),
];

/// What Google's reference gives for calls whose signature is lost, or that another model made.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// The body of `generateContent` and `streamGenerateContent`.
///
/// # Errors
/// If the request is not of OpenAI's shape, or asks for something that Gemini has no word for.
pub(crate) fn body(call: &Call<'_>) -> Result<Value, Error> {
    let (mut system, mut contents) = contents(call)?;
    if contents.is_empty() && !system.is_empty() {
        // Gemini answers a user: instructions alone are refused.
        contents.push(json!({"role": "user", "parts": std::mem::take(&mut system)}));
    }
    let mut body = Map::new();
    if !system.is_empty() {
        body.insert("systemInstruction".into(), json!({"parts": system}));
    }
    body.insert("contents".into(), contents.into());
    tools(call.body, &mut body);
    let generation = generation(call.body)?;
    if !generation.is_empty() {
        body.insert("generationConfig".into(), generation.into());
    }
    if let Some(settings) = call.body.get("safety_settings") {
        body.insert("safetySettings".into(), settings.clone());
    }
    Ok(body.into())
}

/// The parts of the instructions, and the turns.
fn contents(call: &Call<'_>) -> Result<(Vec<Value>, Vec<Value>), Error> {
    let turns = conversation::turns(call.body)?;
    let messages = call.body.get("messages").and_then(Value::as_array);
    let (mut system, mut contents) = (Vec::new(), Vec::new());
    for (n, turn) in turns.iter().enumerate() {
        let (role, parts) = match turn {
            Turn::System(text) => {
                system.extend(text_part(text));
                continue;
            }
            Turn::User(parts) => ("user", parts.iter().map(user_part).collect()),
            Turn::Assistant { text, calls } => {
                let message = messages.and_then(|messages| messages.get(n)).unwrap_or(&Value::Null);
                ("model", model_parts(call.model, message, text, calls))
            }
            Turn::Tool { call_id, text } => ("user", vec![tool_result(&turns[..n], call_id, text)?]),
        };
        append(&mut contents, role, parts);
    }
    Ok((system, contents))
}

/// Gemini wants the roles in turn, and refuses a content without parts.
fn append(contents: &mut Vec<Value>, role: &str, parts: Vec<Value>) {
    if parts.is_empty() {
        return;
    }
    let last = contents.last_mut().filter(|last| last["role"] == role);
    match last.and_then(|last| last["parts"].as_array_mut()) {
        Some(earlier) => earlier.extend(parts),
        None => contents.push(json!({"role": role, "parts": parts})),
    }
}

fn text_part(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| json!({"text": text}))
}

fn user_part(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({"text": text}),
        Part::Image { media_type, data } => json!({"inlineData": {"mimeType": media_type, "data": data}}),
        Part::ImageUrl(url) => {
            let mut file = json!({"fileUri": url});
            // Vertex needs the type, and an address has nothing but its ending to tell it.
            if let Some(media_type) = media_type(url) {
                file["mimeType"] = media_type.into();
            }
            json!({"fileData": file})
        }
    }
}

fn media_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next()?.to_ascii_lowercase();
    match path.rsplit_once('.')?.1 {
        "jpg" | "jpeg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "webp" => Some("image/webp"),
        "gif" => Some("image/gif"),
        "heic" => Some("image/heic"),
        "heif" => Some("image/heif"),
        _ => None,
    }
}

/// What the model said and called. Its signatures come back in the place where Google's own OpenAI endpoint puts them.
fn model_parts(model: &str, message: &Value, text: &str, calls: &[ToolCall]) -> Vec<Value> {
    let signature =
        |m: usize| message.pointer(&format!("/tool_calls/{m}/extra_content/google/thought_signature"));
    let unsigned = (0..calls.len()).all(|m| signature(m).is_none());
    let mut parts: Vec<Value> = text_part(text).into_iter().collect();
    for (m, call) in calls.iter().enumerate() {
        let mut part = json!({"functionCall": {"name": call.name, "args": call.arguments}});
        if let Some(signature) = signature(m) {
            part["thoughtSignature"] = signature.clone();
        } else if m == 0 && unsigned && model.contains("gemini-3") {
            // From this generation on, the first call of a turn is refused without one.
            part["thoughtSignature"] = NO_SIGNATURE.into();
        }
        parts.push(part);
    }
    parts
}

/// A tool's result: Gemini knows it by the function's name, which the call before it has.
fn tool_result(before: &[Turn], call_id: &str, text: &str) -> Result<Value, Error> {
    let calls = before.iter().rev().filter_map(|turn| match turn {
        Turn::Assistant { calls, .. } => Some(calls),
        _ => None,
    });
    // The older role `function` gives the name in place of the id.
    let call = calls.flatten().find(|call| call.id == call_id || call.name == call_id);
    let call = call.ok_or_else(|| {
        Error::invalid(
            "messages",
            format!("No message before it calls the tool of `tool_call_id` `{call_id}`."),
        )
    })?;
    let response = serde_json::from_str(text).ok().filter(Value::is_object);
    let response = response.unwrap_or_else(|| json!({"result": text}));
    Ok(json!({"functionResponse": {"name": call.name, "response": response}}))
}

fn tools(request: &Map<String, Value>, body: &mut Map<String, Value>) {
    let tools = conversation::tools(request);
    if tools.is_empty() {
        return;
    }
    let declarations = tools.into_iter().map(|tool| {
        let mut declaration = json!({"name": tool.name});
        if let Some(description) = tool.description {
            declaration["description"] = description.into();
        }
        declaration["parametersJsonSchema"] = tool.parameters;
        declaration
    });
    let declarations: Vec<Value> = declarations.collect();
    body.insert("tools".into(), json!([{"functionDeclarations": declarations}]));
    if let Some(choice) = conversation::tool_choice(request) {
        let config = match choice {
            ToolChoice::Auto => json!({"mode": "AUTO"}),
            ToolChoice::None => json!({"mode": "NONE"}),
            ToolChoice::Required => json!({"mode": "ANY"}),
            ToolChoice::Named(name) => json!({"mode": "ANY", "allowedFunctionNames": [name]}),
        };
        body.insert("toolConfig".into(), json!({"functionCallingConfig": config}));
    }
}

fn generation(request: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let mut config = Map::new();
    for (ours, theirs) in RENAMED {
        if let Some(number) = conversation::number(request, ours) {
            config.insert(theirs.into(), number);
        }
    }
    if let Some(tokens) = conversation::max_tokens(request) {
        config.insert("maxOutputTokens".into(), tokens.into());
    }
    let stops = conversation::stops(request);
    if !stops.is_empty() {
        config.insert("stopSequences".into(), stops.into());
    }
    if request.get("logprobs").and_then(Value::as_bool) == Some(true) {
        config.insert("responseLogprobs".into(), true.into());
        let most = request.get("top_logprobs").and_then(Value::as_u64).filter(|most| *most > 0);
        if let Some(most) = most {
            config.insert("logprobs".into(), most.into());
        }
    }
    match conversation::format(request) {
        Format::Text => {}
        Format::Json => drop(config.insert("responseMimeType".into(), "application/json".into())),
        Format::Schema { schema, .. } => {
            config.insert("responseMimeType".into(), "application/json".into());
            config.insert("responseJsonSchema".into(), schema);
        }
    }
    if let Some(effort) = conversation::text(request, "reasoning_effort") {
        config.insert("thinkingConfig".into(), thinking(effort)?);
    }
    Ok(config)
}

/// An effort in tokens.
fn thinking(effort: &str) -> Result<Value, Error> {
    let budget = match effort {
        "none" => 0,
        "minimal" => 512,
        "low" => 1024,
        "medium" => 8192,
        "high" | "xhigh" => 24576,
        _ => {
            let message = "The effort is none, minimal, low, medium, high or xhigh.";
            return Err(Error::invalid("reasoning_effort", message));
        }
    };
    let mut config = json!({"thinkingBudget": budget});
    if budget > 0 {
        config["includeThoughts"] = true.into();
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::super::super::recorded::{chat, sent};
    use super::super::Gemini;
    use super::*;

    fn turns(messages: &Value) -> Value {
        sent(&Gemini, &json!({"messages": messages}))["contents"].take()
    }

    #[test]
    fn turns_have_two_roles_and_instructions_stand_apart() {
        let body = json!({"messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "developer", "content": "In German."},
            {"role": "user", "content": [{"type": "text", "text": "And this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "image_url", "image_url": {"url": "https://example.org/Cat.JPG?w=3"}},
                {"type": "image_url", "image_url": {"url": "https://example.org/cat"}}]},
            {"role": "assistant", "content": ""},
            {"role": "assistant", "content": "Eine Katze."},
        ]});
        let expected = json!({
            "systemInstruction": {"parts": [{"text": "Be brief."}, {"text": "In German."}]},
            "contents": [
                {"role": "user", "parts": [{"text": "Hi"}, {"text": "And this?"},
                    {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
                    {"fileData": {"fileUri": "https://example.org/Cat.JPG?w=3", "mimeType": "image/jpeg"}},
                    {"fileData": {"fileUri": "https://example.org/cat"}}]},
                {"role": "model", "parts": [{"text": "Eine Katze."}]},
            ],
        });
        assert_eq!(sent(&Gemini, &body), expected);
    }

    #[test]
    fn instructions_alone_are_what_the_user_says() {
        let body = json!({"messages": [{"role": "system", "content": "Greet."}]});
        let expected = json!({"contents": [{"role": "user", "parts": [{"text": "Greet."}]}]});
        assert_eq!(sent(&Gemini, &body), expected);
    }

    #[test]
    fn results_name_the_function_that_was_called_last_under_their_id() {
        let call = |id: &str, name: &str, arguments: &str| {
            json!({"id": id, "type": "function",
            "function": {"name": name, "arguments": arguments}})
        };
        let messages = json!([
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": null, "tool_calls": [call("c0", "old", "")]},
            {"role": "tool", "tool_call_id": "c0", "content": "[1]"},
            {"role": "assistant", "content": "Looking.", "tool_calls":
                [call("c0", "weather", "{\"city\":\"Oslo\"}"), call("c1", "clock", "")]},
            {"role": "tool", "tool_call_id": "c1", "content": "noon"},
            {"role": "tool", "tool_call_id": "c0", "content": "{\"celsius\": 4}"},
            {"role": "function", "name": "clock", "content": "one"},
        ]);
        let response = |name: &str, response: Value| {
            json!({"functionResponse":
            {"name": name, "response": response}})
        };
        let expected = json!([
            {"role": "user", "parts": [{"text": "Weather?"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "old", "args": {}}}]},
            {"role": "user", "parts": [response("old", json!({"result": "[1]"}))]},
            {"role": "model", "parts": [{"text": "Looking."},
                {"functionCall": {"name": "weather", "args": {"city": "Oslo"}}},
                {"functionCall": {"name": "clock", "args": {}}}]},
            {"role": "user", "parts": [response("clock", json!({"result": "noon"})),
                response("weather", json!({"celsius": 4})), response("clock", json!({"result": "one"}))]},
        ]);
        assert_eq!(turns(&messages), expected);
        let body = json!({"messages": [{"role": "tool", "tool_call_id": "c9", "content": ""}]});
        let error = super::body(&chat(&body, "model")).unwrap_err();
        assert_eq!(error.param.as_deref(), Some("messages"));
    }

    #[test]
    fn signatures_of_calls_go_back_and_lost_ones_are_excused() {
        let call = json!({"id": "c", "function": {"name": "f", "arguments": ""}});
        let mut signed = call.clone();
        signed["extra_content"] = json!({"google": {"thought_signature": "c2ln"}});
        let parts = |model: &str, calls: Value| {
            let body = json!({"messages": [{"role": "assistant", "tool_calls": calls}]});
            let mut body = body_of(&body, model);
            let parts = body["contents"][0]["parts"].take();
            let signatures = parts.as_array().unwrap().iter().map(|part| part["thoughtSignature"].clone());
            signatures.collect::<Value>()
        };
        assert_eq!(parts("gemini-2.5-pro", json!([signed, call])), json!(["c2ln", null]));
        assert_eq!(parts("gemini-2.5-pro", json!([call, call])), json!([null, null]));
        assert_eq!(parts("gemini-3-pro-preview", json!([call, call])), json!([NO_SIGNATURE, null]));
    }

    fn body_of(body: &Value, model: &str) -> Value {
        super::body(&chat(body, model)).unwrap()
    }

    #[test]
    fn tools_are_declared_with_their_schema() {
        let mut body = json!({"messages": [], "tool_choice": "required", "tools": [
            {"type": "function", "function": {"name": "weather", "description": "Tells it.",
                "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}},
            {"type": "function", "function": {"name": "clock"}}]});
        let declarations = json!([{"functionDeclarations": [
            {"name": "weather", "description": "Tells it.",
                "parametersJsonSchema": {"type": "object", "properties": {"city": {"type": "string"}}}},
            {"name": "clock", "parametersJsonSchema": {"type": "object", "properties": {}}}]}]);
        assert_eq!(sent(&Gemini, &body)["tools"], declarations);
        let choices = [
            (json!("auto"), json!({"mode": "AUTO"})),
            (json!("none"), json!({"mode": "NONE"})),
            (json!("required"), json!({"mode": "ANY"})),
            (
                json!({"type": "function", "function": {"name": "clock"}}),
                json!({"mode": "ANY", "allowedFunctionNames": ["clock"]}),
            ),
        ];
        for (ours, theirs) in choices {
            body["tool_choice"] = ours;
            assert_eq!(sent(&Gemini, &body)["toolConfig"], json!({"functionCallingConfig": theirs}));
        }
        body["tools"] = json!([]);
        assert!(sent(&Gemini, &body).get("toolConfig").is_none());
    }

    #[test]
    fn settings_have_their_names() {
        let schema = json!({"type": "object", "additionalProperties": false});
        let body = json!({"messages": [], "temperature": 0.5, "top_p": 0.9, "top_k": 40, "seed": 7, "n": 2,
            "presence_penalty": 0.1, "frequency_penalty": -0.1, "max_completion_tokens": 99, "max_tokens": 1,
            "stop": "END", "logprobs": true, "top_logprobs": 3, "reasoning_effort": "medium",
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}},
            "safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}]});
        let expected = json!({
            "contents": [],
            "generationConfig": {"temperature": 0.5, "topP": 0.9, "topK": 40, "seed": 7, "candidateCount": 2,
                "presencePenalty": 0.1, "frequencyPenalty": -0.1, "maxOutputTokens": 99,
                "stopSequences": ["END"], "responseLogprobs": true, "logprobs": 3,
                "responseMimeType": "application/json", "responseJsonSchema": schema,
                "thinkingConfig": {"thinkingBudget": 8192, "includeThoughts": true}},
            "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}],
        });
        assert_eq!(sent(&Gemini, &body), expected);
        let body = json!({"messages": [], "stop": ["a", "b"], "logprobs": true, "top_logprobs": 0,
            "reasoning_effort": "none", "response_format": {"type": "json_object"}});
        let expected = json!({"stopSequences": ["a", "b"], "responseLogprobs": true,
            "responseMimeType": "application/json", "thinkingConfig": {"thinkingBudget": 0}});
        assert_eq!(sent(&Gemini, &body)["generationConfig"], expected);
        let body = json!({"messages": [], "reasoning_effort": "huge"});
        assert!(super::body(&chat(&body, "model")).is_err());
    }
}
