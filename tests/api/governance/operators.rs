//! Operators: what each role may do, and what the log says of it.

use super::as_operator;
use crate::support::{Answered, Daemon};
use contract::admin::CATALOGUE;
use reqwest::Method;
use serde_json::{Value, json};

async fn token(daemon: &Daemon, role: &str) -> String {
    let body = json!({"name": role, "role": role});
    let operator = daemon.admin(Method::POST, "/operators", body).await.expect(201);
    operator["secret"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_role_opens_what_its_row_of_the_table_says() {
    let daemon = Daemon::start().await;
    let may = |role: &str, scope: &str| match role {
        _ if scope == "admin/hub" => true,
        "operator" => true,
        "super_admin" => scope != "admin/operators/write",
        "auditor" => scope.ends_with("/read") || scope == "analytics",
        _ => false,
    };
    for role in ["operator", "super_admin", "auditor", "viewer"] {
        let token = token(&daemon, role).await;
        for endpoint in CATALOGUE.iter().filter(|endpoint| endpoint.name != "RevokeOperator") {
            let path = endpoint
                .path_parameters()
                .fold(endpoint.path.to_owned(), |path, name| path.replace(&format!("{{{name}}}"), "none"));
            let method = Method::from_bytes(endpoint.method.as_str().as_bytes()).unwrap();
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let call = client.request(method, format!("{}{}{path}", daemon.url, endpoint.prefix));
            let answer = call.bearer_auth(&token).json(&json!({})).answer().await;
            let is_open = answer.status != 403;
            assert_eq!(is_open, may(role, endpoint.scope.0), "{role} {}: {}", endpoint.name, answer.body);
        }
    }
}

#[tokio::test]
async fn nobody_gives_more_than_they_have_and_a_revoked_token_is_shut_out() {
    let daemon = Daemon::start().await;
    let admin = token(&daemon, "org_admin").await;
    let key = json!({"name": "app", "scopes": ["chat"], "role": "super_admin"});
    let refused = as_operator(&daemon, &admin, Method::POST, "/keys", key).await;
    assert_eq!((refused.status, refused.code()), (403, "not_permitted"));
    let user = json!({"users": [{"email": "eve@example.org", "role": "operator"}]});
    assert_eq!(as_operator(&daemon, &admin, Method::PUT, "/users", user).await.status, 403);
    let list = daemon.admin(Method::GET, "/operators", json!({})).await.expect(200);
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(daemon.admin(Method::DELETE, &format!("/operators/{id}"), json!({})).await.status, 204);
    let gone = as_operator(&daemon, &admin, Method::GET, "/keys", json!({})).await;
    assert_eq!((gone.status, gone.code()), (401, "key_revoked"));
}

#[tokio::test]
async fn a_team_sees_nothing_of_another() {
    let daemon = Daemon::start().await;
    daemon.admin(Method::PUT, "/teams/sales", json!({})).await.expect(200);
    let body = json!({"name": "sales-admin", "role": "org_admin", "team": "sales"});
    let sales = daemon.admin(Method::POST, "/operators", body).await.expect(201);
    let sales = sales["secret"].as_str().unwrap();
    let theirs = json!({"name": "leaves", "role": "viewer", "team": "sales"});
    let theirs = daemon.admin(Method::POST, "/operators", theirs).await.expect(201);
    let theirs = format!("/operators/{}", theirs["id"].as_str().unwrap());
    let ours = json!({"name": "stays", "role": "viewer"});
    let ours = daemon.admin(Method::POST, "/operators", ours).await.expect(201);
    let ours = format!("/operators/{}", ours["id"].as_str().unwrap());
    let hidden = as_operator(&daemon, sales, Method::DELETE, &ours, json!({})).await;
    assert_eq!((hidden.status, hidden.code()), (403, "not_permitted"), "no role of one team ends tokens");
    let ended = daemon.admin(Method::DELETE, &theirs, json!({})).await;
    assert_eq!(ended.status, 204, "who runs the daemon ends every team's: {}", ended.body);
    let own =
        daemon.admin(Method::POST, "/keys", json!({"name": "own", "scopes": ["search"]})).await.expect(201);
    let path = format!("/keys/{}", own["id"].as_str().unwrap());
    let theirs =
        as_operator(&daemon, sales, Method::POST, "/keys", json!({"name": "app", "scopes": ["search"]}));
    let theirs = theirs.await.expect(201);
    assert_eq!(theirs["team"], "sales");
    for (method, path) in
        [(Method::GET, path.clone()), (Method::PATCH, path.clone()), (Method::POST, path + "/revoke")]
    {
        assert_eq!(as_operator(&daemon, sales, method, &path, json!({})).await.status, 404, "{path}");
    }
    let keys = as_operator(&daemon, sales, Method::GET, "/keys", json!({})).await.expect(200);
    assert_eq!(keys["data"].as_array().unwrap().len(), 1);
    assert_eq!(as_operator(&daemon, sales, Method::GET, "/keys?team=default", json!({})).await.status, 404);
    let all = daemon.admin(Method::GET, "/keys?team=sales", json!({})).await.expect(200);
    assert_eq!(all["data"][0]["name"], "app", "who runs the daemon sees every team's");
}

#[tokio::test]
async fn every_change_stands_in_the_log_with_before_and_after_and_no_secret() {
    let daemon = Daemon::start().await;
    let secret = daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    daemon.admin(Method::PATCH, "/keys/app", json!({"scopes": ["chat"]})).await.expect(200);
    let rows = daemon.operator(Method::GET, "/analytics/audit?endpoint=UpdateKey").answer().await.expect(200);
    let change: &Value = &rows["data"][0]["change"];
    assert_eq!(
        (&change["before"]["scopes"], &change["after"]["scopes"]),
        (&json!(["search"]), &json!(["chat"]))
    );
    let rows = daemon.operator(Method::GET, "/analytics/audit?endpoint=CreateKey").answer().await.expect(200);
    assert_eq!(rows["data"][0]["change"]["before"], Value::Null);
    assert!(!rows.to_string().contains(&secret));
}
