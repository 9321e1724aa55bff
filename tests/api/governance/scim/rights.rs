//! What SCIM's changes mean at the gate: who may act, read, and be changed by whom.

use super::{GROUP, Provider, USER, acting, document, error, id, readable};
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

async fn token(daemon: &Daemon, role: &str) -> String {
    let body = json!({"name": role, "role": role});
    let operator = daemon.admin(Method::POST, "/operators", body).await.expect(201);
    operator["secret"].as_str().unwrap().to_owned()
}

async fn changes(daemon: &Daemon, endpoint: &str) -> Value {
    let path = format!("/analytics/audit?endpoint={endpoint}");
    let rows = daemon.operator(Method::GET, &path).answer().await.expect(200);
    rows["data"][0]["change"].clone()
}

/// An address that is unknown acts as a member of no group; one that was removed must not.
#[tokio::test]
async fn who_was_removed_is_no_stranger_who_may_act_again() {
    let daemon = Daemon::start().await;
    let (scim, key) = (Provider::of(&daemon), daemon.chat_key().await);
    let user = scim.user("leaver@example.org").await;
    scim.group("staff", &[&user]).await;
    assert_eq!(acting(&daemon, &key, "leaver@example.org").await, 200);
    scim.delete(&format!("/Users/{user}")).await.expect(204);
    assert_eq!(acting(&daemon, &key, "leaver@example.org").await, 403);
    let directory = daemon.admin(Method::GET, "/users", json!({})).await.expect(200);
    assert_eq!(directory["users"], json!([]));
    let again = scim.post("/Users", json!({"schemas": [USER], "userName": "leaver@example.org"})).await;
    let again = again.expect(201);
    assert_ne!(id(&again), user, "an id is given once");
    assert!(again.get("groups").is_none(), "who comes again comes without what they had");
    assert_eq!(acting(&daemon, &key, "leaver@example.org").await, 200);
}

#[tokio::test]
async fn a_replacement_that_is_silent_on_active_and_roles_lets_nobody_in_and_takes_no_role() {
    let daemon = Daemon::start().await;
    let scim = Provider::of(&daemon);
    let body = json!({"schemas": [USER], "userName": "b@example.org", "active": false, "roles": [{"value": "builder"}]});
    let user = id(&scim.post("/Users", body).await.expect(201));
    let put = json!({"schemas": [USER], "userName": "b@example.org", "title": "Builder"});
    let replaced = scim.put(&format!("/Users/{user}"), put).await.expect(200);
    assert_eq!((&replaced["active"], &replaced["roles"][0]["value"]), (&json!(false), &json!("builder")));
    let removed = scim.patch(&format!("/Users/{user}"), json!([{"op": "remove", "path": "roles"}])).await;
    assert!(removed.expect(200).get("roles").is_none());
    let directory = daemon.admin(Method::GET, "/users", json!({})).await.expect(200);
    assert_eq!(
        (&directory["users"][0]["role"], &directory["users"][0]["active"]),
        (&json!("member"), &json!(false))
    );
}

#[tokio::test]
async fn a_group_that_is_renamed_reads_what_it_read_and_nobody_else_does() {
    let daemon = Daemon::start().await;
    let (scim, key) = (Provider::of(&daemon), daemon.chat_key().await);
    let (in_it, outside) = (scim.user("in@example.org").await, scim.user("out@example.org").await);
    let group = scim.group("hr", &[&in_it]).await;
    document(&daemon, "for-hr", json!({"groups": ["hr"]})).await;
    document(&daemon, "for-both", json!({"groups": ["hr", "people"]})).await;
    assert_eq!(readable(&daemon, &key, "in@example.org").await, ["for-both", "for-hr"]);
    let rename = json!([{"op": "replace", "path": "displayName", "value": "people"}]);
    scim.patch(&format!("/Groups/{group}"), rename).await.expect(204);
    assert_eq!(readable(&daemon, &key, "in@example.org").await, ["for-both", "for-hr"]);
    let shown = daemon.operator(Method::GET, "/knowledge/documents/for-hr").answer().await.expect(200);
    assert_eq!(shown["access"]["groups"], json!(["people"]));
    scim.group("hr", &[&outside]).await;
    assert!(readable(&daemon, &key, "out@example.org").await.is_empty(), "the old name opens nothing");
    let taken = json!([{"op": "replace", "path": "displayName", "value": "hr"}]);
    assert_eq!(error(&scim.patch(&format!("/Groups/{group}"), taken).await), (409, "uniqueness"));
}

