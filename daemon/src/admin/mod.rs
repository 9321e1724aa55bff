//! The admin API's handlers, one file a noun. What they change stands in the audit log, before and after.

mod audit;
mod budgets;
mod groups;
mod keys;
mod logs;
mod operators;
mod providers;
mod scim;
mod sources;
mod teams;
mod users;
mod webhooks;

use crate::call::Context;
use crate::http::mount::Api;
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) fn routes(api: Api) -> Api {
    [
        keys::routes,
        operators::routes,
        audit::routes,
        logs::routes,
        teams::routes,
        users::routes,
        groups::routes,
        scim::routes,
        budgets::routes,
        webhooks::routes,
        providers::routes,
        sources::routes,
    ]
    .into_iter()
    .fold(api, |api, routes| routes(api))
}

/// Notes what an act changed, without secrets.
fn changed(context: &Context, before: Option<&impl Serialize>, after: Option<&impl Serialize>) {
    let shown = |value: Value| match value {
        Value::Object(mut fields) => {
            fields.shift_remove("secret");
            Value::Object(fields)
        }
        other => other,
    };
    let show = |value: Result<Value, serde_json::Error>| value.map_or(Value::Null, shown);
    let before = before.map_or(Value::Null, |before| show(serde_json::to_value(before)));
    let after = after.map_or(Value::Null, |after| show(serde_json::to_value(after)));
    context.recorder.with(|record| record.change = Some(json!({"before": before, "after": after})));
}

/// What there was where nothing was.
const NOTHING: Option<&Value> = None;
