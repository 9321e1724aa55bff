//! Sources of documents: what is new or changed there is read, and what is gone there goes here. What a source could not
//! list stays as it is.

mod bucket;
mod folder;
mod git;
mod pass;
mod site;
mod sql;
mod web;

use crate::app::App;
use crate::config::Source;
use contract::time::Time;
use contract::wire::knowledge::SourceState;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Something at a source that may be a document.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    /// Where it is there: a path, or an address.
    key: String,
    /// What changes with its content; empty where the source does not tell.
    version: String,
}

/// Why a source, or something there, can't be read, as its operator is told.
type Trouble = String;

/// How the sources stand.
#[derive(Debug, Default)]
pub(crate) struct Sources(Mutex<BTreeMap<String, SourceState>>);

impl Sources {
    /// Each of a team, by name.
    pub(crate) fn list(&self, team: &str) -> Vec<SourceState> {
        let states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        states.values().filter(|state| state.team == team).cloned().collect()
    }

    fn note(&self, name: &str, change: impl FnOnce(&mut SourceState)) {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = states.get_mut(name) {
            change(state);
        }
    }

    fn begin(&self, name: &str, source: &Source) {
        let state = SourceState {
            object: "source".into(),
            name: name.to_owned(),
            kind: kind(source).into(),
            team: source.team.clone(),
            collection: source.collection.clone(),
            looked_at: None,
            documents: 0,
            skipped: Vec::new(),
            trouble: None,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), state);
    }
}

fn kind(source: &Source) -> &'static str {
    match (&source.folder, &source.git, &source.sitemap) {
        (Some(_), ..) => "folder",
        (_, Some(_), _) => "git",
        (.., Some(_)) => "website",
        _ => "bucket",
    }
}

/// How long from one look at a source to the next, where it is not set.
fn interval(source: &Source) -> Duration {
    let usual = match kind(source) {
        "folder" => 30,
        "website" => 24 * 60 * 60,
        _ => 10 * 60,
    };
    Duration::from_secs(source.every_seconds.unwrap_or(usual).max(1))
}

/// Looks at every source, each at its own times, until the daemon stops.
pub(crate) fn follow(app: &App, stopped: &CancellationToken) {
    for (name, source) in &app.config.sources {
        app.sources.begin(name, source);
        let (app, name, source, stopped) = (app.clone(), name.clone(), source.clone(), stopped.clone());
        let worker = app.clone();
        let work = async move {
            loop {
                let look = async {
                    look(&worker, &name, &source).await;
                    sleep(interval(&source)).await;
                };
                tokio::select! {
                    () = stopped.cancelled() => return,
                    () = look => {}
                }
            }
        };
        drop(app.work.spawn(work));
    }
}

async fn look(app: &App, name: &str, source: &Source) {
    let ended = pass::run(app, name, source).await;
    let looked_at = Some(Time::now());
    match ended {
        Ok(seen) => app.sources.note(name, |state| {
            *state = SourceState {
                looked_at,
                documents: seen.documents,
                skipped: seen.skipped,
                trouble: None,
                ..state.clone()
            };
        }),
        Err(trouble) => {
            tracing::warn!(source = name, trouble, "a source can't be read");
            app.sources.note(name, |state| {
                *state = SourceState { looked_at, trouble: Some(trouble), ..state.clone() };
            });
        }
    }
}
