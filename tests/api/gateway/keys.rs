//! Whose keys a call shows, and which models a key may call.

use super::{Gateway, question};
use crate::scripted::{Reply, Scripted};
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

const SECRET: &str = "sk-very-secret-provider-key-0123456789";

/// A daemon whose catalogue provider `mistral` answers at a scripted address.
async fn with_mistral() -> (Scripted, Daemon, String) {
    let provider = Scripted::start(vec![Reply::says("Hello.")]).await;
    let settings = format!("[providers.mistral]\nbase_url = \"{}/v1\"\n", provider.url);
    let daemon = Daemon::start_with(&settings).await;
    let key = daemon.key(json!({"name": "app", "scopes": ["completions"]})).await;
    (provider, daemon, key)
}

async fn ask(daemon: &Daemon, key: &str) -> crate::support::Answer {
    let body = json!({"model": "mistral/m", "messages": [{"role": "user", "content": "Hi"}]});
    daemon.call(Method::POST, "/chat/completions").bearer_auth(key).json(&body).answer().await
}

#[tokio::test]
async fn a_stored_key_is_used_and_never_shown() {
    let (provider, mut daemon, key) = with_mistral().await;
    let body = json!({"provider": "mistral", "key": SECRET});
    let stored = daemon.admin(Method::POST, "/providers", body).await.expect(201);
    assert_eq!((&stored["provider"], &stored["shared"]), (&json!("mistral"), &json!(false)));
    let answer = ask(&daemon, &key).await;
    answer.expect(200);
    assert_eq!(provider.last().headers["authorization"], format!("Bearer {SECRET}").as_str());
    let listed = daemon.admin(Method::GET, "/providers", json!({})).await;
    assert!(!stored.to_string().contains(SECRET) && !listed.body.to_string().contains(SECRET));
    daemon.restart().await;
    ask(&daemon, &key).await.expect(200);
    assert_eq!(provider.last().headers["authorization"], format!("Bearer {SECRET}").as_str());
    daemon.begin_to_stop();
    daemon.stopped().await;
    for (name, bytes) in daemon.at_rest().await {
        let is_there = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!is_there, "{name} holds the key");
    }
}

/// Providers repeat in their errors what they were sent.
#[tokio::test]
async fn what_a_provider_repeats_of_keys_and_prompts_goes_no_further() {
    let (provider, daemon, key) = with_mistral().await;
    daemon.admin(Method::POST, "/providers", json!({"provider": "mistral", "key": SECRET})).await.expect(201);
    let says = |status: u16| {
        let message = format!("With {SECRET} nobody asks that: \"Hi, said Sarah\"");
        Reply::json(status, &json!({"error": {"message": message, "code": format!("wrong: {SECRET}")}}))
    };
    provider.next(vec![says(400)]);
    let refused = ask(&daemon, &key).await;
    let message = refused.body["error"]["message"].as_str().unwrap();
    assert!(
        refused.status == 400 && message.contains("With … nobody asks that: \"Hi, said Sarah\""),
        "{message}"
    );
    provider.next(vec![says(401)]);
    let failed = ask(&daemon, &key).await;
    let message = failed.body["error"]["message"].as_str().unwrap();
    assert!(failed.status == 502 && message.contains("katonic providers add"), "{message}");
    let trace = format!("/analytics/traces/{}", failed.body["trace_id"].as_str().unwrap());
    let trace = daemon.operator(Method::GET, &trace).answer().await.expect(200);
    let listed = daemon.admin(Method::GET, "/providers", json!({})).await.expect(200);
    for seen in [trace, listed] {
        let seen = seen.to_string();
        assert!(!seen.contains("Sarah") && !seen.contains(SECRET), "{seen}");
    }
    let test = daemon.admin(Method::POST, "/providers/mistral/test", json!({"model": "m"})).await.expect(200);
    let detail = test["detail"].as_str().unwrap();
    assert!(detail.contains("With … nobody asks that") && !detail.contains(SECRET), "{detail}");
}

