//! A definition comes in: checked, and stored under its content's hash.

use super::check_reach;
use super::{Deployed, sql};
use crate::act::Act;
use crate::app::App;
use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::store::{Db, Statement};
use contract::agent::AgentDefinition;
use contract::check::{Checked, Context, Finding, Severity, Source, check};
use contract::wire::agents::AppliedAgent;
use serde_json::json;
use std::sync::Arc;

/// Reads a definition, with every problem in it.
///
/// # Errors
/// If a problem stands in the way; the error carries them all.
fn read_definition(app: &App, caller: &Caller, text: &str) -> Result<(AgentDefinition, Vec<Finding>), Error> {
    let source = Source::new("definition", text);
    let known = app.tools.known(&caller.team);
    let (checked, findings) = check(&source, &Context { known: Some(&known), ..Context::default() });
    match checked {
        Some(Checked::Agent(definition)) if !findings.iter().any(|f| f.severity == Severity::Error) => {
            Ok((definition, findings))
        }
        Some(Checked::Suite(_)) => Err(Error::invalid("definition", "This is a suite, not an agent.")),
        _ => Err(refused(&findings)),
    }
}

/// The error that carries a definition's problems.
pub(crate) fn refused(findings: &[Finding]) -> Error {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let lines: Vec<String> = errors.map(|f| format!("line {}: {} ({})", f.line, f.message, f.rule)).collect();
    let message = format!("The definition has {} problem(s). {}", lines.len(), lines.join("; "));
    let mut error = Error::new(Kind::Invalid, "invalid_definition", message);
    error.param = Some("definition".into());
    error.detail = serde_json::to_value(findings).ok().map(|findings| Box::new(("findings", findings)));
    error
}

/// Applies a definition: the same content is the same version. `origin` says how it came.
///
/// # Errors
/// If it has problems, or the store fails.
pub(crate) async fn apply(
    app: &App,
    caller: &Caller,
    text: &str,
    origin: &str,
    dry_run: bool,
) -> Result<Act<AppliedAgent>, Error> {
    let (db, (definition, findings)) = (&app.db, read_definition(app, caller, text)?);
    check_reach(caller, &definition.metadata.id)?;
    let version = definition.version()?;
    let id = definition.metadata.id.clone();
    let new = sql::version(db, &caller.team, &id, &version).await?.is_none();
    let applied = AppliedAgent { object: "agent".into(), id, version, new, findings };
    if dry_run {
        return Ok(Act::new(applied, Vec::new()));
    }
    let statements = sql::apply(caller, &definition, &applied.version, origin)?;
    let before = sql::applied(db, &caller.team, &applied.id).await?;
    let before = before.map(|(version, archived)| json!({"version": version, "archived": archived}));
    let after = json!({"id": applied.id, "version": applied.version, "archived": false, "origin": origin});
    Ok(Act::new(applied, statements).changing(before, after))
}

/// A definition for an evaluation, and what keeps it without making it the one applied last.
///
/// # Errors
/// If it has problems.
pub(crate) fn kept_for_evaluation(
    app: &App,
    caller: &Caller,
    text: &str,
) -> Result<(Deployed, Statement), Error> {
    let (definition, _) = read_definition(app, caller, text)?;
    check_reach(caller, &definition.metadata.id)?;
    let version = definition.version()?;
    let keep = sql::keep(caller, &definition, &version)?;
    Ok((Deployed { version, definition: Arc::new(definition) }, keep))
}

/// Archives an agent: nothing of it is live any longer to talk to.
///
/// # Errors
/// If there is none.
pub(crate) async fn archive(db: &Db, team: &str, id: &str) -> Result<Act<()>, Error> {
    let found = sql::applied(db, team, id).await?;
    let (version, archived) = found.ok_or_else(|| Error::not_found("agent", id))?;
    let state = |archived: bool| json!({"id": id, "version": version, "archived": archived});
    Ok(Act::new((), vec![sql::archive(team, id)]).changing(state(archived), state(true)))
}
