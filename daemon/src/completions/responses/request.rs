//! A request for a response, said as a chat completion: for models whose providers have no `/responses`.

use crate::error::Error;
use serde_json::{Map, Value, json};

/// Fields that both have under one name.
const SAME: [&str; 8] = [
    "temperature",
    "top_p",
    "parallel_tool_calls",
    "user",
    "service_tier",
    "top_logprobs",
    "safety_identifier",
    "prompt_cache_key",
];

/// The items of an input: a text is a message of the user.
///
/// # Errors
/// If it is neither a text nor a list.
pub(super) fn items(body: &Map<String, Value>) -> Result<Vec<Value>, Error> {
    match body.get("input") {
        Some(Value::String(text)) => Ok(vec![json!({"type": "message", "role": "user", "content": text})]),
        Some(Value::Array(items)) => Ok(items.clone()),
        _ => Err(Error::invalid("input", "`input` is missing: it is a text, or a list of items.")),
    }
}

/// The chat completion's request.
///
/// # Errors
/// If the request holds what a chat completion can't say.
pub(super) fn chat(body: &Map<String, Value>, items: &[Value]) -> Result<Map<String, Value>, Error> {
    let mut messages = Vec::new();
    if let Some(instructions) = body.get("instructions").and_then(Value::as_str) {
        messages.push(json!({"role": "system", "content": instructions}));
    }
    for (n, item) in items.iter().enumerate() {
        add(n, item, &mut messages)?;
    }
    let mut chat = Map::from_iter([("messages".to_owned(), Value::Array(messages))]);
    for name in SAME {
        if let Some(value) = body.get(name).filter(|value| !value.is_null()) {
            chat.insert(name.into(), value.clone());
        }
    }
    if chat.contains_key("top_logprobs") {
        chat.insert("logprobs".into(), true.into());
    }
    if let Some(most) = body.get("max_output_tokens").filter(|most| !most.is_null()) {
        chat.insert("max_completion_tokens".into(), most.clone());
    }
    if let Some(effort) =
        body.get("reasoning").and_then(|reasoning| reasoning.get("effort")).filter(|e| !e.is_null())
    {
        chat.insert("reasoning_effort".into(), effort.clone());
    }
    if let Some(format) = body.get("text").and_then(|text| text.get("format")) {
        chat.insert("response_format".into(), response_format(format));
    }
    if let Some(verbosity) = body.get("text").and_then(|text| text.get("verbosity")).filter(|v| !v.is_null())
    {
        chat.insert("verbosity".into(), verbosity.clone());
    }
    if let Some(tools) = body.get("tools").and_then(Value::as_array).filter(|tools| !tools.is_empty()) {
        chat.insert(
            "tools".into(),
            tools.iter().enumerate().map(tool).collect::<Result<Vec<_>, _>>()?.into(),
        );
        if let Some(choice) = body.get("tool_choice").filter(|choice| !choice.is_null()) {
            chat.insert("tool_choice".into(), tool_choice(choice));
        }
    }
    Ok(chat)
}

/// The schema lies a level deeper in a chat completion.
fn response_format(format: &Value) -> Value {
    if format["type"] != "json_schema" {
        return format.clone();
    }
    let mut schema = format.clone();
    schema.as_object_mut().and_then(|schema| schema.shift_remove("type"));
    json!({"type": "json_schema", "json_schema": schema})
}

fn tool((n, tool): (usize, &Value)) -> Result<Value, Error> {
    if tool["type"] != "function" {
        let kind = tool["type"].as_str().unwrap_or("?");
        let message = format!(
            "This model calls functions only: the tool `{kind}` needs a provider that has /responses."
        );
        return Err(Error::invalid(&format!("tools[{n}]"), message));
    }
    let mut function = tool.clone();
    function.as_object_mut().and_then(|function| function.shift_remove("type"));
    Ok(json!({"type": "function", "function": function}))
}

fn tool_choice(choice: &Value) -> Value {
    match choice.get("name") {
        Some(name) => json!({"type": "function", "function": {"name": name}}),
        None => choice.clone(),
    }
}

