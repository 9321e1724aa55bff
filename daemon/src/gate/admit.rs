//! The gate's order: key, scope, acting user, role, rate.

use super::rate::{self, Full, Past, Slot, Standing};
use super::{Caller, authenticate, identity, sql};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::store::Statement;
use crate::trace::Recorder;
pub(crate) use authenticate::hub_operator;
use contract::endpoint::{Declaration, Scope};
use std::net::IpAddr;
use std::sync::Arc;

/// What a call shows at the gate.
#[derive(Debug)]
pub(crate) struct Credentials {
    /// The `Authorization` header.
    pub(crate) authorization: Option<String>,
    /// Every `X-User-Email` header.
    pub(crate) users: Vec<String>,
    /// The `X-User-Assertion` header: who the identity provider says the user is.
    pub(crate) assertion: Option<String>,
    /// The secret of a browser's session of the Hub, and what stands beside it.
    pub(crate) hub: Option<(String, String)>,
    /// From where the call comes.
    pub(crate) address: Option<IpAddr>,
}

/// Who was refused, as far as it is known, and why.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) caller: Option<Arc<Caller>>,
    pub(crate) error: Error,
    /// How the key stands, where it is known and limited.
    pub(crate) standing: Option<Standing>,
}

/// Who was let in.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) caller: Arc<Caller>,
    /// How the key stands, where it is limited.
    pub(crate) standing: Option<Standing>,
    /// Its place among the calls at the same time, where these are limited.
    pub(crate) slot: Option<Slot>,
}

/// Lets a call in, or refuses it. Each stage's decision goes to the record.
///
/// # Errors
/// At the first stage that refuses.
pub(crate) async fn admit(
    app: &App,
    recorder: &Recorder,
    credentials: &Credentials,
    declaration: &Declaration,
) -> Result<Admitted, Refusal> {
    let now = recorder.with(|record| record.created_at.0);
    let decided = decide(app, recorder, credentials, declaration, now).await;
    let Err(Refusal { caller: Some(caller), error, standing: None }) = decided else { return decided };
    // Also who may not do this is told how their key stands. Where that can't be read, the refusal is what counts.
    let standing = match read_back(app, &caller, now).await {
        Ok(()) => app.books.rates.standing(&caller.key_id, &caller.limits, now),
        Err(_) => None,
    };
    Err(Refusal { caller: Some(caller), error, standing })
}

async fn decide(
    app: &App,
    recorder: &Recorder,
    credentials: &Credentials,
    declaration: &Declaration,
    now: i64,
) -> Result<Admitted, Refusal> {
    let key = match authenticate::authenticate(app, credentials, now).await {
        Ok(caller) => caller,
        Err(error) => {
            recorder.stage("authenticate", error.decision());
            return Err(Refusal { caller: None, error, standing: None });
        }
    };
    recorder.stage("authenticate", "pass");
    let refuse = |stage: &'static str, error: Error| {
        recorder.stage(stage, error.decision());
        Refusal { caller: Some(Arc::clone(&key)), error, standing: None }
    };
    check_scope(&key, declaration).map_err(|error| refuse("scope", error))?;
    recorder.stage("scope", declaration.scope.0);
    let caller = match credentials.users.as_slice() {
        // Operators administer as themselves.
        _ if declaration.is_admin() => Arc::clone(&key),
        users => identity::acting(app, recorder, &key, users, credentials.assertion.as_deref())
            .await
            .map_err(|error| refuse("identity", error))?,
    };
    note_identity(recorder, &caller);
    check_roles(&key, &caller, declaration.scope).map_err(|error| refuse("role", error))?;
    recorder.stage("role", caller.role.as_str());
    let (standing, slot) = within_rate(app, &caller, now).await.map_err(|(full, error)| {
        let standing = match full {
            Some(Full::Calls(standing, _)) => Some(standing),
            _ => None,
        };
        Refusal { standing, caller: Some(Arc::clone(&caller)), ..refuse("rate", error) }
    })?;
    recorder.stage("rate", "pass");
    Ok(Admitted { caller, standing, slot })
}

/// Lets a call in that work makes which goes on without its client: by the key that began it, and for the user, as they
/// stand now. Nothing is noted of a call that is not let in.
///
/// # Errors
/// If the key has ended, the user was deactivated, or either may no longer do what was begun; or, with
/// [`Kind::RateLimited`], if the key may not call yet.
pub(crate) async fn admit_again(
    app: &App,
    recorder: &Recorder,
    began: &Caller,
    declaration: &Declaration,
) -> Result<(Arc<Caller>, Option<Slot>), Error> {
    let now = recorder.with(|record| record.created_at.0);
    let caller = still(app, began, declaration, now).await?;
    let (_, slot) = within_rate(app, &caller, now).await.map_err(|(_, error)| error)?;
    recorder.stage("authenticate", "pass");
    recorder.stage("scope", declaration.scope.0);
    note_identity(recorder, &caller);
    recorder.stage("role", caller.role.as_str());
    recorder.stage("rate", "pass");
    Ok((caller, slot))
}

