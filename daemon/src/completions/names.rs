//! Which model a name means for a caller, and whether its key may call it.

use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::providers::{EXTRACTIVE, Plan, Route};
use contract::wire::models::Model;

/// A name with the aliases of the key and its team resolved.
pub(crate) fn resolve(app: &App, caller: &Caller, name: &str) -> String {
    let own = caller.aliases.get(name).cloned();
    own.or_else(|| app.providers.vault.alias(&caller.team, name)).unwrap_or_else(|| name.to_owned())
}

/// The models behind a name that the caller's key may call.
///
/// # Errors
/// If there are none, or none that it may call.
pub(super) fn plan(app: &App, context: &Context, name: &str) -> Result<Plan, Error> {
    let caller = &context.caller;
    let resolved = resolve(app, caller, name);
    context.recorder.request("model", name);
    let mut plan = match app.providers.route(&caller.team, &resolved)? {
        Route::Targets(plan) => plan,
        Route::Extractive => return Err(no_provider(&resolved)),
    };
    if !allows(caller, &resolved) {
        plan.targets.retain(|target| allows(caller, target.name()));
    }
    if plan.targets.is_empty() {
        return Err(not_allowed(context, name));
    }
    let first = plan.targets.first().map(|target| target.name().to_owned());
    context.recorder.with(|record| record.model = first);
    Ok(plan)
}

/// What a key that may not call a model is told.
pub(super) fn not_allowed(context: &Context, name: &str) -> Error {
    let caller = &context.caller;
    let (key, models) = (&caller.key_prefix, caller.models.join(", "));
    let message = format!("The key {key} may not call the model `{name}`. It may call: {models}.");
    let error = Error::new(Kind::Forbidden, "model_not_allowed", message).by("key:models");
    context.recorder.stage("model", error.decision());
    Error { param: Some("model".into()), ..error }
}

/// Whether a key may call a name: a tier, `provider/model`, or all of a provider as `provider/*`.
pub(crate) fn allows(caller: &Caller, name: &str) -> bool {
    let matches = |allowed: &String| match allowed.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == allowed || name.split_once('/').is_some_and(|(_, model)| model == allowed),
    };
    caller.models.is_empty() || caller.models.iter().any(matches)
}

/// The names that a caller may call, as `GET /models` lists them.
pub(crate) fn listed(app: &App, caller: &Caller) -> Vec<Model> {
    let listed = app.providers.models(&caller.team).into_iter();
    let may = |name: &str, targets: &[String]| {
        allows(caller, name) || targets.iter().any(|target| allows(caller, target))
    };
    listed.filter(|listed| may(&listed.model.id, &listed.targets)).map(|listed| listed.model).collect()
}

fn no_provider(name: &str) -> Error {
    let message = format!(
        "No provider is configured for `{name}`: {EXTRACTIVE}, which serves agents without one, doesn't chat. Set a \
         provider's key in the environment, such as OPENAI_API_KEY, or run `katonic providers add openai`."
    );
    Error::new(Kind::Unavailable, "no_provider_configured", message)
}