#[tokio::test]
async fn no_name_lets_a_renamed_group_read_more() {
    let daemon = Daemon::start().await;
    let (scim, key) = (Provider::of(&daemon), daemon.chat_key().await);
    let user = scim.user("in@example.org").await;
    let group = scim.group("staff", &[&user]).await;
    document(&daemon, "for-board", json!({"groups": ["board"]})).await;
    let rename = json!([{"op": "replace", "path": "displayName", "value": "board"}]);
    let refused = scim.patch(&format!("/Groups/{group}"), rename).await;
    assert_eq!(error(&refused), (409, "uniqueness"));
    assert!(readable(&daemon, &key, "in@example.org").await.is_empty());
    let found = scim.found("/Groups", "displayName eq \"staff\"").await;
    assert_eq!(id(&found[0]), group, "it keeps its name");
    scim.group("board", &[&user]).await;
    assert_eq!(readable(&daemon, &key, "in@example.org").await, ["for-board"], "who is put there reads it");
}

#[tokio::test]
async fn a_group_that_is_made_anew_stands_where_it_stood() {
    let daemon = Daemon::start().await;
    let (scim, key) = (Provider::of(&daemon), daemon.chat_key().await);
    let user = scim.user("in@example.org").await;
    let group = scim.group("hr", &[&user]).await;
    document(&daemon, "for-hr", json!({"groups": ["hr"]})).await;
    scim.delete(&format!("/Groups/{group}")).await.expect(204);
    assert!(readable(&daemon, &key, "in@example.org").await.is_empty());
    scim.group("hr", &[]).await;
    assert!(readable(&daemon, &key, "in@example.org").await.is_empty(), "membership does not come back");
    let anew = scim.found("/Groups", "displayName eq \"hr\"").await;
    let add = json!([{"op": "add", "path": "members", "value": [{"value": user}]}]);
    scim.patch(&format!("/Groups/{}", id(&anew[0])), add).await.expect(204);
    assert_eq!(readable(&daemon, &key, "in@example.org").await, ["for-hr"]);
}

#[tokio::test]
async fn who_gets_another_address_keeps_what_is_theirs_and_the_old_one_is_closed() {
    let daemon = Daemon::start().await;
    let (scim, key) = (Provider::of(&daemon), daemon.chat_key().await);
    let user = scim.user("maiden@example.org").await;
    scim.group("hr", &[&user]).await;
    document(&daemon, "for-hr", json!({"groups": ["hr"]})).await;
    document(&daemon, "for-her", json!({"users": ["maiden@example.org"]})).await;
    let budget = json!({"name": "hers", "subject": "user", "subject_id": "maiden@example.org", "period": "day", "limit_usd": 1});
    daemon.admin(Method::POST, "/budgets", budget).await.expect(201);
    let change = json!([{"op": "replace", "path": "userName", "value": "married@example.org"}]);
    let changed = scim.patch(&format!("/Users/{user}"), change).await.expect(200);
    assert_eq!((id(&changed), &changed["groups"][0]["display"]), (user.clone(), &json!("hr")));
    assert_eq!(readable(&daemon, &key, "married@example.org").await, ["for-her", "for-hr"]);
    assert_eq!(acting(&daemon, &key, "maiden@example.org").await, 403);
    let budget = daemon.admin(Method::GET, "/budgets/hers", json!({})).await.expect(200);
    assert_eq!(budget["subject_id"], "married@example.org", "a new address is no way around a budget");
    scim.user("other@example.org").await;
    let taken = json!([{"op": "replace", "path": "userName", "value": "other@example.org"}]);
    assert_eq!(error(&scim.patch(&format!("/Users/{user}"), taken).await), (409, "uniqueness"));
    let back = json!([{"op": "replace", "path": "userName", "value": "maiden@example.org"}]);
    scim.patch(&format!("/Users/{user}"), back).await.expect(200);
    assert_eq!(readable(&daemon, &key, "maiden@example.org").await, ["for-her", "for-hr"]);
}

