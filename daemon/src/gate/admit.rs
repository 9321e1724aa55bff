//! The gate's order: key, scope, acting user, role, rate.

use super::rate::Standing;
use super::{Caller, identity, key};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::trace::Recorder;
use contract::endpoint::Scope;
use contract::time::Time;

/// What a call shows at the gate.
#[derive(Debug)]
pub(crate) struct Credentials {
    /// The `Authorization` header.
    pub(crate) authorization: Option<String>,
    /// Every `X-User-Email` header.
    pub(crate) users: Vec<String>,
}

/// Who was refused, as far as it is known, and why.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) caller: Option<Box<Caller>>,
    pub(crate) error: Error,
}

/// Lets a call in, or refuses it. Each stage's decision goes to the record.
///
/// # Errors
/// At the first stage that refuses.
pub(crate) async fn admit(
    app: &App,
    recorder: &Recorder,
    credentials: &Credentials,
    scope: Scope,
) -> Result<(Caller, Option<Standing>), Refusal> {
    let header = credentials.authorization.as_deref();
    let caller = match key::authenticate(&app.db, &app.pepper, header).await {
        Ok(caller) => caller,
        Err(error) => {
            recorder.stage("authenticate", error.code);
            return Err(Refusal { caller: None, error });
        }
    };
    recorder.stage("authenticate", "pass");
    let known = caller.clone();
    let refuse = |stage, error: Error| {
        recorder.stage(stage, error.code);
        Refusal { caller: Some(Box::new(known.clone())), error }
    };
    check_scope(&caller, scope).map_err(|error| refuse("scope", error))?;
    recorder.stage("scope", scope.0);
    let caller = match credentials.users.as_slice() {
        [] => caller,
        [email] => {
            identity::act_for(&app.db, caller, email).await.map_err(|error| refuse("identity", error))?
        }
        _ => {
            return Err(refuse(
                "identity",
                Error::invalid("X-User-Email", "Send one X-User-Email header only."),
            ));
        }
    };
    recorder.stage("identity", if caller.user.is_some() { "user" } else { "key" });
    check_role(&caller, scope).map_err(|error| refuse("role", error))?;
    recorder.stage("role", caller.role.as_str());
    let standing = app.rates.admit(&caller.key_id, &caller.limits, Time::now().0);
    let standing = standing.map_err(|error| refuse("rate", error))?;
    recorder.stage("rate", "pass");
    Ok((caller, standing))
}

fn check_scope(caller: &Caller, scope: Scope) -> Result<(), Error> {
    if caller.scopes.iter().any(|held| scope.granted_by(held)) {
        return Ok(());
    }
    let message = format!(
        "This call needs the scope `{}`, which the key {} doesn't hold. Ask an operator for it.",
        scope.0, caller.key_prefix
    );
    Err(Error::new(Kind::Forbidden, "insufficient_scope", message))
}

fn check_role(caller: &Caller, scope: Scope) -> Result<(), Error> {
    if caller.role.allows(scope) {
        return Ok(());
    }
    let message = format!("The role {} may not use the scope `{}`.", caller.role.as_str(), scope.0);
    Err(Error::new(Kind::Forbidden, "not_permitted", message))
}
