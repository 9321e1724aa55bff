//! The admin API's handlers, one file a noun. What they change stands in the audit log, before and after.

mod audit;
mod budgets;
mod datasets;
mod groups;
mod guardrails;
mod health;
mod hub;
mod keys;
mod logs;
mod operators;
mod providers;
mod runs;
mod scim;
mod sources;
mod teams;
mod tiers;
mod tools;
mod upkeep;
mod users;
mod webhooks;

use crate::http::mount::Api;

pub(crate) fn routes(api: Api) -> Api {
    [
        keys::routes,
        operators::routes,
        audit::routes,
        logs::routes,
        teams::routes,
        users::routes,
        groups::routes,
        health::routes,
        hub::routes,
        scim::routes,
        budgets::routes,
        webhooks::routes,
        providers::routes,
        sources::routes,
        tools::routes,
        guardrails::routes,
        tiers::routes,
        upkeep::routes,
        runs::routes,
        datasets::routes,
    ]
    .into_iter()
    .fold(api, |api, routes| routes(api))
}
