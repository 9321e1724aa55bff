//! Keys, limits, budgets, identity, operators: the complaints of other gateways' users, and that we are free of them.

mod acts;
mod analytics;
mod budgets;
mod crash;
pub mod durability;
mod identity;
mod keys;
mod levels;
mod matrix;
mod operators;
mod rates;
mod refusals;
mod runs;
mod scim;
mod unwritable;
mod upkeep;
mod webhooks;

use crate::support::{Answer, Answered, Daemon};
use reqwest::Method;
use serde_json::json;

/// A call that needs little: a search.
async fn search(daemon: &Daemon, key: &str) -> Answer {
    let call = daemon.call(Method::POST, "/search").bearer_auth(key);
    call.json(&json!({"query": "leave"})).answer().await
}

/// An admin call with another token than the tests' own.
async fn as_operator(
    daemon: &Daemon,
    token: &str,
    method: Method,
    path: &str,
    body: serde_json::Value,
) -> Answer {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = client.request(method, format!("{}/admin/v1{path}", daemon.url));
    call.bearer_auth(token).json(&body).answer().await
}
