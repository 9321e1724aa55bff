//! How a command ends: what it answers, what went wrong, and the exit code of each.

use contract::wire::error::ErrorEnvelope;
use std::io;

/// What a command that went through answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done, or yes.
    Yes,
    /// The answer is no, and what says so is printed: invalid, regressed, refused, blocked.
    No,
}

impl Answer {
    /// Yes where something holds.
    pub(crate) fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// How the process then ends.
    pub(crate) fn exit(self) -> Exit {
        match self {
            Self::Yes => Exit::Done,
            Self::No => Exit::No,
        }
    }
}

/// The exit codes that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// The answer is no.
    No = 1,
    /// Wrong usage, or unreadable input.
    Usage = 2,
    /// Not authorised.
    NotAuthorised = 3,
    /// Not found.
    NotFound = 4,
    /// The daemon can't be reached, or failed.
    Unavailable = 5,
    /// Rate limited, or out of budget.
    Limited = 6,
    /// Interrupted: 128 and the number of SIGINT.
    Interrupted = 130,
}

impl Exit {
    /// The code of an HTTP status.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::NotAuthorised,
            404 => Self::NotFound,
            429 => Self::Limited,
            400..=499 => Self::No,
            _ => Self::Unavailable,
        }
    }

    /// The code of an error's family, for streams, where there is no status left to send.
    fn of_kind(kind: &str) -> Self {
        match kind {
            "authentication_error" | "permission_error" => Self::NotAuthorised,
            "not_found_error" => Self::NotFound,
            "rate_limit_error" | "insufficient_quota" => Self::Limited,
            "invalid_request_error" | "conflict_error" => Self::No,
            _ => Self::Unavailable,
        }
    }
}

/// Why a command couldn't go through.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What happened; empty where nobody is left to read it.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: Option<String>,
    /// The call's trace id.
    pub(crate) trace_id: Option<String>,
    /// How the process ends.
    pub(crate) exit: Exit,
    /// The daemon's own words.
    pub(crate) envelope: Option<Box<ErrorEnvelope>>,
}

impl Failure {
    /// A failure without a hint.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, trace_id: None, exit, envelope: None }
    }

    /// Wrong usage, or unreadable input.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The same with what to do.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// A file of ours that can't be used.
    pub(crate) fn file(path: &std::path::Path, error: &io::Error) -> Self {
        Self::usage(format!("{} can't be used: {error}", path.display()))
            .hint("Check the path, and who may read and write there.")
    }

    /// The daemon's error answer: its first sentence says what happened, the rest what to do.
    pub(crate) fn of_envelope(envelope: ErrorEnvelope, status: Option<u16>) -> Self {
        let exit = status.map_or_else(|| Exit::of_kind(&envelope.error.kind), Exit::of_status);
        let (message, hint) = match envelope.error.message.split_once(". ") {
            Some((message, hint)) => (format!("{message}."), Some(hint.to_owned())),
            None => (envelope.error.message.clone(), None),
        };
        let trace_id = Some(envelope.trace_id.clone()).filter(|id| !id.is_empty());
        Self { message, hint, trace_id, exit, envelope: Some(Box::new(envelope)) }
    }

    /// Whether the daemon's error is of this family.
    pub(crate) fn has_kind(&self, kind: &str) -> bool {
        self.envelope.as_ref().is_some_and(|envelope| envelope.error.kind == kind)
    }

    /// Whether the daemon gave this code.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.envelope.as_ref().is_some_and(|envelope| envelope.error.code == code)
    }
}

impl From<io::Error> for Failure {
    /// A reader who has left, as `head` does, is no failure; all else is.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(Exit::Done, ""),
            _ => Self::usage(format!("The output can't be written: {error}")),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::new(
            Exit::Unavailable,
            format!("The answer is not what this version of katonic expects: {error}"),
        )
        .hint("Use the same version of katonic as the daemon's.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::wire::error::ErrorBody;

    #[test]
    fn every_status_has_its_exit_code() {
        let table =
            [(401, 3), (403, 3), (404, 4), (429, 6), (400, 1), (409, 1), (422, 1), (500, 5), (503, 5)];
        for (status, code) in table {
            assert_eq!(Exit::of_status(status) as u8, code, "{status}");
        }
        assert_eq!(Exit::Interrupted as u8, 130);
    }

    #[test]
    fn the_first_sentence_says_what_happened_and_the_rest_what_to_do() {
        let error = ErrorBody {
            message: "There is no agent `x` that this call may see. Check the name.".into(),
            kind: "not_found_error".into(),
            code: "agent_not_found".into(),
            param: None,
        };
        let envelope = ErrorEnvelope { error, trace_id: "ab".into(), gate: None, findings: None };
        let failure = Failure::of_envelope(envelope, None);
        assert_eq!(failure.message, "There is no agent `x` that this call may see.");
        assert_eq!(failure.hint.as_deref(), Some("Check the name."));
        assert_eq!((failure.exit, failure.trace_id.as_deref()), (Exit::NotFound, Some("ab")));
    }
}
