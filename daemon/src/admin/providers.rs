//! `/admin/v1/providers`: which there are, how they fare, and their keys.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use crate::providers::{self, NewKey, catalogue};
use contract::admin::{AddProvider, ListProviders, RefreshCatalogue, RemoveProvider, TestProvider};
use contract::wire::admin::{ProviderStatus, ProviderTest, RefreshedCatalogue, StoredProviderKey};
use contract::wire::page::Page;
use secrecy::SecretString;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListProviders, _, _>(list)
        .act::<AddProvider, _, _>(add)
        .act::<RefreshCatalogue, _, _>(refresh)
        .act::<RemoveProvider, _, _>(remove)
        .mount::<TestProvider, _, _>(test)
}

async fn list(app: App, call: Call<ListProviders>) -> Result<Out<Page<ProviderStatus>>, Error> {
    Ok(Out::Body(Page::whole(app.providers.statuses(&call.context.caller.team, call.input.all))))
}

async fn add(app: App, call: Call<AddProvider>) -> Result<Act<Out<StoredProviderKey>>, Error> {
    let (caller, request) = (&call.context.caller, call.input);
    let provider =
        catalogue::provider(&request.provider).map_or(request.provider.as_str(), |facts| &facts.id);
    providers::check(provider, &request.params)?;
    let secret = SecretString::from(request.key.trim());
    let new = NewKey {
        team: &caller.team,
        provider,
        secret: &secret,
        is_shared: request.shared,
        params: request.params,
        created_by: &caller.name(),
    };
    Ok(app.providers.vault.put(new)?.map(Out::Body))
}

async fn remove(app: App, call: Call<RemoveProvider>) -> Result<Act<Out<()>>, Error> {
    let (team, input) = (&call.context.caller.team, &call.input);
    Ok(app.providers.vault.remove(team, &input.provider, input.shared)?.map(Out::Body))
}

async fn test(app: App, call: Call<TestProvider>) -> Result<Out<ProviderTest>, Error> {
    let (team, input) = (&call.context.caller.team, &call.input);
    Ok(Out::Body(app.providers.test(team, &input.provider, input.model.as_deref()).await?))
}

async fn refresh(app: App, call: Call<RefreshCatalogue>) -> Result<Act<Out<RefreshedCatalogue>>, Error> {
    let models = call.input.models.into_iter().enumerate().map(|(n, model)| {
        let wrong = |error: serde_json::Error| Error::invalid(&format!("models[{n}]"), error.to_string());
        serde_json::from_value::<catalogue::Listed>(model).map_err(wrong)
    });
    let models = models.collect::<Result<Vec<_>, Error>>()?;
    let act = catalogue::refresh(&app.db, &call.context.caller.team, models).await?;
    let act =
        act.map(|(providers, models)| RefreshedCatalogue { object: "catalogue".into(), providers, models });
    let refreshed = act.answer.clone();
    Ok(act.changing((), refreshed).map(Out::Body))
}