fn add(n: usize, item: &Value, messages: &mut Vec<Value>) -> Result<(), Error> {
    let at = format!("input[{n}]");
    match item["type"].as_str() {
        None | Some("message") => {
            let role =
                item["role"].as_str().ok_or_else(|| Error::invalid(&at, "A message needs a `role`."))?;
            messages.push(json!({"role": role, "content": content(&at, role, &item["content"])?}));
        }
        Some("function_call") => {
            let function = json!({"name": item["name"], "arguments": item["arguments"]});
            let call = json!({"id": item["call_id"], "type": "function", "function": function});
            // Calls in a row are one message of the assistant's.
            match messages.last_mut().filter(|last| last["role"] == "assistant") {
                Some(last) => match last.get_mut("tool_calls").and_then(Value::as_array_mut) {
                    Some(calls) => calls.push(call),
                    None => last["tool_calls"] = json!([call]),
                },
                None => messages.push(json!({"role": "assistant", "content": null, "tool_calls": [call]})),
            }
        }
        Some("function_call_output") => {
            let output = content(&at, "tool", &item["output"])?;
            messages.push(json!({"role": "tool", "tool_call_id": item["call_id"], "content": output}));
        }
        // What a model thought is not for another one.
        Some("reasoning") => {}
        Some(other) => {
            let message = format!("This model reads messages and function calls only, not `{other}`.");
            return Err(Error::invalid(&at, message));
        }
    }
    Ok(())
}

fn content(at: &str, role: &str, content: &Value) -> Result<Value, Error> {
    let Value::Array(parts) = content else { return Ok(content.clone()) };
    let mut read = Vec::with_capacity(parts.len());
    for part in parts {
        read.push(match part["type"].as_str() {
            Some("input_text" | "output_text" | "text") => json!({"type": "text", "text": part["text"]}),
            Some("refusal") => json!({"type": "text", "text": part["refusal"]}),
            Some("input_image") if part["image_url"].is_string() => {
                let mut image = json!({"url": part["image_url"]});
                if !part["detail"].is_null() {
                    image["detail"] = part["detail"].clone();
                }
                json!({"type": "image_url", "image_url": image})
            }
            _ => {
                let message = "A part is `input_text`, or `input_image` with its `image_url`.";
                return Err(Error::invalid(&format!("{at}.content"), message));
            }
        });
    }
    // Only users show images; for the others plain text is what every provider reads.
    if role == "user" {
        return Ok(Value::Array(read));
    }
    let texts: Vec<&str> = read.iter().filter_map(|part| part["text"].as_str()).collect();
    Ok(texts.join("\n").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_asked_for_as_a_chat_completion() {
        let body = json!({
            "instructions": "Be brief.", "max_output_tokens": 9, "reasoning": {"effort": "low"},
            "text": {"format": {"type": "json_schema", "name": "a", "strict": true, "schema": {"type": "object"}}},
            "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": true}],
            "tool_choice": {"type": "function", "name": "f"},
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "?"},
                    {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}]},
                {"type": "reasoning", "id": "rs", "summary": []},
                {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
                {"type": "function_call", "call_id": "b", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "a", "output": "one"},
            ],
        });
        let body = body.as_object().unwrap();
        let call =
            |id: &str| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}});
        let expected = json!({
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
                {"role": "assistant", "content": null, "tool_calls": [call("a"), call("b")]},
                {"role": "tool", "tool_call_id": "a", "content": "one"},
            ],
            "max_completion_tokens": 9, "reasoning_effort": "low",
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": true, "schema": {"type": "object"}}},
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}, "strict": true}}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
        });
        assert_eq!(Value::Object(chat(body, &items(body).unwrap()).unwrap()), expected);
    }

    #[test]
    fn what_a_chat_completion_cannot_say_is_named() {
        let refuse = |body: Value| {
            let body = body.as_object().unwrap();
            chat(body, &items(body).unwrap()).unwrap_err().param
        };
        assert_eq!(
            refuse(json!({"input": "?", "tools": [{"type": "web_search"}]})).as_deref(),
            Some("tools[0]")
        );
        assert_eq!(
            refuse(json!({"input": [{"type": "item_reference", "id": "x"}]})).as_deref(),
            Some("input[0]")
        );
    }
}
