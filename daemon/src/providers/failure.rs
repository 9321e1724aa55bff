//! How one attempt at a provider failed, and what follows from it.

use super::flavours::Problem;
use crate::error::{Error, Kind};
use contract::time::Time;
use serde_json::{Value, json};
use std::time::Duration;

/// Longest message of a provider that is passed on, in characters.
const LONGEST_MESSAGE: usize = 500;

/// The families of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The request is wrong: nobody else would take it either.
    Rejected,
    /// The provider doesn't have the model.
    NoModel,
    /// The provider refuses the key.
    Key,
    /// It has too much to do, or the key's limit is reached.
    Overloaded,
    /// It took too long.
    TimedOut,
    /// Anything else: no connection, a 5xx, garbage, an answer that breaks off.
    Failed,
}

/// A failed attempt.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) fault: Fault,
    pub(crate) status: Option<u16>,
    pub(crate) problem: Problem,
    /// How long the provider asks to wait.
    pub(crate) retry_after: Option<Duration>,
}

impl Failure {
    /// By an HTTP status.
    pub(crate) fn of_status(status: u16, problem: Problem, retry_after: Option<Duration>) -> Self {
        let fault = match status {
            401 | 403 => Fault::Key,
            404 => Fault::NoModel,
            408 | 504 => Fault::TimedOut,
            429 | 503 | 529 => Fault::Overloaded,
            400 | 413 | 415 | 422 => Fault::Rejected,
            _ => Fault::Failed,
        };
        Self { fault, status: Some(status), problem, retry_after }
    }

    /// Inside an answer that began well.
    pub(crate) fn of_problem(problem: Problem) -> Self {
        match problem.status {
            Some(status) => Self::of_status(status, problem, None),
            None => Self { fault: Fault::Failed, status: None, problem, retry_after: None },
        }
    }

    /// Without any answer.
    pub(crate) fn silent(fault: Fault, message: impl Into<String>) -> Self {
        let problem = Problem { message: message.into(), ..Problem::default() };
        Self { fault, status: None, problem, retry_after: None }
    }

    /// Whether the same target may do better the next time: 408, 409, 429, 5xx and broken connections.
    pub(crate) fn is_passing(&self) -> bool {
        match self.fault {
            Fault::Overloaded | Fault::TimedOut => true,
            Fault::Failed => self.status.is_none_or(|status| status == 409 || status >= 500),
            Fault::Rejected | Fault::NoModel | Fault::Key => false,
        }
    }

    /// Whether it says something of the target's health.
    pub(crate) fn is_illness(&self) -> bool {
        self.fault != Fault::Rejected
    }

    /// For the admin API and the trace: no secret, and nothing of the request.
    pub(crate) fn shown(&self, at: Time) -> Value {
        json!({"at": at, "status": self.status, "code": self.problem.code, "message": short(&self.problem.message)})
    }

    /// As the client sees it, after routing gave up; `tried` names the providers.
    pub(crate) fn into_error(self, tried: &str) -> Error {
        let cause = format!("{tried}: {:?} {:?}: {}", self.fault, self.status, short(&self.problem.message));
        let error = match self.fault {
            Fault::Rejected => {
                let message = format!("{tried} refuses the request: {}", short(&self.problem.message));
                let kind = if self.status == Some(413) { Kind::TooLarge } else { Kind::Invalid };
                let code = match self.problem.code.as_deref() {
                    Some("context_length_exceeded") => "context_length_exceeded",
                    Some("content_filter") => "content_filter",
                    _ => "invalid_value",
                };
                return Error { param: self.problem.param, ..Error::new(kind, code, message) };
            }
            Fault::NoModel => Error::new(
                Kind::NotFound,
                "model_not_found",
                format!("{tried} doesn't have this model. GET /public/v1/models lists what may be used."),
            ),
            Fault::Overloaded => Error::new(
                Kind::UpstreamOverloaded,
                "upstream_overloaded",
                format!("{tried} has too much to do. Try again shortly."),
            ),
            Fault::TimedOut => Error::new(
                Kind::UpstreamTimeout,
                "upstream_timeout",
                format!("{tried} did not answer in time. Try again shortly."),
            ),
            Fault::Key => Error::new(
                Kind::Upstream,
                "upstream_failed",
                format!(
                    "{tried} refuses Katonic's key. An operator must set it anew: `katonic providers add`."
                ),
            ),
            Fault::Failed => Error::new(
                Kind::Upstream,
                "upstream_failed",
                format!("{tried} failed. Try again; if it lasts, an operator finds the reason in the log."),
            ),
        };
        let retry_after = self.retry_after.map(|wait| wait.as_secs().max(1));
        Error { retry_after, ..error }.because(cause)
    }
}

fn short(message: &str) -> String {
    message.chars().take(LONGEST_MESSAGE).collect()
}
