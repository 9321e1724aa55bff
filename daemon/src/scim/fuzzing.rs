//! What must hold of any filter and any change that an identity provider sends.

use super::filter::Filter;
use super::patch;
use super::schema::{GROUP, USER};
use contract::wire::scim::ScimPatch;
use serde_json::{Map, json};

/// Filters, and the changes of a patch, are read or refused, whatever they say.
pub fn filters(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let user = json!({"userName": "ann@example.org", "active": true, "emails": [{"value": "ann@example.org", "primary": true}]});
    let user = user.as_object().cloned().unwrap_or_else(Map::new);
    for kind in [&USER, &GROUP] {
        if let Ok(filter) = Filter::read(kind, &text) {
            filter.holds(&user);
        }
        if let Ok(changes) = serde_json::from_slice::<ScimPatch>(data) {
            _ = patch::apply(kind, &mut user.clone(), &changes);
        }
    }
}
