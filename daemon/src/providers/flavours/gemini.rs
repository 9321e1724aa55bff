//! Google's Gemini API: `generateContent`, streamed and whole, and its embeddings.

use super::chunks::{Chunks, usage};
use super::conversation::{self, Format, Part, ToolChoice, Turn, max_tokens, number, stops, text};
use super::{Call, Chunk, Flavour, Operation, Outgoing, Problem, Reader};
use crate::error::Error;
use crate::providers::framing::Frame;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

pub(super) struct Gemini;

impl Flavour for Gemini {
    fn serves(&self, operation: Operation) -> bool {
        operation != Operation::Responses
    }

    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        let path = format!("/models/{}", encoded(call.model));
        if call.operation == Operation::Embeddings {
            return Ok(Outgoing::json(format!("{path}:batchEmbedContents"), &embed(call)?));
        }
        Ok(Outgoing::json(format!("{path}{}", method(call)), &body(call.body)?))
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        if call.operation == Operation::Embeddings {
            let vectors = answer.get("embeddings").and_then(Value::as_array);
            let vectors = vectors.ok_or_else(|| Problem::garbled("there are no `embeddings`"))?;
            let vectors = vectors.iter().map(|embedding| embedding["values"].clone());
            return Ok(conversation::embeddings(call.model, vectors.collect(), None));
        }
        whole(call, &answer)
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        Box::new(Responses::new(call))
    }

    fn problem(&self, body: &Value) -> Problem {
        problem(body)
    }
}

/// A model's name as a part of a path.
pub(super) fn encoded(model: &str) -> String {
    form_urlencoded::byte_serialize(model.as_bytes()).collect()
}

