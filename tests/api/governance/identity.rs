//! For whom a call acts: users that may be deactivated, and identity providers that vouch for them.

use crate::scripted::{Reply, Scripted};
use crate::support::{Answer, Answered, Daemon};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

#[tokio::test]
async fn a_deactivated_user_gets_nothing_from_the_next_call_on() {
    let daemon = Daemon::start().await.with_hr_unevaluated().await;
    let key = daemon.chat_key().await;
    daemon.ask(&key, "sarah@example.org", "How many days of leave do I have?").await.expect(200);
    let path = "/users/sarah@example.org";
    let user = daemon.admin(Method::PATCH, path, json!({"active": false})).await.expect(200);
    assert_eq!(user["active"], false);
    let refused = daemon.ask(&key, "Sarah@example.org", "How many days of leave do I have?").await;
    assert_eq!((refused.status, refused.code()), (403, "act_as_denied"));
    let by_operator = daemon.operator(Method::POST, "/search").header("X-User-Email", "sarah@example.org");
    assert_eq!(by_operator.json(&json!({"query": "leave"})).answer().await.status, 403);
    daemon.admin(Method::PATCH, path, json!({"active": true})).await.expect(200);
    daemon.ask(&key, "sarah@example.org", "How many days of leave do I have?").await.expect(200);
}

#[tokio::test]
async fn an_import_changes_nothing_that_it_is_silent_on() {
    let daemon = Daemon::start().await;
    let put = async |users: Value| daemon.admin(Method::PUT, "/users", json!({"users": users})).await;
    let lea = json!({"email": "lea@example.org", "name": "Lea", "role": "builder", "groups": ["hr"], "active": false});
    put(json!([lea])).await.expect(200);
    let people = put(json!([{"email": "Lea@example.org"}, {"email": "max@example.org"}])).await.expect(200);
    assert_eq!(people["users"][0], lea, "who was deactivated stays so");
    let max = json!({"email": "max@example.org", "role": "member", "groups": [], "active": true});
    assert_eq!(people["users"][1], max);
    let people = put(json!([{"email": "lea@example.org", "groups": [], "active": true}])).await.expect(200);
    assert_eq!((&people["users"][0]["groups"], &people["users"][0]["active"]), (&json!([]), &json!(true)));
    let typo = put(json!([{"email": "lea@example.org", "actve": false}])).await;
    assert_eq!((typo.status, typo.code()), (400, "invalid_value"), "{}", typo.body);
}

/// An identity provider with one P-256 key pair, made for these tests.
const PRIVATE_KEY: &str = include_str!("identity.pem");
const PUBLIC_KEY: &str = include_str!("identity.jwk.json");

fn jwks() -> Value {
    let mut key: Value = serde_json::from_str(PUBLIC_KEY).unwrap();
    key["kid"] = "k1".into();
    json!({"keys": [key]})
}

fn claims(email: &str) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    json!({"iss": "https://id.example.org", "aud": "katonic", "exp": now + 300, "email": email})
}

fn token(claims: &Value, kid: &str) -> String {
    let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::ES256) };
    encode(&header, claims, &EncodingKey::from_ec_pem(PRIVATE_KEY.as_bytes()).unwrap()).unwrap()
}

async fn search(daemon: &Daemon, key: &str, headers: &[(&str, &str)]) -> Answer {
    let call = daemon.call(Method::POST, "/search").bearer_auth(key).json(&json!({"query": "leave"}));
    headers.iter().fold(call, |call, (name, value)| call.header(*name, *value)).answer().await
}

/// What requires an identity provider's word, of the one at an address.
fn required(url: &str) -> String {
    format!(
        "[identity]\nrequire_assertion = true\njwks_url = \"{url}/jwks\"\nissuer = \"https://id.example.org\"\n\
         audience = \"katonic\"\n"
    )
}

