//! `katonic version`.

use crate::failure::{Answer, Failure};
use crate::session::Session;
use serde_json::json;

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn run(session: &Session) -> Result<Answer, Failure> {
    session.output.either(&json!({"version": VERSION}), || format!("katonic {VERSION}"))?;
    Ok(Answer::Yes)
}