/// What a path ends with.
pub(super) fn method(call: &Call<'_>) -> &'static str {
    if call.stream { ":streamGenerateContent?alt=sse" } else { ":generateContent" }
}

/// An error's body: streams wrap theirs in a list.
pub(super) fn problem(body: &Value) -> Problem {
    let error = body.get(0).unwrap_or(body).get("error").unwrap_or(&Value::Null);
    Problem {
        message: error["message"].as_str().unwrap_or_default().to_owned(),
        code: error["status"].as_str().map(str::to_owned),
        param: None,
        status: error["code"].as_u64().and_then(|code| u16::try_from(code).ok()),
    }
}

fn embed(call: &Call<'_>) -> Result<Value, Error> {
    let dimensions = number(call.body, "dimensions");
    let request = |text: &str| {
        let content = json!({"parts": [{"text": text}]});
        let mut request = json!({"model": format!("models/{}", call.model), "content": content});
        dimensions.iter().for_each(|dimensions| request["outputDimensionality"] = dimensions.clone());
        request
    };
    let requests: Vec<Value> = conversation::inputs(call.body)?.into_iter().map(request).collect();
    Ok(json!({"requests": requests}))
}

/// The body of a request; the model stands in the path.
pub(super) fn body(request: &Map<String, Value>) -> Result<Value, Error> {
    let (system, contents) = contents(request)?;
    let mut body = json!({"contents": contents});
    if !system.is_empty() {
        body["systemInstruction"] = json!({"parts": [{"text": system}]});
    }
    let config = config(request);
    if config.as_object().is_some_and(|config| !config.is_empty()) {
        body["generationConfig"] = config;
    }
    if let Some(settings) = request.get("safety_settings") {
        body["safetySettings"] = settings.clone();
    }
    let tools = conversation::tools(request);
    if !tools.is_empty() {
        let declarations = tools.into_iter().map(|tool| {
            let mut declaration = json!({"name": tool.name, "parametersJsonSchema": tool.parameters});
            tool.description.into_iter().for_each(|text| declaration["description"] = text.into());
            declaration
        });
        body["tools"] = json!([{"functionDeclarations": declarations.collect::<Vec<_>>()}]);
    }
    let calling = conversation::tool_choice(request).map(|choice| match choice {
        ToolChoice::Auto => json!({"mode": "AUTO"}),
        ToolChoice::None => json!({"mode": "NONE"}),
        ToolChoice::Required => json!({"mode": "ANY"}),
        ToolChoice::Named(name) => json!({"mode": "ANY", "allowedFunctionNames": [name]}),
    });
    if let Some(calling) = calling {
        body["toolConfig"] = json!({"functionCallingConfig": calling});
    }
    Ok(body)
}

fn config(request: &Map<String, Value>) -> Value {
    let mut config = Map::new();
    let numbers = [
        ("temperature", "temperature"),
        ("top_p", "topP"),
        ("top_k", "topK"),
        ("n", "candidateCount"),
        ("seed", "seed"),
        ("presence_penalty", "presencePenalty"),
        ("frequency_penalty", "frequencyPenalty"),
        ("top_logprobs", "logprobs"),
    ];
    for (name, theirs) in numbers {
        number(request, name).into_iter().for_each(|value| drop(config.insert(theirs.into(), value)));
    }
    if request.get("logprobs") == Some(&Value::Bool(true)) {
        config.insert("responseLogprobs".into(), true.into());
    }
    if let Some(most) = max_tokens(request) {
        config.insert("maxOutputTokens".into(), most.into());
    }
    let stops = stops(request);
    if !stops.is_empty() {
        config.insert("stopSequences".into(), stops.into());
    }
    match conversation::format(request) {
        Format::Text => {}
        Format::Json => drop(config.insert("responseMimeType".into(), "application/json".into())),
        Format::Schema { schema, .. } => {
            config.insert("responseMimeType".into(), "application/json".into());
            config.insert("responseJsonSchema".into(), schema);
        }
    }
    let budget = text(request, "reasoning_effort").and_then(|effort| match effort {
        "none" => Some(0),
        "minimal" => Some(512),
        "low" => Some(1024),
        "medium" => Some(8192),
        "high" | "xhigh" => Some(24_576),
        _ => None,
    });
    if let Some(budget) = budget {
        config.insert(
            "thinkingConfig".into(),
            json!({"thinkingBudget": budget, "includeThoughts": budget > 0}),
        );
    }
    Value::Object(config)
}

/// The instructions, and the conversation in turns. A tool's result names the tool, not the call.
fn contents(request: &Map<String, Value>) -> Result<(String, Vec<Value>), Error> {
    let mut system: Vec<String> = Vec::new();
    let mut names: HashMap<String, String> = HashMap::new();
    let mut contents: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for turn in conversation::turns(request)? {
        let (role, parts) = match turn {
            Turn::System(text) => {
                system.push(text);
                continue;
            }
            Turn::User(parts) => ("user", parts.into_iter().map(part).collect()),
            Turn::Assistant { text, calls } => {
                let text = (!text.is_empty()).then(|| json!({"text": text}));
                let mut parts: Vec<Value> = text.into_iter().collect();
                for call in calls {
                    parts.push(json!({"functionCall": {"name": call.name, "args": call.arguments}}));
                    names.insert(call.id, call.name);
                }
                ("model", parts)
            }
            Turn::Tool { call_id, text } => {
                let name = names.get(&call_id).unwrap_or(&call_id);
                let object = serde_json::from_str(&text).ok().filter(Value::is_object);
                let response = object.unwrap_or_else(|| json!({"result": text}));
                ("user", vec![json!({"functionResponse": {"name": name, "response": response}})])
            }
        };
        match contents.last_mut() {
            Some((last, before)) if *last == role => before.extend(parts),
            _ => contents.push((role, parts)),
        }
    }
    let contents = contents.into_iter().map(|(role, parts)| json!({"role": role, "parts": parts}));
    Ok((system.join("\n\n"), contents.collect()))
}

fn part(part: Part) -> Value {
    match part {
        Part::Text(text) => json!({"text": text}),
        Part::Image { media_type, data } => json!({"inlineData": {"mimeType": media_type, "data": data}}),
        Part::ImageUrl(url) => json!({"fileData": {"fileUri": url}}),
    }
}

/// A whole answer, in OpenAI's shape.
pub(super) fn whole(call: &Call<'_>, answer: &Value) -> Result<Value, Problem> {
    let mut chunks = Chunks::new(call.model);
    chunks.identify(answer["responseId"].as_str(), answer["modelVersion"].as_str());
    let mut whole = chunks.whole(Value::Null, "stop", used(&answer["usageMetadata"]));
    if is_blocked(answer) {
        let message = json!({"role": "assistant", "content": "", "refusal": null});
        whole["choices"] = json!([{"index": 0, "message": message, "finish_reason": "content_filter"}]);
        return Ok(whole);
    }
    let candidates = answer.get("candidates").and_then(Value::as_array);
    let candidates = candidates.ok_or_else(|| Problem::garbled("there are no `candidates`"))?;
    let choices = candidates.iter().enumerate().map(|(n, candidate)| {
        let (said, thought, calls) = (texts(candidate, false), texts(candidate, true), calls(candidate));
        let mut message = json!({"role": "assistant", "content": said, "refusal": null});
        if said.is_empty() && !calls.is_empty() {
            message["content"] = Value::Null;
        }
        if !thought.is_empty() {
            message["reasoning_content"] = thought.into();
        }
        let reason = reason(candidate["finishReason"].as_str(), !calls.is_empty());
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        let index = candidate["index"].as_u64().unwrap_or(n as u64);
        json!({"index": index, "message": message, "logprobs": logprobs(candidate), "finish_reason": reason})
    });
    whole["choices"] = choices.collect();
    Ok(whole)
}

fn is_blocked(answer: &Value) -> bool {
    let has_candidates = answer["candidates"].as_array().is_some_and(|candidates| !candidates.is_empty());
    !has_candidates && answer.pointer("/promptFeedback/blockReason").is_some()
}

fn parts(candidate: &Value) -> impl Iterator<Item = &Value> {
    candidate.pointer("/content/parts").and_then(Value::as_array).into_iter().flatten()
}

fn texts(candidate: &Value, thoughts: bool) -> String {
    let of_kind = parts(candidate).filter(|part| (part["thought"] == true) == thoughts);
    of_kind.filter_map(|part| part["text"].as_str()).collect()
}

fn calls(candidate: &Value) -> Vec<Value> {
    let calls = parts(candidate).filter_map(|part| part.get("functionCall"));
    let call = |call: &Value| {
        let id = call["id"].as_str().map_or_else(|| contract::id::new("call"), str::to_owned);
        let arguments = call.get("args").cloned().unwrap_or_else(|| json!({})).to_string();
        json!({"id": id, "type": "function", "function": {"name": call["name"], "arguments": arguments}})
    };
    calls.map(call).collect()
}

fn logprobs(candidate: &Value) -> Value {
    let result = &candidate["logprobsResult"];
    let Some(chosen) = result["chosenCandidates"].as_array() else { return Value::Null };
    let entry = |token: &Value| {
        let text = token["token"].as_str().unwrap_or_default();
        json!({"token": text, "logprob": token["logProbability"], "bytes": text.as_bytes()})
    };
    let content = chosen.iter().enumerate().map(|(n, token)| {
        let top = result["topCandidates"][n]["candidates"].as_array();
        let mut entry_with_top = entry(token);
        entry_with_top["top_logprobs"] = top.into_iter().flatten().map(entry).collect();
        entry_with_top
    });
    json!({"content": content.collect::<Vec<_>>(), "refusal": null})
}

fn reason(finish: Option<&str>, has_calls: bool) -> &'static str {
    match finish {
        Some("MAX_TOKENS") => "length",
        Some(
            "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII"
            | "IMAGE_SAFETY",
        ) => "content_filter",
        _ if has_calls => "tool_calls",
        _ => "stop",
    }
}

