//! What can go wrong, in the domain's terms. Only `http/reply.rs` knows statuses.

use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident),+ $(,)?) => {
        /// The families of errors, as callers decide on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Kind {
            /// Every family, with when it is.
            pub(crate) const ALL: &[(Self, &str)] = &[$((Self::$name, concat!($($doc),+))),+];
        }
    };
}

kinds! {
    /// The request is malformed or out of range.
    Invalid,
    /// A body over its bound.
    TooLarge,
    /// A body in a form that the endpoint doesn't read.
    UnsupportedMedia,
    /// Nobody we know.
    Unauthenticated,
    /// Somebody we know, who may not.
    Forbidden,
    /// Not there, or not for this caller to know of.
    NotFound,
    /// There, but not under this method.
    WrongMethod,
    /// Against what is there.
    Conflict,
    /// Too often.
    RateLimited,
    /// Nothing left to pay with.
    QuotaSpent,
    /// Not built.
    NotImplemented,
    /// Nothing serves this model or tier, or too much is going on.
    Unavailable,
    /// The provider failed.
    Upstream,
    /// The provider has too much to do.
    UpstreamOverloaded,
    /// The provider took too long.
    UpstreamTimeout,
    /// The client left.
    Cancelled,
    /// A bug or a broken disk.
    Internal,
}

/// An error: what a client may see, and what the log holds.
#[derive(Debug)]
pub(crate) struct Error {
    /// The family.
    pub(crate) kind: Kind,
    /// The code of the envelope, such as `agent_not_found`.
    pub(crate) code: &'static str,
    /// What happened and what to do, for the client.
    pub(crate) message: String,
    /// The field it is about.
    pub(crate) param: Option<String>,
    /// Seconds after which to try again.
    pub(crate) retry_after: Option<u64>,
    /// More: `("gate", …)` or `("findings", …)` for the envelope, or what no envelope shows.
    pub(crate) detail: Option<Box<(&'static str, Value)>>,
    /// What the log holds, and no client sees.
    pub(crate) cause: Option<String>,
}

/// The detail that holds what decided.
const RULE: &str = "rule";

impl Error {
    /// An error of a family.
    pub(crate) fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            message: message.into(),
            param: None,
            retry_after: None,
            detail: None,
            cause: None,
        }
    }

    /// A malformed request; `param` names the field.
    pub(crate) fn invalid(param: &str, message: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..Self::new(Kind::Invalid, "invalid_value", message) }
    }

    /// Something that isn't there for this caller: `what` is such as `agent`.
    pub(crate) fn not_found(what: &'static str, id: &str) -> Self {
        let code = match what {
            "agent" => "agent_not_found",
            "model" => "model_not_found",
            "document" => "document_not_found",
            "session" => "session_not_found",
            "suite" => "suite_not_found",
            "run" => "run_not_found",
            "trace" => "trace_not_found",
            "key" => "key_not_found",
            "operator" => "operator_not_found",
            "user" => "user_not_found",
            "group" => "group_not_found",
            "budget" => "budget_not_found",
            "webhook" => "webhook_not_found",
            "delivery" => "delivery_not_found",
            "provider key" => "provider_not_found",
            "team" => "team_not_found",
            "tier" | "set tier" => "tier_not_found",
            "backup" => "backup_not_found",
            "collection" => "collection_not_found",
            "optimisation" => "optimisation_not_found",
            "candidate" => "candidate_not_found",
            "response" => "response_not_found",
            "version" => "version_not_found",
            "tool" => "tool_not_found",
            "approval" => "approval_not_found",
            _ => "not_found",
        };
        let message =
            format!("There is no {what} `{id}` that this call may see. Check the name and the permissions.");
        Self::new(Kind::NotFound, code, message)
    }

    /// A bug or a broken disk: the cause goes to the log only.
    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        let message = "Something went wrong inside the daemon. Its log says what, under this trace id.";
        let error = Self::new(Kind::Internal, "internal_error", message);
        Self { cause: Some(cause.to_string()), ..error }
    }

    /// The same with what decided, for the stages of the trace and the audit row: such as `rate:minute` or
    /// `budget:team/acme/day`.
    pub(crate) fn by(self, rule: impl Into<String>) -> Self {
        Self { detail: Some(Box::new((RULE, Value::String(rule.into())))), ..self }
    }

    /// As a stage says it: its code, and what decided.
    pub(crate) fn decision(&self) -> Cow<'static, str> {
        let detail = self.detail.as_deref().filter(|detail| detail.0 == RULE);
        match detail.and_then(|detail| detail.1.as_str()) {
            Some(rule) => format!("{} by {rule}", self.code).into(),
            None => self.code.into(),
        }
    }

    /// The same with what the log should hold.
    pub(crate) fn because(self, cause: impl fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Some(cause) => write!(f, "{}: {cause}", self.code),
            None => write!(f, "{}: {}", self.code, self.message),
        }
    }
}

impl std::error::Error for Error {}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(format_args!("stored JSON: {error}"))
    }
}
