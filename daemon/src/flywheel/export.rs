//! A dataset as people look at it, and as other programs read it: the same items, the same bytes.

use super::sql::{self, Stored};
use crate::error::Error;
use crate::gate::Caller;
use crate::store::Db;
use contract::agent::Example;
use contract::suite::without_marks;
use contract::wire::flywheel::{
    DatasetDetail, DatasetFormat, DatasetItem, DatasetPath, DatasetStatus, ItemState, Rating, Split,
};
use contract::wire::page::{DEFAULT_LIMIT, Page};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write;

/// Items that are read at once.
const STEP: usize = 1000;

/// Most items that become examples.
const MOST_EXAMPLES: usize = 64;

/// What there is to give of a version.
pub(super) enum Exported {
    /// The version and a page of its items.
    Shown(Box<DatasetDetail>),
    /// A file: its media type, its name, its text.
    File(&'static str, String, String),
}

/// A version of a dataset, or an export of it.
///
/// # Errors
/// If there is no such version, it can't be exported so, or the store fails.
pub(super) async fn get(db: &Db, caller: &Caller, path: &DatasetPath) -> Result<Exported, Error> {
    let versions = sql::versions(db, caller, &path.dataset_id).await?;
    let ids = versions.iter().filter_map(|version| version.dataset.version.clone()).collect();
    let version = chosen(versions, path)?;
    let format = path.format.unwrap_or_default();
    if format == DatasetFormat::Json {
        return Ok(Exported::Shown(Box::new(detail(db, version, ids, path).await?)));
    }
    let items = accepted(db, &version, path).await?;
    let (media, extension, text) = match format {
        DatasetFormat::Json | DatasetFormat::OpenaiTools => {
            ("application/x-ndjson", "jsonl", lines(&items, conversation_with_tools))
        }
        DatasetFormat::OpenaiSft => ("application/x-ndjson", "jsonl", lines(&items, conversation)),
        DatasetFormat::Dpo => ("application/x-ndjson", "jsonl", lines(&items, preference)),
        DatasetFormat::Suite => ("application/yaml", "yml", suite(&version, &items)?),
        DatasetFormat::Csv => ("text/csv", "csv", csv(&items)),
    };
    Ok(Exported::File(media, format!("{}.{extension}", version.dataset.name), text))
}

/// What people accepted of a dataset to learn from, as examples: of the newest version that is ready, but for its parts to
/// choose and to judge by.
///
/// # Errors
/// If there is no such version, or the store fails.
pub(crate) async fn accepted_examples(
    db: &Db,
    caller: &Caller,
    dataset: &str,
) -> Result<Vec<Example>, Error> {
    let path = DatasetPath {
        dataset_id: dataset.to_owned(),
        format: Some(DatasetFormat::OpenaiSft),
        split: Some(Split::Train),
        ..DatasetPath::default()
    };
    let version = chosen(sql::versions(db, caller, dataset).await?, &path)?;
    let items = accepted(db, &version, &path).await?;
    let example =
        |item: &DatasetItem| Some(Example { user: item.question.clone(), assistant: good(item)?.to_owned() });
    Ok(items.iter().filter_map(example).take(MOST_EXAMPLES).collect())
}

fn chosen(versions: Vec<Stored>, path: &DatasetPath) -> Result<Stored, Error> {
    let is_wanted = |stored: &Stored| match (&path.version, &stored.dataset.version) {
        (Some(wanted), Some(version)) => !wanted.is_empty() && version.starts_with(wanted.as_str()),
        (Some(_), None) => false,
        // Without an export, what is under way is looked at too.
        (None, _) => path.format.is_none() || stored.dataset.status == DatasetStatus::Ready,
    };
    let found = versions.into_iter().find(is_wanted);
    found.ok_or_else(|| Error::not_found("dataset", &path.dataset_id))
}

async fn detail(
    db: &Db,
    version: Stored,
    versions: Vec<String>,
    path: &DatasetPath,
) -> Result<DatasetDetail, Error> {
    let limit = path.page.limit.unwrap_or(DEFAULT_LIMIT);
    let after = path.page.after.as_deref().map_or(Ok(0), str::parse);
    let after = after.map_err(|_| Error::invalid("after", "Send the `next` of the page before."))?;
    let items = sql::items(db, &version.made, path.split, after, limit as usize + 1).await?;
    let page = Page::of(items, limit, |item| item.number.to_string());
    Ok(DatasetDetail {
        dataset: version.dataset,
        rules: version.rules,
        versions,
        data: page.data,
        has_more: page.has_more,
        next: page.next,
    })
}

async fn accepted(db: &Db, version: &Stored, path: &DatasetPath) -> Result<Vec<DatasetItem>, Error> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let items = sql::items(db, &version.made, path.split, after, STEP).await?;
        let Some(last) = items.last() else { return Ok(all) };
        after = last.number;
        all.extend(items.into_iter().filter(|item| item.state == ItemState::Accepted));
    }
}