#[tokio::test]
async fn an_evaluation_acts_for_nobody_on_its_suites_word_alone() {
    let provider = Scripted::start(vec![Reply::json(200, &jwks())]).await;
    let daemon = Daemon::start_with(&required(&provider.url)).await.with_hr_unevaluated().await;
    let scopes = ["evaluations", "agents/read"];
    let key = daemon.key(json!({"name": "ci", "scopes": scopes, "act_as": ["*@example.org"]})).await;
    let suite = "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {id: spy}\nspec:\n  defaults: \
                 {as_user: sarah@example.org}\n  cases: [{id: one, input: How many sick days do we have?, expect: {facts: [sick days]}}]\n";
    let put = daemon.call(Method::PUT, "/evaluations/suites/spy").bearer_auth(&key).body(suite);
    put.answer().await.expect(201);
    let asserted = token(&claims("sarah@example.org"), "k1");
    for (assertion, errors) in [(None, 1), (Some(&asserted), 0)] {
        let call =
            daemon.call(Method::POST, "/evaluations/run").bearer_auth(&key).header("Prefer", "wait=60");
        let call = assertion.into_iter().fold(call, |call, word| call.header("X-User-Assertion", word));
        let run = call
            .json(&json!({"agent": "hr-assistant", "suite": "spy", "fresh": true}))
            .answer()
            .await
            .expect(200);
        assert_eq!(run["errors"], errors, "{run}");
    }
}

#[tokio::test]
async fn where_it_is_required_only_the_identity_providers_word_counts() {
    let provider = Scripted::start(vec![Reply::json(200, &jwks())]).await;
    let daemon = Daemon::start_with(&required(&provider.url)).await;
    let key = daemon.key(json!({"name": "app", "scopes": ["search"], "act_as": ["*@example.org"]})).await;
    search(&daemon, &key, &[]).await.expect(200);
    let bare = search(&daemon, &key, &[("X-User-Email", "ana@example.org")]).await;
    assert_eq!((bare.status, bare.code()), (403, "act_as_denied"));
    let good = token(&claims("Ana@example.org"), "k1");
    search(&daemon, &key, &[("X-User-Assertion", &good)]).await.expect(200);
    search(&daemon, &key, &[("X-User-Assertion", &good), ("X-User-Email", "ana@example.org")])
        .await
        .expect(200);
    let other =
        search(&daemon, &key, &[("X-User-Assertion", &good), ("X-User-Email", "bob@example.org")]).await;
    assert_eq!(other.code(), "act_as_denied");
    let outside = token(&claims("ana@elsewhere.org"), "k1");
    assert_eq!(search(&daemon, &key, &[("X-User-Assertion", &outside)]).await.code(), "act_as_denied");
    let changed = |field: &str, value: Value| {
        let mut claims = claims("ana@example.org");
        claims[field] = value;
        token(&claims, "k1")
    };
    let mut forged = good.clone();
    forged.replace_range(good.len() - 6.., "AAAAAA");
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", good.split('.').nth(1).unwrap());
    let bad = [
        ("expired", changed("exp", json!(1_000_000))),
        ("another issuer", changed("iss", json!("https://evil.example.org"))),
        ("another audience", changed("aud", json!("other"))),
        ("unverified", changed("email_verified", json!(false))),
        ("no address", changed("email", Value::Null)),
        ("an unknown key", token(&claims("ana@example.org"), "k2")),
        ("forged", forged),
        ("unsigned", unsigned),
        ("no token", "abc".to_owned()),
    ];
    for (what, token) in &bad {
        let refused = search(&daemon, &key, &[("X-User-Assertion", token)]).await;
        assert_eq!((refused.status, refused.code()), (401, "invalid_assertion"), "{what}: {}", refused.body);
    }
    assert_eq!(provider.calls(), 1, "made-up key ids fetch nothing more");
}

#[tokio::test]
async fn keys_may_come_from_a_file_and_without_any_no_assertion_holds() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("jwks.json");
    std::fs::write(&file, jwks().to_string()).unwrap();
    let daemon = Daemon::start_with(&format!("[identity]\njwks_file = {file:?}\n")).await;
    let key = daemon.key(json!({"name": "app", "scopes": ["search"], "act_as": ["*@example.org"]})).await;
    let good = token(&claims("ana@example.org"), "k1");
    search(&daemon, &key, &[("X-User-Assertion", &good)]).await.expect(200);
    search(&daemon, &key, &[("X-User-Email", "ana@example.org")]).await.expect(200);
    let plain = Daemon::start().await;
    let key = plain.key(json!({"name": "app", "scopes": ["search"], "act_as": ["*@example.org"]})).await;
    assert_eq!(search(&plain, &key, &[("X-User-Assertion", &good)]).await.code(), "invalid_assertion");
}
