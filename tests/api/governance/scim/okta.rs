//! The requests that Okta sends, as its guide for SCIM 2.0 integrations has them.

use super::{GROUP, Provider, USER, acting, id};
use crate::support::Daemon;
use serde_json::{Value, json};

fn user(active: bool) -> Value {
    json!({
        "schemas": [USER],
        "userName": "test.user@example.org",
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": true, "value": "test.user@example.org", "type": "work"}],
        "displayName": "Test User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [], "password": "1mz050nq", "active": active,
    })
}

#[tokio::test]
async fn a_person_is_assigned_renamed_deactivated_and_let_in_again() {
    let daemon = Daemon::start().await;
    let (okta, key) = (Provider::of(&daemon), daemon.chat_key().await);
    let address = "test.user@example.org";
    let nobody = "/Users?filter=userName%20eq%20%22test.user%40example.org%22&startIndex=1&count=100";
    let none = okta.get(nobody).await.expect(200);
    assert_eq!((&none["totalResults"], &none["Resources"]), (&json!(0), &json!([])));
    let created = okta.post("/Users", user(true)).await.expect(201);
    assert_eq!(created["emails"][0]["value"], address);
    assert!(created.get("password").is_none(), "nothing here signs in with one");
    let path = format!("/Users/{}", id(&created));
    let read = okta.get(&path).await.expect(200);
    assert_eq!((&read["externalId"], &read["active"]), (&json!("00ujl29u0le5T6Aj10h7"), &json!(true)));

    let mut changed = read.clone();
    changed["name"]["middleName"] = "Excited".into();
    let put = okta.put(&path, changed).await.expect(200);
    assert_eq!(put["name"]["middleName"], "Excited");

    assert_eq!(acting(&daemon, &key, address).await, 200);
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    assert_eq!(okta.patch(&path, off).await.expect(200)["active"], false);
    assert_eq!(acting(&daemon, &key, address).await, 403);
    let found = okta.found("/Users", &format!("userName eq \"{address}\"")).await;
    assert_eq!(id(&found[0]), id(&created), "who is deactivated is still found");
    let on = json!([{"op": "replace", "value": {"active": true}}]);
    okta.patch(&path, on).await.expect(200);
    assert_eq!(acting(&daemon, &key, address).await, 200);
    assert_eq!(okta.put(&path, user(false)).await.expect(200)["active"], false);
    assert_eq!(acting(&daemon, &key, address).await, 403);
}

#[tokio::test]
async fn a_group_is_pushed_filled_renamed_and_removed() {
    let daemon = Daemon::start().await;
    let okta = Provider::of(&daemon);
    let (one, two) = (okta.user("one@example.org").await, okta.user("two@example.org").await);
    let pushed = json!({"schemas": [GROUP], "displayName": "Test SCIMv2", "members": []});
    let group = okta.post("/Groups", pushed).await.expect(201);
    let path = format!("/Groups/{}", id(&group));

    let add = |id: &str| json!([{"op": "add", "path": "members", "value": [{"value": id, "display": "x"}]}]);
    assert_eq!(okta.patch(&path, add(&one)).await.status, 204);
    assert_eq!(okta.patch(&path, add(&one)).await.status, 204, "sent again");
    okta.patch(&path, add(&two)).await.expect(204);
    assert_eq!(okta.members(&id(&group)).await, [one.clone(), two.clone()]);
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{one}\"]")}]);
    okta.patch(&path, remove.clone()).await.expect(204);
    okta.patch(&path, remove).await.expect(204);
    assert_eq!(okta.members(&id(&group)).await.join(" "), two);
    let both = json!([
        {"op": "remove", "path": format!("members[value eq \"{two}\"]")},
        {"op": "add", "path": "members", "value": [{"value": one}]},
    ]);
    okta.patch(&path, both).await.expect(204);
    assert_eq!(okta.members(&id(&group)).await.join(" "), one);

    let rename = json!([{"op": "replace", "value": {"id": id(&group), "displayName": "Test SCIMv2.1"}}]);
    okta.patch(&path, rename).await.expect(204);
    let replaced = json!([{"op": "replace", "path": "members", "value": [{"value": one}, {"value": two}]}]);
    okta.patch(&path, replaced).await.expect(204);
    let read = okta.get(&path).await.expect(200);
    assert_eq!(
        (&read["displayName"], read["members"].as_array().unwrap().len()),
        (&json!("Test SCIMv2.1"), 2)
    );
    let member = okta.get(&format!("/Users/{one}")).await.expect(200);
    assert_eq!(member["groups"][0]["display"], "Test SCIMv2.1");
    assert_eq!(okta.delete(&path).await.status, 204);
    assert_eq!(okta.get(&path).await.status, 404);
    let left = okta.get(&format!("/Users/{one}")).await.expect(200);
    assert!(left.get("groups").is_none(), "{left}");
}
