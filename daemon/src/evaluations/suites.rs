//! Suites come in: checked, and stored under their content's hash.

use super::sql;
use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::error::Error;
use crate::gate::Caller;
use contract::check::{Checked, Context, Severity, Source, check};
use contract::wire::evaluations::{AppliedSuite, PutSuiteRequest};
use serde_json::json;

/// Stores a suite: the same content is the same version.
///
/// # Errors
/// If it has problems, or is stored under another's name.
pub(super) async fn put(
    app: &App,
    caller: &Caller,
    request: &PutSuiteRequest,
) -> Result<Act<AppliedSuite>, Error> {
    let (db, source) = (&app.db, Source::new("suite", &request.definition));
    let known = app.tools.known(&caller.team);
    let (checked, findings) = check(&source, &Context { known: Some(&known), ..Context::default() });
    let suite = match checked {
        Some(Checked::Suite(suite)) if !findings.iter().any(|f| f.severity == Severity::Error) => suite,
        Some(Checked::Agent(_)) => {
            return Err(Error::invalid("definition", "This is an agent, not a suite."));
        }
        _ => return Err(agents::refused(&findings)),
    };
    if suite.metadata.id != request.suite_id {
        let message = format!("The suite's id is `{}`, not `{}`.", suite.metadata.id, request.suite_id);
        return Err(Error::invalid("suite_id", message));
    }
    let version = suite.version()?;
    let (team, id) = (&caller.team, &request.suite_id);
    let new = sql::suite_version(db, team, id, &version).await?.is_none();
    let cases = suite.spec.cases.len();
    let applied = AppliedSuite {
        object: "suite".into(),
        id: id.clone(),
        version: version.clone(),
        cases,
        new,
        findings,
    };
    if request.dry_run {
        return Ok(Act::new(applied, Vec::new()));
    }
    let before = sql::current_suite(db, team, id).await?;
    let state = |version: &String| json!({"id": id, "version": version});
    let statements = sql::put_suite(team, &suite, &version)?;
    Ok(Act::new(applied, statements).changing(before.map(|(version, _)| state(&version)), state(&version)))
}