/// Thoughts are written too, and paid so.
fn used(metadata: &Value) -> Value {
    let count = |name: &str| metadata[name].as_u64().unwrap_or_default();
    let thoughts = count("thoughtsTokenCount");
    let input = count("promptTokenCount") + count("toolUsePromptTokenCount");
    usage(
        input,
        count("cachedContentTokenCount"),
        0,
        count("candidatesTokenCount") + thoughts,
        Some(thoughts),
    )
}

/// Reads a stream of `GenerateContentResponse`s.
pub(super) struct Responses {
    chunks: Chunks,
    /// How many tools each choice that has begun called so far, and whether it has ended.
    choices: BTreeMap<usize, (usize, bool)>,
    has_told: bool,
}

impl Responses {
    pub(super) fn new(call: &Call<'_>) -> Self {
        Self { chunks: Chunks::new(call.model), choices: BTreeMap::new(), has_told: false }
    }

    fn candidate(&mut self, candidate: &Value, chunks: &mut Vec<Chunk>) {
        let index = candidate["index"].as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or(0);
        if !self.choices.contains_key(&index) {
            chunks.push(self.chunks.role(index));
        }
        let (called, is_over) = self.choices.entry(index).or_default();
        for part in parts(candidate) {
            if let Some(text) = part["text"].as_str().filter(|text| !text.is_empty()) {
                let is_thought = part["thought"] == true;
                chunks.push(if is_thought {
                    self.chunks.reasoning(index, text)
                } else {
                    self.chunks.text(index, text)
                });
            }
        }
        let probabilities = logprobs(candidate);
        if !probabilities.is_null()
            && let Some(last) = chunks.last_mut()
        {
            last.value["choices"][0]["logprobs"] = probabilities;
        }
        for call in calls(candidate) {
            let (id, name) = (call["id"].as_str(), call["function"]["name"].as_str());
            let arguments = call["function"]["arguments"].as_str().unwrap_or("{}");
            chunks.push(self.chunks.tool_call(
                index,
                *called,
                id.unwrap_or_default(),
                name.unwrap_or_default(),
            ));
            chunks.push(self.chunks.tool_arguments(index, *called, arguments));
            *called += 1;
        }
        if let Some(finish) = candidate["finishReason"].as_str() {
            chunks.push(self.chunks.finish(index, reason(Some(finish), *called > 0)));
            *is_over = true;
        }
    }
}

impl Reader for Responses {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        let response: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("an event is not JSON"))?;
        if response.get("error").is_some() || response.get(0).is_some() {
            return Err(problem(&response));
        }
        self.chunks.identify(response["responseId"].as_str(), response["modelVersion"].as_str());
        let mut chunks = Vec::new();
        if is_blocked(&response) {
            self.choices.insert(0, (0, true));
            chunks.extend([self.chunks.role(0), self.chunks.finish(0, "content_filter")]);
        }
        for candidate in response["candidates"].as_array().into_iter().flatten() {
            self.candidate(candidate, &mut chunks);
        }
        if self.is_whole() && !self.has_told && response.get("usageMetadata").is_some() {
            self.has_told = true;
            chunks.push(self.chunks.usage(used(&response["usageMetadata"])));
        }
        Ok(chunks)
    }

    fn is_whole(&self) -> bool {
        !self.choices.is_empty() && self.choices.values().all(|(_, is_over)| *is_over)
    }
}

#[cfg(test)]
#[path = "gemini_tests.rs"]
mod tests;