#[tokio::test]
async fn nobody_is_raised_above_the_rights_of_who_raises_them_nor_changed_from_below() {
    let daemon = Daemon::start().await;
    let scim = Provider::with_token(&daemon, &token(&daemon, "org_admin").await);
    let user = |role: &str| json!({"schemas": [USER], "userName": format!("{role}@example.org"), "roles": [{"value": role}]});
    assert_eq!(error(&scim.post("/Users", user("super_admin")).await).0, 403);
    let builder = id(&scim.post("/Users", user("builder")).await.expect(201));
    let raise = json!([{"op": "replace", "path": "roles", "value": [{"value": "operator"}]}]);
    assert_eq!(error(&scim.patch(&format!("/Users/{builder}"), raise).await).0, 403);
    let chief = id(&Provider::of(&daemon).post("/Users", user("super_admin")).await.expect(201));
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    assert_eq!(error(&scim.patch(&format!("/Users/{chief}"), off).await).0, 403);
    assert_eq!(error(&scim.delete(&format!("/Users/{chief}")).await).0, 403);
    let auditor = Provider::with_token(&daemon, &token(&daemon, "auditor").await);
    auditor.get("/Users").await.expect(200);
    assert_eq!(error(&auditor.post("/Users", user("member")).await).0, 403);
    let key = daemon.key(json!({"name": "all", "scopes": ["*"]})).await;
    assert_eq!(error(&Provider::with_token(&daemon, &key).get("/Users").await).0, 403);
}

#[tokio::test]
async fn a_team_provisions_its_own_people_only() {
    let daemon = Daemon::start().await;
    daemon.admin(Method::PUT, "/teams/sales", json!({})).await.expect(200);
    let body = json!({"name": "sales-idp", "role": "org_admin", "team": "sales"});
    let sales = daemon.admin(Method::POST, "/operators", body).await.expect(201);
    let sales = Provider::with_token(&daemon, sales["secret"].as_str().unwrap());
    let own = Provider::of(&daemon);
    let (user, group) = (own.user("a@example.org").await, own.group("staff", &[]).await);
    for path in [format!("/Users/{user}"), format!("/Groups/{group}")] {
        assert_eq!(error(&sales.get(&path).await).0, 404);
        assert_eq!(error(&sales.delete(&path).await).0, 404);
        own.get(&path).await.expect(200);
    }
    assert!(sales.found("/Users", &format!("id eq \"{user}\"")).await.is_empty());
    sales.user("a@example.org").await;
    let members = json!({"schemas": [GROUP], "displayName": "staff", "members": [{"value": user}]});
    assert_eq!(error(&sales.post("/Groups", members).await), (400, "invalidValue"));
}

#[tokio::test]
async fn each_act_stands_in_the_log_with_what_decides_on_rights_and_nothing_private() {
    let daemon = Daemon::start().await;
    let scim = Provider::of(&daemon);
    let body = json!({"schemas": [USER], "userName": "a@example.org", "password": "t1meMa$heen",
                      "phoneNumbers": [{"value": "+1 555 0123"}]});
    let user = id(&scim.post("/Users", body).await.expect(201));
    let change = json!([
        {"op": "replace", "path": "active", "value": false},
        {"op": "replace", "path": "phoneNumbers", "value": [{"value": "+1 555 9876"}]},
    ]);
    scim.patch(&format!("/Users/{user}"), change).await.expect(200);
    let group = scim.group("staff", &[&user]).await;
    scim.delete(&format!("/Groups/{group}")).await.expect(204);
    let change = changes(&daemon, "PatchScimUser").await;
    assert_eq!((&change["before"]["active"], &change["after"]["active"]), (&json!(true), &json!(false)));
    assert_eq!(change["after"]["changed"], json!(["phoneNumbers"]));
    assert_eq!(changes(&daemon, "CreateScimGroup").await["after"]["joined"], json!(["a@example.org"]));
    assert_eq!(changes(&daemon, "DeleteScimGroup").await["before"]["displayName"], "staff");
    let log =
        daemon.operator(Method::GET, "/analytics/audit?raw=true").answer().await.expect(200).to_string();
    assert!(!log.contains("+1 555") && !log.contains("t1meMa"));
    for (name, bytes) in daemon.at_rest().await {
        assert!(!bytes.windows(6).any(|window| window == b"t1meMa"), "{name}");
    }
}

