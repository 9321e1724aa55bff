//! How one attempt at a provider failed, and what follows from it.

use super::flavours::Problem;
use super::words;
use crate::error::{Error, Kind};
use contract::time::Time;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::time::Duration;

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
        let problem = Problem { message: message.into(), is_ours: true, ..Problem::default() };
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

    /// The same without what the provider may have said of secrets: of its key above all.
    pub(crate) fn without_secrets(mut self, key: Option<&SecretString>) -> Self {
        if !self.problem.is_ours {
            self.problem.message = words::cleaned(&self.problem.message, key);
        }
        self.problem.code = self.problem.code.filter(|code| words::is_name(code));
        self.problem.param = self.problem.param.filter(|param| words::is_name(param));
        self
    }

    /// For the admin API, the trace and the log: nothing of the request. So of words only ours.
    pub(crate) fn shown(&self, at: Time) -> Value {
        let ours = Some(&self.problem.message).filter(|_| self.problem.is_ours);
        json!({"at": at, "status": self.status, "code": self.problem.code, "message": ours})
    }

    /// As the client sees it, after routing gave up; `tried` names the providers. What the provider said goes with it, for
    /// [`told`], and neither into the message nor into the log.
    pub(crate) fn into_error(self, tried: &str) -> Error {
        let code = self.problem.code.as_deref().unwrap_or("no code");
        let ours = if self.problem.is_ours { self.problem.message.as_str() } else { "" };
        let cause = format!("{tried}: {:?} {:?} {code} {ours}", self.fault, self.status);
        let said = Box::new((SAID, Value::String(self.problem.message.clone())));
        let error = match self.fault {
            Fault::Rejected => {
                let message = format!("{tried} refuses the request. Change it, or ask another model.");
                let kind = if self.status == Some(413) { Kind::TooLarge } else { Kind::Invalid };
                let code = match code {
                    "context_length_exceeded" => "context_length_exceeded",
                    "content_filter" => "content_filter",
                    _ => "invalid_value",
                };
                let error = Error::new(kind, code, message);
                return Error { param: self.problem.param, detail: Some(said), ..error };
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
        Error { retry_after, detail: Some(said), ..error }.because(cause)
    }
}

/// The detail of an error that holds what the provider said. No envelope shows it.
const SAID: &str = "said";

/// What the provider said, if it said anything.
pub(super) fn said(error: &Error) -> Option<&str> {
    let detail = error.detail.as_ref().filter(|detail| detail.0 == SAID)?;
    detail.1.as_str().filter(|said| !said.is_empty())
}

/// The error for a client who wrote the request itself: where that is what is wrong, with what the provider said of it.
pub(crate) fn told(error: Error) -> Error {
    match said(&error) {
        Some(said) if matches!(error.kind, Kind::Invalid | Kind::TooLarge) => {
            Error { message: format!("{} It says: {said}", error.message), ..error }
        }
        _ => error,
    }
}
