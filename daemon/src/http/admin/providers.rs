//! `/admin/v1/providers`: which there are, how they fare, and their keys.

use super::{Act, act, input};
use crate::app::App;
use crate::error::Error;
use crate::gate::Caller;
use crate::providers::{self, NewKey, catalogue};
use axum::Router;
use axum::extract::Request;
use axum::routing::{delete, get, post, put};
use contract::endpoint::Method;
use contract::wire::admin::AddProviderRequest;
use contract::wire::page::{Page, flag};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes(app: App) -> Router {
    let apps = [(); 5].map(|()| app.clone());
    let [list_app, add_app, refresh_app, remove_app, test_app] = apps;
    Router::new()
        .route(
            "/providers",
            get(move |request: Request| {
                act(list_app.clone(), "admin.providers.list", Method::Get, request, list)
            })
            .post(move |request: Request| {
                act(add_app.clone(), "admin.providers.add", Method::Post, request, add)
            }),
        )
        .route(
            "/providers/catalogue",
            put(move |request: Request| {
                act(refresh_app.clone(), "admin.providers.refresh", Method::Put, request, refresh)
            }),
        )
        .route(
            "/providers/{provider}",
            delete(move |request: Request| {
                act(remove_app.clone(), "admin.providers.remove", Method::Delete, request, remove)
            }),
        )
        .route(
            "/providers/{provider}/test",
            post(move |request: Request| {
                act(test_app.clone(), "admin.providers.test", Method::Post, request, test)
            }),
        )
}

#[derive(Deserialize)]
struct ListProviders {
    #[serde(default, deserialize_with = "flag")]
    all: bool,
}

#[derive(Deserialize)]
struct ProviderPath {
    provider: String,
    #[serde(default, deserialize_with = "flag")]
    shared: bool,
    model: Option<String>,
}

#[derive(Deserialize)]
struct Catalogue {
    models: Vec<catalogue::Listed>,
}

async fn list(app: App, caller: Caller, query: Value) -> Act {
    let query: ListProviders = input::typed(query)?;
    let statuses = app.providers.statuses(&caller.team, query.all);
    Ok((200, serde_json::to_value(Page::whole(statuses))?))
}

async fn add(app: App, caller: Caller, body: Value) -> Act {
    let request: AddProviderRequest = input::typed(body)?;
    let provider =
        catalogue::provider(&request.provider).map_or(request.provider.as_str(), |facts| &facts.id);
    providers::check(provider, &request.params)?;
    let secret = SecretString::from(request.key.trim());
    let vault = &app.providers.vault;
    vault
        .put(NewKey {
            team: &caller.team,
            provider,
            secret: &secret,
            is_shared: request.shared,
            params: request.params,
            created_by: &caller.name(),
        })
        .await?;
    let is_it = |key: &&_| {
        let key: &contract::wire::admin::StoredProviderKey = key;
        key.provider == provider && key.shared == request.shared && key.team == caller.team
    };
    let stored = vault.list(&caller.team);
    let stored =
        stored.iter().find(is_it).ok_or_else(|| Error::internal("a key is gone as it was stored"))?;
    Ok((201, serde_json::to_value(stored)?))
}

async fn remove(app: App, caller: Caller, body: Value) -> Act {
    let path: ProviderPath = input::typed(body)?;
    app.providers.vault.remove(&caller.team, &path.provider, path.shared).await?;
    Ok((204, Value::Null))
}

async fn test(app: App, caller: Caller, body: Value) -> Act {
    let path: ProviderPath = input::typed(body)?;
    let tested = app.providers.test(&caller.team, &path.provider, path.model.as_deref()).await?;
    Ok((200, serde_json::to_value(tested)?))
}

async fn refresh(app: App, caller: Caller, body: Value) -> Act {
    let catalogue: Catalogue = input::typed(body)?;
    let (providers, models) = catalogue::refresh(&app.db, &caller.team, catalogue.models).await?;
    Ok((200, json!({"object": "catalogue", "providers": providers, "models": models})))
}