/// Who was let in, as they stand now.
///
/// # Errors
/// If the key has ended, the user was deactivated, or either may no longer do this.
pub(crate) async fn still(
    app: &App,
    before: &Caller,
    declaration: &Declaration,
    now: i64,
) -> Result<Arc<Caller>, Error> {
    let key = authenticate::still(app, before, now).await?;
    check_scope(&key, declaration)?;
    let caller = match &before.user {
        Some(user) => Arc::new(identity::act_for(app, &key, user).await?),
        None => Arc::clone(&key),
    };
    check_roles(&key, &caller, declaration.scope)?;
    Ok(caller)
}

/// What makes an act conflict whose caller may no longer do what the gate let them: then [`still`] says why.
pub(crate) fn unchanged(caller: &Caller) -> Vec<Statement> {
    sql::unchanged(caller)
}

fn note_identity(recorder: &Recorder, caller: &Caller) {
    recorder.stage("identity", if caller.user.is_some() { "user" } else { "key" });
}

/// Whether what a call shows is the token of an operator who may look at what calls did.
///
/// # Errors
/// If it is not.
pub(crate) async fn may_look(app: &App, credentials: &Credentials) -> Result<(), Error> {
    let caller = operator(app, credentials, app.books.clock.now().0).await?;
    check_role(&caller, Scope("admin/audit/read"))
}

/// Whether a call shows a key or a token that is known and holds.
///
/// # Errors
/// If not.
pub(crate) async fn known(app: &App, recorder: &Recorder, credentials: &Credentials) -> Result<(), Error> {
    let now = recorder.with(|record| record.created_at.0);
    let known = authenticate::authenticate(app, credentials, now).await;
    known.map(drop).inspect_err(|error| recorder.stage("authenticate", error.decision()))
}

/// The operator whose token, or whose session of the Hub, a call shows.
///
/// # Errors
/// If it shows neither.
pub(crate) async fn operator(app: &App, credentials: &Credentials, now: i64) -> Result<Arc<Caller>, Error> {
    let caller = authenticate::authenticate(app, credentials, now).await?;
    if caller.operator {
        return Ok(caller);
    }
    Err(Error::new(Kind::Forbidden, "not_permitted", "This needs an operator's token (`kop_…`)."))
}

/// Counts the call under its key's limits.
async fn within_rate(
    app: &App,
    caller: &Caller,
    now: i64,
) -> Result<(Option<Standing>, Option<Slot>), (Option<Full>, Error)> {
    read_back(app, caller, now).await.map_err(|error| (None, error))?;
    let admitted = app.books.rates.admit(&caller.key_id, &caller.limits, now);
    admitted.map_err(|full| (Some(full), rate::refusal(&full)))
}

/// Reads back from the audit log the calls that a limited key made before the daemon started, unless they are known.
async fn read_back(app: &App, caller: &Caller, now: i64) -> Result<(), Error> {
    let (key, limits) = (&caller.key_id, &caller.limits);
    if !caller.operator && *limits != Default::default() && !app.books.rates.knows(key) {
        let past: Vec<Past> = sql::recent_calls(&app.db, key, now - rate::DAY).await?;
        app.books.rates.load(key, limits, &past);
    }
    Ok(())
}

/// A caller acting for a user in a chat that an evaluation has: with that user's role, groups and no more.
///
/// # Errors
/// If the key may not act for them, or their role may not chat.
pub(crate) async fn act_in_chat(app: &App, caller: &Caller, user: &str) -> Result<Caller, Error> {
    let caller = identity::act_unasked(app, caller, user).await?;
    check_role(&caller, Scope("chat"))?;
    Ok(caller)
}

fn check_scope(caller: &Caller, declaration: &Declaration) -> Result<(), Error> {
    let scope = declaration.scope;
    if declaration.is_admin() && !caller.operator {
        let message = "The admin API needs an operator's token (`kop_…`), not an API key.";
        return Err(Error::new(Kind::Forbidden, "not_permitted", message));
    }
    if caller.scopes.iter().any(|held| scope.granted_by(held)) {
        return Ok(());
    }
    let message = format!(
        "This call needs the scope `{}`, which the key {} doesn't hold. Ask an operator for it.",
        scope.0, caller.key_prefix
    );
    Err(Error::new(Kind::Forbidden, "insufficient_scope", message).by(format!("scope:{}", scope.0)))
}

/// A token of an operator holds the scopes of its own role, for whomever it acts.
fn check_roles(key: &Caller, caller: &Caller, scope: Scope) -> Result<(), Error> {
    if key.operator {
        check_role(key, scope)?;
    }
    check_role(caller, scope)
}

fn check_role(caller: &Caller, scope: Scope) -> Result<(), Error> {
    if caller.role.allows(scope) {
        return Ok(());
    }
    let role = caller.role.as_str();
    let message = format!("The role {role} may not use the scope `{}`.", scope.0);
    Err(Error::new(Kind::Forbidden, "not_permitted", message).by(format!("role:{role}")))
}
