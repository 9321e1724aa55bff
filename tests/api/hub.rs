//! The Developer Hub's door: who gets in, how, and what a browser may do with it.

use crate::support::{Answered, Daemon};
use flate2::read::GzDecoder;
use reqwest::Method;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, COOKIE, ETAG, IF_NONE_MATCH, SET_COOKIE,
};
use serde_json::{Value, json};
use std::io::Read;

/// A browser that signed in: its cookie, and what stands beside it.
struct Browser {
    cookie: String,
    guard: String,
}

fn studio(daemon: &Daemon, method: Method, path: &str) -> reqwest::RequestBuilder {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.request(method, format!("{}{path}", daemon.url))
}

async fn sign_in(daemon: &Daemon, shown: Value) -> Browser {
    let response = studio(daemon, Method::POST, "/studio/session").json(&shown).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let line = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(line.contains(flag), "{line}");
    }
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["role"], "operator");
    Browser {
        cookie: line.split(';').next().unwrap().to_owned(),
        guard: body["guard"].as_str().unwrap().to_owned(),
    }
}

async fn keys(daemon: &Daemon, cookie: &str, guard: &str) -> u16 {
    let call = studio(daemon, Method::GET, "/admin/v1/keys").header(COOKIE, cookie);
    call.header("x-katonic-hub", guard).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_token_signs_a_browser_in_and_only_with_both_halves() {
    let daemon = Daemon::start().await;
    let Browser { cookie, guard } = sign_in(&daemon, json!({"token": daemon.operator.expose()})).await;
    assert_eq!(keys(&daemon, &cookie, &guard).await, 200);
    assert_eq!(keys(&daemon, &cookie, "").await, 401, "another site can have the cookie sent, and no more");
    assert_eq!(keys(&daemon, &cookie, &guard[1..]).await, 401);
    assert_eq!(keys(&daemon, "katonic_hub=x", &guard).await, 401);
    let who =
        studio(&daemon, Method::GET, "/studio/session").header(COOKIE, &cookie).answer().await.expect(200);
    assert_eq!(who["guard"], json!(guard));
    let out = studio(&daemon, Method::DELETE, "/studio/session").header(COOKIE, &cookie);
    assert_eq!(out.answer().await.status, 401, "nor can another site sign anybody out");
    let out = studio(&daemon, Method::DELETE, "/studio/session").header(COOKIE, &cookie);
    out.header("x-katonic-hub", &guard).answer().await.expect(204);
    assert_eq!(keys(&daemon, &cookie, &guard).await, 401);
    assert_eq!((daemon.rows("HubSignIn").await.len(), daemon.rows("HubSignOut").await.len()), (1, 1));
    let session = daemon.rows("HubSignIn").await[0]["hub_session"].clone();
    assert!(session.as_str().unwrap().starts_with("hub_"), "{session}");
    let rows = daemon.rows("ListKeys").await;
    assert!(rows.iter().any(|row| row["hub_session"] == session), "its calls name it");
    let by_token = daemon.admin(Method::GET, "/keys", json!({})).await;
    assert_eq!((by_token.status, daemon.rows("ListKeys").await[0]["hub_session"].is_null()), (200, true));
}

#[tokio::test]
async fn a_link_works_once_and_its_sign_in_has_its_makers_rights_until_the_token_ends() {
    let daemon = Daemon::start().await;
    let auditor = json!({"name": "eve", "role": "auditor"});
    let auditor = daemon.admin(Method::POST, "/operators", auditor).await.expect(201);
    let link =
        studio(&daemon, Method::POST, "/admin/v1/logins").bearer_auth(auditor["secret"].as_str().unwrap());
    let path = link.json(&json!({})).answer().await.expect(201)["path"].as_str().unwrap().to_owned();
    let code = path.split_once("#code=").unwrap().1;
    let shown = json!({"code": code});
    let response = studio(&daemon, Method::POST, "/studio/session").json(&shown).send().await.unwrap();
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let guard = response.json::<Value>().await.unwrap()["guard"].as_str().unwrap().to_owned();
    let again = studio(&daemon, Method::POST, "/studio/session").json(&shown).answer().await;
    assert_eq!(again.status, 401);
    assert_eq!(keys(&daemon, &cookie, &guard).await, 200);
    let create = studio(&daemon, Method::POST, "/admin/v1/keys").header(COOKIE, &cookie);
    let create = create.header("x-katonic-hub", &guard).json(&json!({"name": "x", "scopes": ["chat"]}));
    assert_eq!(create.answer().await.status, 403, "an auditor changes nothing");
    let link = studio(&daemon, Method::POST, "/admin/v1/logins").header(COOKIE, &cookie);
    let link = link.header("x-katonic-hub", &guard).json(&json!({})).answer().await;
    assert_eq!(link.status, 403, "a session does not outlive itself by another");
    let path = format!("/operators/{}", auditor["id"].as_str().unwrap());
    daemon.admin(Method::DELETE, &path, json!({})).await.expect(204);
    assert_eq!(keys(&daemon, &cookie, &guard).await, 401);
    let late = daemon.admin(Method::POST, "/logins", json!({})).await.expect(201);
    daemon.advance(2 * 60 * 1000);
    let code = late["path"].as_str().unwrap().split_once("#code=").unwrap().1;
    assert_eq!(
        studio(&daemon, Method::POST, "/studio/session").json(&json!({"code": code})).answer().await.status,
        401
    );
}

#[tokio::test]
async fn who_guesses_waits_and_each_guess_is_in_the_log() {
    let daemon = Daemon::start().await;
    let guess =
        async |shown: Value| studio(&daemon, Method::POST, "/studio/session").json(&shown).answer().await;
    for n in 0..10 {
        assert_eq!(guess(json!({"code": format!("{n}")})).await.status, 401);
    }
    let refused = guess(json!({"token": daemon.operator.expose()})).await;
    assert_eq!(refused.status, 429);
    let link = daemon.admin(Method::POST, "/logins", json!({})).await.expect(201);
    let code = link["path"].as_str().unwrap().split_once("#code=").unwrap().1;
    sign_in(&daemon, json!({"code": code})).await;
    assert!(refused.headers.contains_key("retry-after"));
    daemon.advance(15 * 60 * 1000);
    sign_in(&daemon, json!({"token": daemon.operator.expose()})).await;
    let rows = daemon.rows("HubSignIn").await;
    assert_eq!((rows.len(), rows.iter().filter(|row| row["decision"] == "denied").count()), (13, 11));
    let key = daemon.chat_key().await;
    assert_eq!(guess(json!({"token": key})).await.status, 403, "an application's key opens nothing here");
    assert_eq!(guess(json!({"token": "a", "code": "b"})).await.status, 400);
}

#[tokio::test]
async fn the_page_runs_nothing_inline_and_is_small() {
    let daemon = Daemon::start().await;
    let page = studio(&daemon, Method::GET, "/studio/public-api").send().await.unwrap();
    let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let tag = page.headers()[ETAG].clone();
    let text = page.text().await.unwrap();
    assert!(!text.contains("<style") && !text.contains("onclick"));
    let again =
        studio(&daemon, Method::GET, "/studio/public-api").header(IF_NONE_MATCH, tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    let (mut open, mut seen, mut all) = (vec!["hub.css".to_owned(), "app.js".to_owned()], Vec::new(), 0);
    while let Some(name) = open.pop() {
        if seen.contains(&name) {
            continue;
        }
        let file = studio(&daemon, Method::GET, &format!("/studio/assets/{name}"));
        let file = file.header(ACCEPT_ENCODING, "gzip").send().await.unwrap();
        assert_eq!(
            (file.status().as_u16(), &file.headers()[CONTENT_ENCODING] == "gzip"),
            (200, true),
            "{name}"
        );
        let packed = file.bytes().await.unwrap();
        all += packed.len();
        let mut text = String::new();
        GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
        let imports =
            text.lines().filter(|line| line.starts_with("import ")).filter_map(|line| line.split('"').nth(1));
        open.extend(imports.map(|path| {
            let folder = if path.starts_with("./") && name.starts_with("views/") { "views/" } else { "" };
            format!("{folder}{}", path.trim_start_matches("../").trim_start_matches("./"))
        }));
        seen.push(name);
    }
    assert!(seen.len() > 10 && all < 150 * 1024, "{all} bytes of {} files", seen.len());
    assert_eq!(studio(&daemon, Method::GET, "/studio/assets/../lib.rs").send().await.unwrap().status(), 404);
}
