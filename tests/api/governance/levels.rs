//! Levels: nobody changes, rotates or ends who or what stands above them, nor gives what they don't have.

use crate::support::{Answer, Answered, Daemon};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The roles, none of which reaches those before it.
const ROLES: [&str; 8] =
    ["operator", "super_admin", "org_admin", "builder", "evaluator", "auditor", "member", "viewer"];

/// Somebody of a role, with a group, a key and a token.
struct Target {
    role: &'static str,
    /// What is made anew is named after it.
    name: String,
    email: String,
    user: String,
    group: String,
    key: String,
    token: String,
}

type Act = (&'static str, fn(&Target) -> (Method, String, Value));

/// What may be done to somebody, in an order in which no act takes the next one's object.
const ACTS: &[Act] = &[
    ("rename", |on| (Method::PATCH, on.person(), json!({"name": "Somebody"}))),
    ("put into a group by SCIM", |on| (Method::POST, scim("/Groups"), group(&on.name, &on.user))),
    ("remove their group by SCIM", |on| (Method::DELETE, scim(&format!("/Groups/{}", on.group)), json!({}))),
    ("put into a group", |on| (Method::PATCH, on.person(), json!({"groups": ["others"]}))),
    ("deactivate", |on| (Method::PATCH, on.person(), json!({"active": false}))),
    ("let in by an import", |on| {
        (Method::PUT, admin("/users"), json!({"users": [{"email": on.email, "active": true}]}))
    }),
    ("deactivate by SCIM", |on| {
        let off = json!([{"op": "replace", "path": "active", "value": false}]);
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": off});
        (Method::PATCH, scim(&format!("/Users/{}", on.user)), body)
    }),
    ("give the role by an import", |on| {
        let email = format!("import-{}@example.org", on.name);
        (Method::PUT, admin("/users"), json!({"users": [{"email": email, "role": on.role}]}))
    }),
    ("give the role by SCIM", |on| {
        (Method::POST, scim("/Users"), person(&format!("scim-{}@example.org", on.name), on.role))
    }),
    ("take the role", |on| (Method::PATCH, on.person(), json!({"role": "viewer"}))),
    ("remove by SCIM", |on| (Method::DELETE, scim(&format!("/Users/{}", on.user)), json!({}))),
    ("create a key", |on| {
        (Method::POST, admin("/keys"), json!({"name": on.name, "scopes": ["chat"], "role": on.role}))
    }),
    ("change their key", |on| (Method::PATCH, on.key(""), json!({"limits": {"per_day": 1}}))),
    ("lower their key", |on| (Method::PATCH, on.key(""), json!({"role": on.role}))),
    ("rotate their key", |on| (Method::POST, on.key("/rotate"), json!({}))),
    ("revoke their key", |on| (Method::POST, on.key("/revoke"), json!({}))),
];

/// What only `operator` may do, and that to everybody.
const TOKENS: &[Act] = &[
    ("create a token", |on| (Method::POST, admin("/operators"), json!({"name": on.name, "role": on.role}))),
    ("revoke a token", |on| (Method::DELETE, admin(&format!("/operators/{}", on.token)), json!({}))),
];

fn admin(path: &str) -> String {
    format!("/admin/v1{path}")
}

fn scim(path: &str) -> String {
    format!("/admin/scim/v2{path}")
}

fn person(email: &str, role: &str) -> Value {
    let schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
    json!({"schemas": schemas, "userName": email, "roles": [{"value": role}]})
}

fn group(name: &str, member: &str) -> Value {
    let schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"];
    json!({"schemas": schemas, "displayName": name, "members": [{"value": member}]})
}

impl Target {
    async fn make(by: &Operator<'_>, name: String, role: &'static str) -> Self {
        let id = |answer: Answer| answer.expect(201)["id"].as_str().unwrap().to_owned();
        let email = format!("{name}@example.org");
        let user = id(by.call(Method::POST, &scim("/Users"), person(&email, role)).await);
        let body = group(&format!("of-{name}"), &user);
        let group = id(by.call(Method::POST, &scim("/Groups"), body).await);
        let body = json!({"name": format!("of-{name}"), "scopes": ["chat"], "role": role});
        let key = id(by.call(Method::POST, &admin("/keys"), body.clone()).await);
        let body = json!({"name": format!("of-{name}"), "role": role});
        let token = id(by.call(Method::POST, &admin("/operators"), body).await);
        Self { role, name, email, user, group, key, token }
    }

    fn person(&self) -> String {
        admin(&format!("/users/{}", self.email))
    }

    fn key(&self, act: &str) -> String {
        admin(&format!("/keys/{}{act}", self.key))
    }
}

/// Who acts, with a token.
struct Operator<'a> {
    daemon: &'a Daemon,
    client: Client,
    token: String,
}

impl<'a> Operator<'a> {
    async fn of_role(daemon: &'a Daemon, role: &str) -> Self {
        let body = json!({"name": role, "role": role});
        let operator = daemon.admin(Method::POST, "/operators", body).await.expect(201);
        let client = Client::builder().no_proxy().build().unwrap();
        Self { daemon, client, token: operator["secret"].as_str().unwrap().to_owned() }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let call = self.client.request(method, format!("{}{path}", self.daemon.url));
        call.bearer_auth(&self.token).json(&body).answer().await
    }
}

#[tokio::test]
async fn nobody_changes_who_stands_above_them_nor_gives_what_they_do_not_have() {
    let daemon = Daemon::start().await;
    let chief = Operator::of_role(&daemon, "operator").await;
    for (level, role) in ROLES[..3].iter().enumerate() {
        let by = Operator::of_role(&daemon, role).await;
        for (above, other) in ROLES.iter().enumerate() {
            let on = Target::make(&chief, format!("{role}-{other}"), other).await;
            let acts = ACTS.iter().map(|act| (act, above >= level));
            for ((act, call), may) in acts.chain(TOKENS.iter().map(|act| (act, level == 0))) {
                let (method, path, body) = call(&on);
                let answer = by.call(method, &path, body).await;
                let is_right = if may { answer.status < 300 } else { answer.status == 403 };
                assert!(is_right, "{role}: {act} ({other}): {} {}", answer.status, answer.body);
            }
        }
    }
}

#[tokio::test]
async fn a_token_does_no_more_for_a_user_than_its_own_role_may() {
    let daemon = Daemon::start().await;
    let users = json!({"users": [{"email": "bea@example.org", "role": "builder"}]});
    daemon.admin(Method::PUT, "/users", users).await.expect(200);
    let auditor = Operator::of_role(&daemon, "auditor").await;
    let call = daemon.call(Method::POST, "/agents").bearer_auth(&auditor.token);
    let refused = call.header("X-User-Email", "bea@example.org").json(&json!({})).answer().await;
    assert_eq!((refused.status, refused.code()), (403, "not_permitted"), "{}", refused.body);
}
