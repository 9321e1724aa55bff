//! A catalogue entry becomes a guarded route here, and nowhere else.

use super::govern::stay;
use super::input;
use crate::act::Act;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::routing::{MethodFilter, on};
use contract::endpoint::{Declaration, Endpoint, Method};
use contract::wire::sse::Event;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use std::future::Future;
use tokio::sync::mpsc;

/// A call to an endpoint that the gate let in. Only this file makes one, so that no handler runs unguarded.
pub(crate) struct Call<E: Endpoint> {
    pub(crate) input: E::Input,
    pub(crate) context: Context,
    _guarded: (),
}

/// What a handler answers.
pub(crate) enum Out<T> {
    /// A body, with the endpoint's own status.
    Body(T),
    /// A body with another status.
    Status(u16, T),
    /// The error that an act ends with, which is stored as any.
    Refused(Error),
    /// A status and a body of an act that begins work; and what is answered in its place to who waits.
    Begun(u16, T, BoxFuture<'static, Result<(u16, T), Error>>),
    /// Events of a call that settles itself when they end.
    Stream(mpsc::Receiver<Event>),
    /// Events that tell of other work: the call is settled as they begin.
    Watch(mpsc::Receiver<Event>),
    /// Lines of JSON: the call is settled as they begin.
    Lines(mpsc::Receiver<Bytes>),
    /// A body in a form of its own, with headers of its own.
    Written(Written),
}

/// An answer that the handler wrote itself, in OpenAI's form.
pub(crate) struct Written {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
}

/// Its body.
pub(crate) enum Content {
    /// JSON.
    Json(Vec<u8>),
    /// What its headers say.
    Text(Vec<u8>),
    /// The frames of an event stream, of a call that settles itself when they end.
    Frames(mpsc::Receiver<Bytes>),
}

/// What goes back, with its type forgotten.
pub(super) enum Answer {
    Json(u16, Value),
    Stream(mpsc::Receiver<Event>),
    Watch(mpsc::Receiver<Event>),
    Lines(mpsc::Receiver<Bytes>),
    Written(Written),
    Act(Box<Attempt>),
}

pub(super) type Reply = Result<(u16, Value), Error>;

/// An act that a handler decided on.
pub(super) struct Attempt {
    pub(super) act: Act<()>,
    /// What is answered once it is stored.
    pub(super) reply: Reply,
    /// What is answered in place of that to who waits.
    pub(super) later: Option<BoxFuture<'static, Reply>>,
    /// What was asked, to decide anew.
    pub(super) input: Value,
}

fn answer<E: Endpoint>(out: Out<E::Output>) -> Result<Answer, Error> {
    Ok(match out {
        Out::Body(body) => Answer::Json(E::DECLARATION.status, serde_json::to_value(body)?),
        Out::Status(status, body) | Out::Begun(status, body, _) => {
            Answer::Json(status, serde_json::to_value(body)?)
        }
        Out::Refused(error) => return Err(error),
        Out::Stream(events) => Answer::Stream(events),
        Out::Watch(events) => Answer::Watch(events),
        Out::Lines(lines) => Answer::Lines(lines),
        Out::Written(written) => Answer::Written(written),
    })
}

fn attempt<E: Endpoint>(act: Act<Out<E::Output>>, input: Value) -> Result<Attempt, Error> {
    let (out, act) = act.split();
    let json = |status, body: E::Output| -> Reply { Ok((status, serde_json::to_value(body)?)) };
    let mut later = None;
    let reply = match out {
        Out::Body(body) => json(E::DECLARATION.status, body),
        Out::Status(status, body) => json(status, body),
        Out::Begun(status, body, more) => {
            later = Some(more.map(move |more| more.and_then(|(status, body)| json(status, body))).boxed());
            json(status, body)
        }
        Out::Refused(error) => Err(error),
        _ => return Err(Error::internal("an act is answered by a body")),
    };
    Ok(Attempt { act, reply, later, input })
}

/// Collects the groups' routes.
pub(crate) struct Api {
    app: App,
    router: Router,
}

impl Api {
    pub(super) fn new(app: App) -> Self {
        Self { app, router: Router::new() }
    }

    /// Adds an endpoint with its handler.
    pub(crate) fn mount<E, H, F>(self, handler: H) -> Self
    where
        E: Endpoint,
        H: Fn(App, Call<E>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Out<E::Output>, Error>> + Send + 'static,
    {
        self.add(E::DECLARATION, move |app, context, input| {
            let handler = handler.clone();
            async move {
                let input = input::typed::<E::Input>(input)?;
                answer::<E>(handler(app, Call { input, context, _guarded: () }).await?)
            }
        })
    }

    /// Adds an endpoint whose handler decides on an act. It may be asked again, where others overtake the act; it writes
    /// nothing itself.
    pub(crate) fn act<E, H, F>(self, handler: H) -> Self
    where
        E: Endpoint,
        H: Fn(App, Call<E>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Act<Out<E::Output>>, Error>> + Send + 'static,
    {
        self.add(E::DECLARATION, move |app, context, input| {
            let handler = handler.clone();
            async move {
                let asked = input::typed::<E::Input>(input.clone())?;
                let act = handler(app, Call { input: asked, context, _guarded: () }).await?;
                Ok(Answer::Act(Box::new(attempt::<E>(act, input)?)))
            }
        })
    }

    /// The router of what was mounted.
    pub(super) fn into_router(self) -> Router {
        self.router
    }

    fn add<W, F>(mut self, declaration: &'static Declaration, work: W) -> Self
    where
        W: Fn(App, Context, Value) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Answer, Error>> + Send + 'static,
    {
        let app = self.app.clone();
        let filter = match declaration.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Put => MethodFilter::PUT,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        };
        // A model's id may hold slashes.
        let path = declaration.path.replace("{model_id}", "{*model_id}");
        let path = format!("{}{path}", declaration.prefix);
        let route = on(filter, move |request: Request| stay(app.clone(), declaration, request, work.clone()));
        self.router = self.router.route(&path, route);
        self
    }
}