/// Identity providers push members side by side.
#[tokio::test]
async fn changes_at_the_same_time_lose_nothing() {
    let daemon = Daemon::start().await;
    let scim = Provider::of(&daemon);
    let mut users = Vec::new();
    for n in 0..20 {
        users.push(scim.user(&format!("user{n}@example.org")).await);
    }
    let group = scim.group("staff", &[&users[0]]).await;
    let path = format!("/Groups/{group}");
    let add = |id: &String| json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
    let pushed = users[1..].iter().map(|user| scim.patch(&path, add(user)));
    for answer in futures::future::join_all(pushed).await {
        assert_eq!(answer.status, 204, "{}", answer.body);
    }
    assert_eq!(scim.members(&group).await, users);
    let path = format!("/Users/{}", users[0]);
    let off = scim.patch(&path, json!([{"op": "replace", "path": "active", "value": false}]));
    let title = scim.patch(&path, json!([{"op": "replace", "path": "title", "value": "Chief"}]));
    let (off, title) = futures::join!(off, title);
    assert_eq!((off.status, title.status), (200, 200));
    let user = scim.get(&path).await.expect(200);
    assert_eq!((&user["active"], &user["title"]), (&json!(false), &json!("Chief")));
}

#[tokio::test]
async fn operators_and_identity_providers_see_the_same_people() {
    let daemon = Daemon::start().await;
    let scim = Provider::of(&daemon);
    let people =
        json!({"users": [{"email": "a@example.org", "name": "Ada", "role": "builder", "groups": ["hr"]}]});
    daemon.admin(Method::PUT, "/users", people).await.expect(200);
    let found = scim.found("/Users", "userName eq \"a@example.org\"").await;
    let user = &found[0];
    assert_eq!((&user["displayName"], &user["roles"][0]["value"]), (&json!("Ada"), &json!("builder")));
    assert_eq!(user["groups"][0]["display"], "hr");
    let linked =
        json!([{"op": "add", "value": {"externalId": "e1", "title": "Countess", "displayName": "Ada L."}}]);
    scim.patch(&format!("/Users/{}", id(user)), linked).await.expect(200);
    let update = json!({"name": "Ada Lovelace", "role": "member", "groups": ["hr", "maths"]});
    daemon.admin(Method::PATCH, "/users/a@example.org", update).await.expect(200);
    let user = scim.found("/Users", "externalId eq \"e1\"").await.remove(0);
    assert_eq!((&user["displayName"], &user["title"]), (&json!("Ada Lovelace"), &json!("Countess")));
    assert!(user.get("roles").is_none() && user["groups"].as_array().unwrap().len() == 2, "{user}");
    let groups = daemon.admin(Method::GET, "/groups?limit=1", json!({})).await.expect(200);
    assert_eq!((&groups["data"][0]["name"], &groups["data"][0]["members"]), (&json!("hr"), &json!(1)));
    let next = groups["next"].as_str().unwrap();
    let rest = daemon.admin(Method::GET, &format!("/groups?after={next}"), json!({})).await.expect(200);
    assert_eq!((&rest["data"][0]["name"], &rest["has_more"]), (&json!("maths"), &json!(false)));
    assert_eq!(
        scim.get(&format!("/Groups/{}", id(&rest["data"][0]))).await.expect(200)["displayName"],
        "maths"
    );
}