#[tokio::test]
async fn who_talks_to_an_agent_reads_nothing_that_a_provider_says_of_its_instructions() {
    let gateway = Gateway::start_with(
        vec![Reply::json(
            400,
            &json!({"error": {"message": "Too rude: \"The vault's code is 4711.\"", "code": "invalid"}}),
        )],
        "[tiers]\nbalanced = \"local/m\"\n",
    )
    .await;
    let daemon = &gateway.daemon;
    let agent = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: keeper}\nspec: {model: balanced, instructions: The vault's code is 4711.}\n";
    daemon.apply(agent).await.expect(201);
    let promote = json!({"environment": "test", "override": {"reason": "a test"}});
    daemon.operator(Method::POST, "/agents/keeper/promote").json(&promote).answer().await.expect(200);
    let body = json!({"agent_id": "keeper", "environment": "test", "stream": false,
                      "messages": [{"role": "user", "content": "Hello?"}]});
    let refused =
        daemon.call(Method::POST, "/chat").bearer_auth(daemon.chat_key().await).json(&body).answer().await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(!refused.body.to_string().contains("4711"), "{}", refused.body);
}

#[tokio::test]
async fn a_team_that_must_bring_its_own_key_never_uses_the_shared_one() {
    let (provider, daemon, key) = with_mistral().await;
    daemon
        .admin(
            Method::POST,
            "/providers",
            json!({"provider": "mistral", "key": "shared-key", "shared": true}),
        )
        .await
        .expect(201);
    ask(&daemon, &key).await.expect(200);
    assert_eq!(provider.last().headers["authorization"], "Bearer shared-key");
    daemon.admin(Method::PUT, "/teams/default", json!({"own_provider_keys_only": true})).await.expect(200);
    let refused = ask(&daemon, &key).await;
    assert_eq!((refused.status, refused.code()), (403, "not_permitted"));
    assert_eq!(provider.calls(), 1);
    daemon
        .admin(Method::POST, "/providers", json!({"provider": "mistral", "key": "own-key"}))
        .await
        .expect(201);
    ask(&daemon, &key).await.expect(200);
    assert_eq!(provider.last().headers["authorization"], "Bearer own-key");
    let removed = daemon.admin(Method::DELETE, "/providers/mistral", json!({})).await;
    assert_eq!(removed.status, 204);
    assert_eq!(ask(&daemon, &key).await.status, 403);
}

#[tokio::test]
async fn a_provider_can_be_tested_with_one_real_call() {
    let (provider, daemon, _) = with_mistral().await;
    let tested =
        daemon.admin(Method::POST, "/providers/mistral/test", json!({"model": "m"})).await.expect(200);
    assert_eq!((&tested["ok"], &tested["detail"]), (&json!(true), &json!("Hello.")));
    provider.next(vec![Reply::json(401, &json!({"error": {"message": "bad key"}}))]);
    let tested = daemon.admin(Method::POST, "/providers/mistral/test", json!({})).await.expect(200);
    assert_eq!(tested["ok"], false);
    assert!(tested["detail"].as_str().unwrap().contains("bad key"), "{tested}");
    let unknown = daemon.admin(Method::POST, "/providers", json!({"provider": "nobody", "key": "k"})).await;
    assert_eq!((unknown.status, unknown.code()), (404, "provider_not_found"));
    let incomplete = daemon.admin(Method::POST, "/providers", json!({"provider": "azure", "key": "k"})).await;
    assert!(
        incomplete.body["error"]["message"].as_str().unwrap().contains("params.resource"),
        "{}",
        incomplete.body
    );
}