/// A line for each item that there is one for.
fn lines(items: &[DatasetItem], line: impl Fn(&DatasetItem) -> Option<Value>) -> String {
    items.iter().filter_map(line).fold(String::new(), |mut text, line| {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{line}");
        text
    })
}

/// What is worth learning: the correction, or an answer that nobody found bad.
fn good(item: &DatasetItem) -> Option<&str> {
    let answer = (item.rating != Some(Rating::Down)).then_some(item.answer.as_str());
    item.correction.as_deref().or(answer)
}

/// OpenAI's fine-tuning format for chat models.
fn conversation(item: &DatasetItem) -> Option<Value> {
    let messages = json!([
        {"role": "user", "content": item.question},
        {"role": "assistant", "content": good(item)?},
    ]);
    Some(json!({"messages": messages}))
}

/// The same with the calls of tools before the answer; none where no tool was called.
fn conversation_with_tools(item: &DatasetItem) -> Option<Value> {
    if item.steps.is_empty() {
        return None;
    }
    let mut messages = vec![json!({"role": "user", "content": item.question})];
    messages.extend(numbered(&item.steps));
    messages.push(json!({"role": "assistant", "content": good(item)?}));
    Some(json!({"messages": messages, "tools": item.tools}))
}

/// Messages with calls and what they brought, the calls numbered: models may give an id twice.
fn numbered(steps: &[Value]) -> Vec<Value> {
    let (mut count, mut ids) = (0, HashMap::new());
    let mut messages = steps.to_vec();
    for message in &mut messages {
        let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
        for call in calls.into_iter().flatten().filter_map(Value::as_object_mut) {
            count += 1;
            // What one provider alone reads.
            call.shift_remove("extra_content");
            let before = call.insert("id".to_owned(), format!("call_{count}").into());
            ids.insert(before, call.get("id").cloned());
        }
        if let Some(id) = message.get_mut("tool_call_id")
            && let Some(Some(number)) = ids.get(&Some(id.clone()))
        {
            *id = number.clone();
        }
    }
    messages
}

/// OpenAI's preference format (direct preference optimisation).
fn preference(item: &DatasetItem) -> Option<Value> {
    let said = |text: &str| json!([{"role": "assistant", "content": text}]);
    Some(json!({
        "input": {"messages": [{"role": "user", "content": item.question}], "tools": [], "parallel_tool_calls": true},
        "preferred_output": said(item.correction.as_deref()?),
        "non_preferred_output": said(&item.answer),
    }))
}

/// A suite: a corrected answer must not come back.
fn suite(version: &Stored, items: &[DatasetItem]) -> Result<String, Error> {
    let cases: Vec<Value> = items
        .iter()
        .filter_map(|item| {
            let mut case = json!({
                "id": format!("trace-{}", &item.trace_id[item.trace_id.len().saturating_sub(12)..]),
                "input": item.question,
                "expect": {"answer": without_marks(good(item)?)},
                "tags": ["flywheel"],
            });
            if item.correction.is_some() {
                case["must_pass"] = true.into();
            }
            Some(case)
        })
        .collect();
    let id = version.rules.into_suite.as_ref().unwrap_or(&version.dataset.name);
    let description = format!(
        "Of the dataset {}, version {}",
        version.dataset.name,
        version.dataset.version.as_deref().unwrap_or_default()
    );
    let suite = json!({
        "apiVersion": "katonic/v1",
        "kind": "EvalSuite",
        "metadata": {"id": id, "description": description},
        "spec": {"cases": cases},
    });
    serde_yaml::to_string(&suite).map_err(Error::internal)
}

/// A table as RFC 4180 has it.
fn csv(items: &[DatasetItem]) -> String {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut table = "number,trace_id,agent,split,rating,question,answer,correction\r\n".to_owned();
    for item in items {
        let rating = match item.rating {
            Some(Rating::Up) => "up",
            Some(Rating::Down) => "down",
            None => "",
        };
        let texts = [&item.question, &item.answer, item.correction.as_ref().unwrap_or(&String::new())]
            .map(|text| cell(text));
        // Writing to a string can't fail.
        let _ = write!(
            table,
            "{},{},{},{},{rating},{}\r\n",
            item.number,
            item.trace_id,
            item.agent.as_deref().unwrap_or_default(),
            item.split.as_str(),
            texts.join(",")
        );
    }
    table
}
