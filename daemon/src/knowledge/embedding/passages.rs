//! Embeds the passages of documents that come, and all of them again where the model becomes another: as long as the
//! daemon runs, in batches, each noted in the store. Documents are found by their words meanwhile, and where it fails.

use super::super::index;
use super::sql::{self, Waiting};
use super::{embed, model, name};
use crate::app::App;
use crate::audit::EMBED_PASSAGES;
use crate::call::{Context, Ending};
use crate::error::{Error, Kind};
use crate::gate::{Caller, teams};
use crate::http::reply;
use crate::providers::Plan;
use crate::trace::Recorder;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// Passages that are embedded by one call: as many as each provider takes.
const AT_ONCE: usize = 64;

/// How often it looks whether the model is another, or answers again.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// How a team's passages stand.
#[derive(Default)]
struct Progress {
    /// The model that its documents have vectors of, or wait for.
    model: String,
    /// When its model may be asked again, after it failed.
    rests_until: Option<Instant>,
}

/// Embeds what waits until the daemon stops; at the next start it goes on from the last batch.
pub(crate) async fn run(app: App, stopped: CancellationToken) {
    if app.config.knowledge.embedding_model.is_empty() {
        return;
    }
    let mut teams: HashMap<String, Progress> = HashMap::new();
    let work = async {
        loop {
            if let Err(error) = look(&app, &mut teams).await {
                tracing::error!(
                    cause = error.cause.as_deref().unwrap_or_default(),
                    "passages can't be embedded"
                );
            }
            // Whether something came or not, it looks again.
            let _ = timeout(LOOK_AGAIN, app.embedding.notified()).await;
        }
    };
    tokio::select! {
        () = stopped.cancelled() => {}
        () = work => {}
    }
}

async fn look(app: &App, teams: &mut HashMap<String, Progress>) -> Result<(), Error> {
    for team in teams::all(&app.db).await? {
        let progress = teams.entry(team.clone()).or_default();
        let Some(plan) = model(app, &team) else { continue };
        if progress.rests_until.is_some_and(|until| until > Instant::now()) {
            continue;
        }
        if progress.model != name(&plan) {
            sql::wait_again(&app.db, &team, name(&plan)).await?;
            name(&plan).clone_into(&mut progress.model);
        }
        progress.rests_until = None;
        if let Err(error) = embed_waiting(app, &team, &plan).await {
            let (code, model) = (error.code, &progress.model);
            tracing::warn!(
                team,
                model,
                code,
                "passages can't be embedded, and are found by their words only"
            );
            progress.rests_until = Some(Instant::now() + LOOK_AGAIN);
        }
    }
    Ok(())
}

async fn embed_waiting(app: &App, team: &str, plan: &Plan) -> Result<(), Error> {
    let mut place = (String::new(), -1);
    loop {
        let mut batch = sql::waiting(&app.db, team, name(plan), &place, AT_ONCE).await?;
        let Some(last) = batch.last() else { return Ok(()) };
        place = last.place.clone();
        let mut new: Vec<&mut Waiting> = batch.iter_mut().filter(|one| one.vector.is_none()).collect();
        if !new.is_empty() {
            embed_batch(app, team, plan, &mut new).await?;
        }
        sql::store(&app.db, name(plan), batch).await?;
    }
}

/// Embeds passages in a call of the team's, which has its row in the audit log. One that the model refuses gets an empty
/// vector, which is near to nothing.
async fn embed_batch(app: &App, team: &str, plan: &Plan, batch: &mut [&mut Waiting]) -> Result<(), Error> {
    app.books.check_open()?;
    let caller = Caller::itself(team, "embedding".into(), "embedding", vec!["completions/embeddings".into()]);
    let recorder = Recorder::open(EMBED_PASSAGES, app.books.clock.now());
    let context = Context::new(Arc::new(caller), recorder, Arc::clone(&app.books), Vec::new());
    context.recorder.with(|record| record.model = Some(name(plan).to_owned()));
    let texts: Vec<String> = batch.iter().map(|one| text(one)).collect();
    let result = match embed(app, &context, plan, &texts, "search_document").await {
        Err(error) if is_refused(&error) => one_by_one(app, &context, plan, &texts).await,
        result => result,
    };
    let ending = match &result {
        Ok(_) => Ending { status: 200, label: "completed" },
        Err(error) => Ending { status: reply::status(error.kind), label: "failed" },
    };
    context.settle(ending).await?;
    for (one, numbers) in batch.iter_mut().zip(result?) {
        one.vector = Some(if numbers.is_empty() { Vec::new() } else { index::stored_vector(&numbers) });
    }
    Ok(())
}

/// Embeds texts of which the model refuses some.
///
/// # Errors
/// If it refuses any text.
async fn one_by_one(
    app: &App,
    context: &Context,
    plan: &Plan,
    texts: &[String],
) -> Result<Vec<Vec<f32>>, Error> {
    let ask =
        async |text: &String| embed(app, context, plan, std::slice::from_ref(text), "search_document").await;
    ask(&"A passage.".to_owned()).await?;
    let mut vectors = Vec::with_capacity(texts.len());
    for text in texts {
        vectors.push(match ask(text).await {
            Ok(mut vector) => vector.pop().unwrap_or_default(),
            Err(error) if is_refused(&error) => Vec::new(),
            Err(error) => return Err(error),
        });
    }
    Ok(vectors)
}

/// Whether the model answers, but not this.
fn is_refused(error: &Error) -> bool {
    matches!(error.kind, Kind::Invalid | Kind::TooLarge)
}

/// What the model is given of a passage: a sentence means more under its headings.
fn text(passage: &Waiting) -> String {
    let Waiting { title, heading, text, .. } = passage;
    [title, heading, text]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The same with vectors of a test's own.
#[cfg(test)]
pub(in super::super) async fn embed_by(
    db: &crate::store::Db,
    team: &str,
    model: &str,
    vector: impl Fn(&str) -> Vec<f32>,
) {
    sql::wait_again(db, team, model).await.unwrap();
    let mut place = (String::new(), -1);
    loop {
        let mut batch = sql::waiting(db, team, model, &place, 3).await.unwrap();
        let Some(last) = batch.last() else { return };
        place = last.place.clone();
        batch.iter_mut().for_each(|one| one.vector = Some(index::stored_vector(&vector(&one.text))));
        sql::store(db, model, batch).await.unwrap();
    }
}
