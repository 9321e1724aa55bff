//! The gate's order: key, scope, acting user, role, rate.

use super::rate::{self, Standing};
use super::{Caller, identity, key};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::store::Db;
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
    /// Where the key's limit refused: how it stands.
    pub(crate) standing: Option<Standing>,
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
    let caller = match key::authenticate(app, header).await {
        Ok(caller) => caller,
        Err(error) => {
            recorder.stage("authenticate", error.code);
            return Err(Refusal { caller: None, error, standing: None });
        }
    };
    recorder.stage("authenticate", "pass");
    let known = caller.clone();
    let refuse = |stage, error: Error| {
        recorder.stage(stage, error.code);
        Refusal { caller: Some(Box::new(known.clone())), error, standing: None }
    };
    check_scope(&caller, scope).map_err(|error| refuse("scope", error))?;
    recorder.stage("scope", scope.0);
    let caller =
        acting(app, recorder, caller, &credentials.users).await.map_err(|error| refuse("identity", error))?;
    recorder.stage("identity", if caller.user.is_some() { "user" } else { "key" });
    check_role(&caller, scope).map_err(|error| refuse("role", error))?;
    recorder.stage("role", caller.role.as_str());
    let standing = app.rates.admit(&caller.key_id, &caller.limits, Time::now().0);
    let standing = standing.map_err(|standing| Refusal {
        standing: Some(standing),
        ..refuse("rate", rate::refusal(&standing))
    })?;
    recorder.stage("rate", "pass");
    Ok((caller, standing))
}

/// A caller acting for a user in a chat that an evaluation has: with that user's role, groups and no more.
///
/// # Errors
/// If the key may not act for them, or their role may not chat.
pub(crate) async fn act_in_chat(db: &Db, caller: Caller, user: &str) -> Result<Caller, Error> {
    let caller = identity::act_for(db, caller, user).await?;
    check_role(&caller, Scope("chat"))?;
    Ok(caller)
}

async fn acting(app: &App, recorder: &Recorder, caller: Caller, users: &[String]) -> Result<Caller, Error> {
    match users {
        [] => Ok(caller),
        [email] => {
            recorder.request("acting_for", email.chars().take(254).collect::<String>());
            identity::act_for(&app.db, caller, email).await
        }
        _ => Err(Error::invalid("X-User-Email", "Send one X-User-Email header only.")),
    }
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
