//! Answers given again: to the same request of the same team, where its temperature is 0 and an operator allows it.

use crate::app::App;
use crate::call::{Context, Ending};
use crate::config;
use crate::error::Error;
use crate::http::mount::{Content, Written};
use crate::providers::{Plan, Target};
use bytes::Bytes;
use contract::version;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The answers that are kept, in memory.
#[derive(Debug)]
pub(crate) struct Cache {
    is_enabled: bool,
    ttl: Duration,
    most_bytes: u64,
    kept: Mutex<Kept>,
}

/// All answers live equally long: the oldest is always the first to go.
#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<String, Answer>,
    by_age: VecDeque<(Instant, String)>,
    bytes: u64,
}

#[derive(Clone, Debug)]
struct Answer {
    body: Bytes,
    is_stream: bool,
    provider: String,
    model: String,
    until: Instant,
}

/// The place of one request in the cache.
pub(super) struct Ticket {
    key: String,
    is_stream: bool,
}

impl Cache {
    /// An empty cache.
    pub(crate) fn new(settings: &config::Cache) -> Self {
        Self {
            is_enabled: settings.enabled,
            ttl: Duration::from_secs(settings.ttl_seconds),
            most_bytes: settings.max_bytes,
            kept: Mutex::default(),
        }
    }

    /// The place of a request; none where it may neither be answered from the cache nor kept in it.
    ///
    /// # Errors
    /// Never, for what came as JSON.
    pub(super) fn ticket(
        &self,
        context: &Context,
        plan: &Plan,
        is_stream: bool,
        body: &Map<String, Value>,
    ) -> Result<Option<Ticket>, Error> {
        let is_exact = body.get("temperature").and_then(Value::as_f64) == Some(0.0);
        if !self.is_enabled || context.is_fresh || !is_exact {
            return Ok(None);
        }
        let targets: Vec<&str> = plan.targets.iter().map(Target::name).collect();
        let key = version::of(&json!([context.caller.team, plan.name, targets, is_stream, body]))?;
        Ok(Some(Ticket { key, is_stream }))
    }

    fn find(&self, key: &str, now: Instant) -> Option<Answer> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.answers.get(key).filter(|answer| answer.until > now).cloned()
    }

    fn keep(&self, key: &str, answer: Answer, now: Instant) {
        let size = answer.body.len() as u64;
        if size > self.most_bytes {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((until, oldest)) = kept.by_age.front().cloned() {
            if until > now && kept.bytes + size <= self.most_bytes {
                break;
            }
            kept.by_age.pop_front();
            // One that was kept anew stays until its own turn.
            if kept.answers.get(&oldest).is_some_and(|answer| answer.until == until)
                && let Some(gone) = kept.answers.remove(&oldest)
            {
                kept.bytes -= gone.body.len() as u64;
            }
        }
        kept.bytes += size;
        kept.by_age.push_back((answer.until, key.to_owned()));
        if let Some(before) = kept.answers.insert(key.to_owned(), answer) {
            kept.bytes -= before.body.len() as u64;
        }
    }
}

impl Ticket {
    /// The answer that is kept here, if there is one: used by nobody anew, it costs nothing.
    ///
    /// # Errors
    /// If the call can't be settled.
    pub(super) async fn hit(&self, app: &App, context: &Context) -> Result<Option<Written>, Error> {
        let Some(answer) = app.cache.find(&self.key, Instant::now()) else { return Ok(None) };
        context.recorder.stage("cache", "hit");
        context.recorder.with(|record| record.model = Some(answer.model));
        let headers = vec![("x-katonic-provider", answer.provider), ("x-katonic-cache", "hit".to_owned())];
        if !answer.is_stream {
            return Ok(Some(Written { headers, content: Content::Json(answer.body.into()) }));
        }
        context.settle(Ending { status: 200, label: "completed" }).await?;
        let (sender, frames) = mpsc::channel(1);
        // There is room for the one frame that holds them all.
        drop(sender.try_send(answer.body));
        Ok(Some(Written { headers, content: Content::Frames(frames) }))
    }

    /// Keeps a whole answer.
    pub(super) fn keep(&self, app: &App, target: &Target, body: &[u8]) {
        self.put(app, target, Bytes::copy_from_slice(body));
    }

    /// Keeps the frames of a streamed one.
    pub(super) fn keep_frames(&self, app: &App, target: &Target, frames: &[Bytes]) {
        self.put(app, target, frames.concat().into());
    }

    fn put(&self, app: &App, target: &Target, body: Bytes) {
        let now = Instant::now();
        let (provider, model) = (target.upstream.name.clone(), target.name().to_owned());
        let answer = Answer { body, is_stream: self.is_stream, provider, model, until: now + app.cache.ttl };
        app.cache.keep(&self.key, answer, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize, until: Instant) -> Answer {
        let body = Bytes::from(vec![0; bytes]);
        Answer { body, is_stream: false, provider: String::new(), model: String::new(), until }
    }

    #[test]
    fn the_oldest_go_first_and_the_bytes_are_bounded() {
        let cache = Cache::new(&config::Cache { enabled: true, ttl_seconds: 60, max_bytes: 100 });
        let now = Instant::now();
        let keep = |key: &str, at: Instant| cache.keep(key, answer(40, at + cache.ttl), at);
        let later = |seconds| now + Duration::from_secs(seconds);
        keep("a", now);
        keep("b", later(1));
        keep("a", later(2));
        keep("c", later(3));
        let there = |at| ["a", "b", "c"].map(|key| cache.find(key, at).is_some());
        assert_eq!(there(later(4)), [true, false, true]);
        assert!(cache.kept.lock().unwrap().bytes <= 100);
        assert_eq!(there(later(62)), [false, false, true]);
        keep("d", later(200));
        assert_eq!(cache.kept.lock().unwrap().answers.len(), 1, "what ended is forgotten");
    }
}
