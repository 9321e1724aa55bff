//! Vectors of texts, which the embedding model makes through the gateway: of passages by and by, of a question in its time.

mod passages;
mod sql;

#[cfg(test)]
pub(super) use passages::embed_by;
pub(crate) use passages::run as embed_passages;

use super::index::Vector;
use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use crate::providers::{Ask, Operation, Plan, Reply, Route, tokens};
use contract::money::Usd;
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// Most dimensions of a vector.
const MOST_DIMENSIONS: usize = 8192;

/// Characters of a question that are embedded, at most: models read no more of a text.
const MOST_CHARACTERS: usize = 8000;

/// The model that embeds for a team; none, where none is configured, or no provider serves it.
fn model(app: &App, team: &str) -> Option<Plan> {
    let name = app.config.knowledge.embedding_model.as_str();
    if name.is_empty() {
        return None;
    }
    match app.providers.route(team, name).ok()? {
        Route::Targets(plan) => plan.embedding(),
        Route::Extractive => None,
    }
}

/// The name of the model that embeds for a team, if any does.
pub(crate) fn embedding_model(app: &App, team: &str) -> Option<String> {
    model(app, team).map(|plan| name(&plan).to_owned())
}

/// A question's vector, at the expense of its call; none, where no model embeds for the caller's team.
///
/// # Errors
/// If the model fails, takes too long, or the caller has nothing left to pay it with.
pub(super) async fn of_question(
    app: &App,
    context: &Context,
    question: &str,
) -> Result<Option<Vector>, Error> {
    let Some(plan) = model(app, &context.caller.team) else { return Ok(None) };
    let patience = Duration::from_millis(app.config.knowledge.query_timeout_ms);
    let texts = [question.chars().take(MOST_CHARACTERS).collect()];
    let late = |_| {
        let message =
            "The embedding model did not answer in time. Try again shortly, or search by words: `lexical`.";
        Error::new(Kind::UpstreamTimeout, "upstream_timeout", message)
    };
    let vectors =
        timeout(patience, embed(app, context, &plan, &texts, "search_query")).await.map_err(late)??;
    Ok(vectors.into_iter().next().map(|numbers| Vector { model: name(&plan).to_owned(), numbers }))
}

/// The name that a model's vectors are kept under.
fn name(plan: &Plan) -> &str {
    plan.targets.first().map_or("", |target| target.name())
}

/// The vectors of texts, in their order. What the model used is put on the call's account.
async fn embed(
    app: &App,
    context: &Context,
    plan: &Plan,
    texts: &[String],
    kind: &str,
) -> Result<Vec<Vec<f32>>, Error> {
    let began = Instant::now();
    let mut body = Map::from_iter([
        ("model".to_owned(), Value::from(name(plan))),
        ("input".to_owned(), texts.into()),
        ("encoding_format".to_owned(), "float".into()),
    ]);
    if plan.targets.iter().any(|target| target.upstream.embeds_by_input_type()) {
        body.insert("input_type".into(), kind.into());
    }
    let ask = Ask { operation: Operation::Embeddings, body: &body, stream: false, by: context.by() };
    let answered = app.providers.ask(plan, ask).await?;
    let Reply::Whole(answer) = answered.reply else { return Err(Error::internal("a stream of embeddings")) };
    let used = tokens::used(&answer, &answered.target.model, &body, "").await;
    let cost = answered.target.cost(&used).unwrap_or(Usd::ZERO);
    context.recorder.with(|record| {
        record.add_usage(used.usage(cost));
        let detail =
            json!({"target": answered.target.name(), "texts": texts.len(), "failed": answered.attempts});
        record.span("embedding", began, Some(detail));
    });
    read(&answer, texts.len()).ok_or_else(|| {
        let message = "The embedding model's answer is no list of vectors. Configure another model.";
        Error::new(Kind::Upstream, "upstream_failed", message)
    })
}

/// The vectors of an answer, if there is one of the same length for each text.
fn read(answer: &Value, texts: usize) -> Option<Vec<Vec<f32>>> {
    let rows = answer.get("data")?.as_array()?;
    let mut vectors = vec![Vec::new(); texts];
    for (n, row) in rows.iter().enumerate() {
        let at =
            row.get("index").and_then(Value::as_u64).map_or(Some(n), |index| usize::try_from(index).ok())?;
        let numbers = row.get("embedding")?.as_array()?.iter().map(|number| Some(number.as_f64()? as f32));
        *vectors.get_mut(at)? = numbers.collect::<Option<Vec<f32>>>()?;
    }
    let length = vectors.first()?.len();
    let is_one = |vector: &Vec<f32>| vector.len() == length && vector.iter().all(|number| number.is_finite());
    ((1..=MOST_DIMENSIONS).contains(&length) && vectors.iter().all(is_one)).then_some(vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_by_its_indices_and_only_if_it_is_whole() {
        let row = |index: u32, embedding: Value| json!({"index": index, "embedding": embedding});
        let read = |rows: Value| read(&json!({"data": rows}), 2);
        let (one, two) = (json!([1, 0.5]), json!([0, 1]));
        let expected = Some(vec![vec![0.0, 1.0], vec![1.0, 0.5]]);
        assert_eq!(read(json!([row(1, one.clone()), row(0, two.clone())])), expected);
        for rows in [
            json!([row(0, one.clone())]),
            json!([row(0, one.clone()), row(2, two.clone())]),
            json!([row(0, one.clone()), row(1, json!([1]))]),
            json!([row(0, json!([])), row(1, json!([]))]),
            json!([row(0, one), row(1, json!("AAAA"))]),
        ] {
            assert_eq!(read(rows.clone()), None, "{rows}");
        }
    }
}