#[tokio::test]
async fn a_key_calls_its_models_only() {
    let gateway =
        Gateway::start_with(vec![Reply::says("Hello.")], "[tiers]\nfast = [\"local/m\", \"local/n\"]\n")
            .await;
    let narrow = json!({"name": "narrow", "scopes": ["completions"], "models": ["local/n"], "aliases": {"gpt-4": "fast"}});
    let narrow = gateway.daemon.key(narrow).await;
    let ask = async |model: &str| {
        let mut body = question();
        body["model"] = model.into();
        gateway.daemon.call(Method::POST, "/chat/completions").bearer_auth(&narrow).json(&body).answer().await
    };
    let refused = ask("local/m").await;
    assert_eq!((refused.status, refused.code()), (403, "model_not_allowed"));
    assert_eq!(ask("agent/hr-assistant").await.code(), "model_not_allowed");
    for model in ["local/n", "fast", "gpt-4"] {
        ask(model).await.expect(200);
        assert_eq!(
            gateway.provider.last().body["model"],
            "n",
            "of a tier only what the key may call: {model}"
        );
    }
    gateway
        .daemon
        .admin(Method::PUT, "/teams/default", json!({"aliases": {"gpt-3.5-turbo": "local/n"}}))
        .await
        .expect(200);
    ask("gpt-3.5-turbo").await.expect(200);
}

#[tokio::test]
async fn every_call_of_a_model_passes_the_gate() {
    let gateway = Gateway::start(vec![Reply::says("Hello.")]).await;
    let limited = json!({"name": "limited", "scopes": ["completions"], "limits": {"per_minute": 3}});
    let limited = gateway.daemon.key(limited).await;
    let other = gateway.daemon.key(json!({"name": "other", "scopes": ["chat", "search"]})).await;
    let bodies: [(&str, Value); 3] = [
        ("/chat/completions", question()),
        ("/responses", json!({"model": "local/m", "input": "Hi"})),
        ("/embeddings", json!({"model": "local/m", "input": "Hi"})),
    ];
    for (path, body) in &bodies {
        let call = |key: &str| gateway.daemon.call(Method::POST, path).bearer_auth(key).json(body).answer();
        let refused = call(&other).await;
        assert_eq!((refused.status, refused.code()), (403, "insufficient_scope"), "{path}");
        assert_eq!(gateway.daemon.call(Method::POST, path).json(body).answer().await.status, 401, "{path}");
        call(&limited).await;
    }
    let over = gateway
        .daemon
        .call(Method::POST, "/responses")
        .bearer_auth(&limited)
        .json(&bodies[1].1)
        .answer()
        .await;
    assert_eq!((over.status, over.code()), (429, "rate_limit_exceeded"));
    assert!(over.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn refreshed_facts_stand_over_the_embedded_ones_and_outlive_a_restart() {
    let (_provider, mut daemon, _) = with_mistral().await;
    let newer = json!({"models": [
        {"provider": "mistral", "id": "mistral-embed", "kind": "embedding", "input_usd_per_mtok": 0.5},
        {"provider": "mistral", "id": "brand-new", "input_usd_per_mtok": 1.5, "context_tokens": 9000},
    ]});
    let counts = daemon.admin(Method::PUT, "/providers/catalogue", newer).await.expect(200);
    assert_eq!((&counts["providers"], &counts["models"]), (&json!(1), &json!(2)));
    daemon.restart().await;
    let list = daemon.operator(Method::GET, "/models").answer().await.expect(200);
    let price = |id: &str| {
        let models = list["data"].as_array().unwrap();
        models
            .iter()
            .find(|model| model["id"] == id)
            .map(|model| model["pricing"]["input_usd_per_mtok"].clone())
    };
    assert_eq!(price("mistral/mistral-embed"), Some(json!(0.5)));
    assert_eq!(price("mistral/brand-new"), Some(json!(1.5)));
    assert!(price("mistral/mistral-large-latest").is_some(), "the others are still known");
    let wrong = json!({"models": [{"provider": "mistral", "id": "x", "input_usd_per_mtok": 1e9}]});
    assert_eq!(daemon.admin(Method::PUT, "/providers/catalogue", wrong).await.status, 400);
}
