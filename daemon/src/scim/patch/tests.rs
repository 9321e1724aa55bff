//! Changes in the shapes that identity providers send.

use super::*;
use crate::scim::schema::{GROUP, USER};
use serde_json::json;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn patched(kind: &'static ResourceType, resource: Value, operations: Value) -> Result<Value, Error> {
    let mut resource = resource.as_object().unwrap().clone();
    let patch = serde_json::from_value(json!({"Operations": operations})).unwrap();
    apply(kind, &mut resource, &patch).map(|()| Value::Object(resource))
}

fn user(resource: Value, operation: Value) -> Result<Value, Error> {
    patched(&USER, resource, json!([operation]))
}

#[test]
fn single_values_are_set_and_removed() {
    for (before, operation, after) in [
        (json!({}), json!({"op": "Replace", "path": "active", "value": "False"}), json!({"active": false})),
        (json!({"title": "x"}), json!({"op": "remove", "path": "title"}), json!({})),
        (json!({"title": "x"}), json!({"op": "replace", "path": "title", "value": null}), json!({})),
        (
            json!({"name": {"givenName": "S", "familyName": "L"}}),
            json!({"op": "add", "path": "name", "value": {"givenName": "Sarah"}}),
            json!({"name": {"givenName": "Sarah", "familyName": "L"}}),
        ),
        (
            json!({}),
            json!({"op": "add", "path": "name.givenName", "value": "S"}),
            json!({"name": {"givenName": "S"}}),
        ),
        (
            json!({}),
            json!({"op": "Add", "path": format!("{ENTERPRISE}:manager"), "value": "usr_1"}),
            json!({ENTERPRISE: {"manager": {"value": "usr_1"}}}),
        ),
        (
            json!({ENTERPRISE: {"department": "a"}}),
            json!({"op": "remove", "path": format!("{ENTERPRISE}:department")}),
            json!({}),
        ),
        (json!({ENTERPRISE: {"department": "a"}}), json!({"op": "remove", "path": ENTERPRISE}), json!({})),
    ] {
        assert_eq!(user(before, operation.clone()).unwrap(), after, "{operation}");
    }
}

#[test]
fn a_replacement_without_a_path_sets_what_it_names_and_leaves_out_what_is_the_daemons() {
    let value = json!({
        "id": "usr_1", "schemas": [], "active": "False", "name.givenName": "S", "unknown": 1,
        "emails[type eq \"work\"].value": "s@example.org", (format!("{ENTERPRISE}:department")): "Sales",
    });
    let before = json!({"emails": [{"type": "work", "value": "old@example.org"}]});
    let after = user(before, json!({"op": "replace", "value": value})).unwrap();
    let expected = json!({
        "active": false, "name": {"givenName": "S"}, "emails": [{"type": "work", "value": "s@example.org"}],
        ENTERPRISE: {"department": "Sales"},
    });
    assert_eq!(after, expected);
}

#[test]
fn values_of_several_are_added_replaced_and_removed() {
    let work = json!({"type": "work", "value": "w@example.org", "primary": true});
    let home = json!({"type": "home", "value": "h@example.org"});
    let both = json!({"emails": [work, home]});
    for (operation, after) in [
        (json!({"op": "remove", "path": "emails[type eq \"home\"]"}), json!({"emails": [work]})),
        (json!({"op": "remove", "path": "emails"}), json!({})),
        (json!({"op": "remove", "path": "emails[type eq \"other\"]"}), both.clone()),
        (json!({"op": "remove", "path": "emails[type eq \"home\"].value"}), json!({"emails": [work]})),
        (json!({"op": "replace", "path": "emails", "value": [home]}), json!({"emails": [home]})),
        (json!({"op": "add", "path": "emails", "value": [home]}), both.clone()),
        (
            json!({"op": "add", "path": "emails", "value": [{"value": "n@example.org", "primary": true}]}),
            json!({"emails": [
                {"type": "work", "value": "w@example.org", "primary": false}, home,
                {"value": "n@example.org", "primary": true},
            ]}),
        ),
        (
            json!({"op": "add", "path": "emails[type eq \"other\"].value", "value": "o@example.org"}),
            json!({"emails": [work, home, {"type": "other", "value": "o@example.org"}]}),
        ),
    ] {
        assert_eq!(user(both.clone(), operation.clone()).unwrap(), after, "{operation}");
    }
    let roles = json!({"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "builder"});
    let expected = json!({"roles": [{"primary": true, "value": "builder"}]});
    assert_eq!(user(json!({}), roles).unwrap(), expected);
}

#[test]
fn members_are_added_once_and_removed_in_both_shapes() {
    let before = json!({"displayName": "Sales", "members": [{"value": "usr_1"}, {"value": "usr_2"}, {"value": "usr_3"}]});
    let operations = json!([
        {"op": "Add", "path": "members", "value": [{"value": "usr_1", "display": "again"}, {"value": "usr_4"}]},
        {"op": "remove", "path": "members[value eq \"usr_2\"]"},
        {"op": "Remove", "path": "members", "value": [{"value": "usr_3"}]},
        {"op": "replace", "value": {"id": "grp_1", "displayName": "Sales EMEA"}},
    ]);
    let after = patched(&GROUP, before, operations).unwrap();
    let expected = json!({"displayName": "Sales EMEA", "members": [{"value": "usr_1"}, {"value": "usr_4"}]});
    assert_eq!(after, expected);
}

#[test]
fn what_cannot_be_changed_is_told_with_scims_own_word() {
    for (operation, code) in [
        (json!({"op": "replace", "path": "id", "value": "x"}), "mutability"),
        (json!({"op": "add", "path": "groups", "value": [{"value": "grp_1"}]}), "mutability"),
        (json!({"op": "remove", "path": "userName"}), "mutability"),
        (json!({"op": "replace", "path": "nothing", "value": "x"}), "invalid_path"),
        (json!({"op": "replace", "path": "title[value eq \"x\"]", "value": "x"}), "invalid_path"),
        (json!({"op": "replace", "path": "emails[type eq]", "value": "x"}), "invalid_filter"),
        (json!({"op": "replace", "path": "emails[type eq \"x\"].value", "value": "x"}), "no_target"),
        (json!({"op": "remove"}), "no_target"),
        (json!({"op": "replace", "path": "active", "value": "perhaps"}), "invalid_value"),
        (json!({"op": "move", "path": "title"}), "invalid_syntax"),
        (json!({"op": "replace", "value": "x"}), "invalid_value"),
    ] {
        assert_eq!(
            user(json!({"userName": "a@example.org"}), operation.clone()).unwrap_err().code,
            code,
            "{operation}"
        );
    }
}
