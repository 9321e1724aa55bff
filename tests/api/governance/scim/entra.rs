//! The requests that Microsoft Entra ID sends, as its documents for SCIM endpoints have them: capitalised operations,
//! booleans as text, values beside the path.

use super::{ENTERPRISE, GROUP, Provider, USER, acting, id};
use crate::support::Daemon;
use serde_json::{Value, json};

fn user() -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "Test_User_ab6490ee@Example.org",
        "active": true,
        "displayName": "lennay",
        "emails": [{"primary": true, "type": "work", "value": "test_user_fd0ea19b@example.org"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName"},
        "roles": [],
    })
}

#[tokio::test]
async fn a_person_is_provisioned_changed_disabled_enabled_and_deleted() {
    let daemon = Daemon::start().await;
    let (entra, key) = (Provider::of(&daemon), daemon.chat_key().await);
    let address = "test_user_ab6490ee@example.org";
    let unmatched = entra.found("/Users", "externalId eq \"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef\"").await;
    assert!(unmatched.is_empty());
    let created = entra.post("/Users", user()).await.expect(201);
    assert_eq!(created["userName"], address, "addresses are compared, and shown, in one form");
    let path = format!("/Users/{}", id(&created));
    let matched = entra.found("/Users", "userName eq \"Test_User_ab6490ee@Example.org\"").await;
    assert_eq!(matched.len(), 1);

    let changes = json!([
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "updatedEmail@example.org"},
        {"op": "Replace", "path": "name.familyName", "value": "updatedFamilyName"},
        {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1 555 0123"},
        {"op": "Add", "path": format!("{ENTERPRISE}:department"), "value": "Sales"},
        {"op": "Add", "path": format!("{ENTERPRISE}:manager"), "value": id(&created)},
        {"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "builder"},
    ]);
    let changed = entra.patch(&path, changes).await.expect(200);
    assert_eq!(changed["emails"][0]["value"], "updatedEmail@example.org");
    assert_eq!(changed["name"]["familyName"], "updatedFamilyName");
    assert_eq!(changed["phoneNumbers"], json!([{"type": "mobile", "value": "+1 555 0123"}]));
    let extension = json!({"department": "Sales", "manager": {"value": id(&created)}});
    assert_eq!((&changed[ENTERPRISE], &changed["schemas"]), (&extension, &json!([USER, ENTERPRISE])));
    assert_eq!(changed["roles"], json!([{"primary": true, "value": "builder"}]));

    assert_eq!(acting(&daemon, &key, address).await, 200);
    for (value, status) in
        [(json!("False"), 403), (json!("True"), 200), (json!(false), 403), (json!(true), 200)]
    {
        let change = json!([{"op": "Replace", "path": "active", "value": value}]);
        entra.patch(&path, change).await.expect(200);
        assert_eq!(acting(&daemon, &key, address).await, status, "{value}");
    }
    let pathless = json!([{"op": "Replace", "value": {
        "displayName": "Lennay B.", "name.givenName": "Lennay", (format!("{ENTERPRISE}:department")): "Support",
    }}]);
    let changed = entra.patch(&path, pathless).await.expect(200);
    assert_eq!(
        (&changed["displayName"], &changed["name"]["givenName"], &changed[ENTERPRISE]["department"]),
        (&json!("Lennay B."), &json!("Lennay"), &json!("Support"))
    );
    assert_eq!(entra.delete(&path).await.status, 204);
    assert_eq!(entra.get(&path).await.status, 404);
    assert_eq!(entra.delete(&path).await.status, 404);
}

#[tokio::test]
async fn a_group_is_matched_filled_and_emptied() {
    let daemon = Daemon::start().await;
    let entra = Provider::of(&daemon);
    let (one, two) = (entra.user("one@example.org").await, entra.user("two@example.org").await);
    let body = json!({
        "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
        "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159", "displayName": "displayName",
        "meta": {"resourceType": "Group"},
    });
    let group = id(&entra.post("/Groups", body).await.expect(201));
    let path = format!("/Groups/{group}");
    let matched =
        entra.get("/Groups?excludedAttributes=members&filter=displayName%20eq%20%22displayName%22").await;
    let matched = matched.expect(200);
    assert_eq!((&matched["totalResults"], &matched["Resources"][0]["id"]), (&json!(1), &json!(group)));

    let add =
        json!([{"op": "Add", "path": "members", "value": [{"$ref": null, "value": one}, {"value": two}]}]);
    assert_eq!(entra.patch(&path, add).await.status, 204);
    let belongs = |user: &str| format!("id eq \"{group}\" and members eq \"{user}\"");
    assert_eq!(entra.found("/Groups", &belongs(&one)).await.len(), 1);
    let without = entra.get(&format!("{path}?excludedAttributes=members")).await.expect(200);
    assert!(without.get("members").is_none() && without["displayName"] == "displayName");
    let remove = json!([{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": one}]}]);
    assert_eq!(entra.patch(&path, remove).await.status, 204);
    assert_eq!(entra.members(&group).await, [two], "only who is named leaves");
    assert!(entra.found("/Groups", &belongs(&one)).await.is_empty());
    let rename =
        json!([{"op": "Replace", "path": "displayName", "value": "1879db59-3bdf-4490-ad68-ab880a269474"}]);
    entra.patch(&path, rename).await.expect(204);
    entra.patch(&path, json!([{"op": "Remove", "path": "members"}])).await.expect(204);
    assert!(entra.members(&group).await.is_empty());
    assert_eq!(entra.delete(&path).await.status, 204);
}
