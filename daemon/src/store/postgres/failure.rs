//! What went wrong at the server, as the store tells it.

use super::super::StoreError;
use std::error::Error as _;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// The kinds of failure that the driver decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A row against a constraint.
    Conflict,
    /// The transaction lost against another one, and may win when it is tried again.
    Again,
    /// A lock that somebody else holds.
    Locked,
    /// The session is gone.
    Lost,
    /// The server can't just now.
    Busy,
    /// Anything else.
    Other,
}

/// A failure with what the log may hold: never a value, which the server's `DETAIL` holds, and its words of class 22.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) kind: Kind,
    pub(super) message: String,
}

/// What is told of a server's error: of one about data (class 22) its code only, as the words quote a value.
fn said(code: &str, words: &str) -> String {
    if code.starts_with("22") {
        format!("a value is not as the statement needs it ({code})")
    } else {
        format!("{words} ({code})")
    }
}

impl Failure {
    /// What an error of the client is.
    pub(super) fn of(error: &Error) -> Self {
        let Some(state) = error.as_db_error() else {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            let is_lost =
                error.is_closed() || error.source().is_some_and(|cause| cause.is::<std::io::Error>());
            let kind = if is_lost { Kind::Lost } else { Kind::Other };
            return Self { kind, message: format!("{error}{cause}") };
        };
        let code = state.code();
        let kind = match code.code().get(..2) {
            Some("23") => Kind::Conflict,
            _ if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code) => {
                Kind::Again
            }
            _ if *code == SqlState::LOCK_NOT_AVAILABLE => Kind::Locked,
            // The server stops, crashed, or starts; or it ended a session that was idle in a transaction.
            Some("57") if *code != SqlState::QUERY_CANCELED => Kind::Lost,
            _ if *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Kind::Lost,
            Some("08") => Kind::Lost,
            Some("53" | "57" | "58") => Kind::Busy,
            // A standby, or a database that was made read-only.
            _ if *code == SqlState::READ_ONLY_SQL_TRANSACTION => Kind::Busy,
            _ => Kind::Other,
        };
        Self { kind, message: said(code.code(), state.message()) }
    }

    /// As the store's error.
    pub(super) fn into_error(self) -> StoreError {
        match self.kind {
            Kind::Conflict => StoreError::Conflict,
            Kind::Other => StoreError::Failed(self.message),
            Kind::Again | Kind::Locked | Kind::Lost | Kind::Busy => StoreError::Unavailable(self.message),
        }
    }

    /// As the error of a session that could not be opened.
    pub(super) fn at_opening(self, place: &str) -> StoreError {
        let message = format!("{place} can't be used: {}", self.message);
        match self.kind {
            Kind::Conflict | Kind::Other => StoreError::Failed(message),
            _ => StoreError::Unavailable(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn no_value_is_told() {
        let quoting = said("22P02", "invalid input syntax for type integer: \"4111 1111 1111 1111\"");
        assert_eq!(quoting, "a value is not as the statement needs it (22P02)");
        assert_eq!(said("42703", "column \"a\" does not exist"), "column \"a\" does not exist (42703)");
    }
}
