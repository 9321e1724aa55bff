//! Canaries: a part of prod's calls goes to a new version, and comes back by itself where they go worse.

use crate::api::gateway::Gateway;
use crate::scripted::{Reply, Scripted};
use crate::support::{Answer, Answered};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn agent(model: &str) -> String {
    format!(
        "apiVersion: katonic/v1\nkind: Agent\nmetadata: {{id: helper, owner: ops@example.org}}\nspec:\n  model: {model}\n  \
         instructions: You help.\n"
    )
}

/// A daemon with one version live, another applied that the provider `bad` serves, and who listens to webhooks.
struct Bench {
    gateway: Gateway,
    bad: Scripted,
    key: String,
}

impl Bench {
    async fn start(bad: Reply) -> Self {
        let bad = Scripted::start(vec![bad]).await;
        let settings = format!("{}[webhooks]\nprivate_network = true\n", bad.provider("bad"));
        let gateway = Gateway::start_with(vec![Reply::streams("Hello.")], &settings).await;
        let key = gateway.daemon.key(json!({"name": "chat", "scopes": ["chat", "feedback"]})).await;
        let bench = Self { gateway, bad, key };
        bench.apply("local/m").await;
        assert_eq!(bench.promote(json!({})).await.expect(200)["status"], "overridden");
        bench.apply("bad/m").await;
        bench
    }

    async fn apply(&self, model: &str) {
        self.gateway.daemon.apply(&agent(model)).await.expect(201);
    }

    async fn promote(&self, fields: Value) -> Answer {
        let mut request = json!({"environment": "prod", "override": {"reason": "a test"}});
        request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.gateway.daemon.operator(Method::POST, "/agents/helper/promote").json(&request).answer().await
    }

    async fn chat(&self, session: Option<&str>) -> Answer {
        let messages = [json!({"role": "user", "content": "Hello?"})];
        let request =
            json!({"agent_id": "helper", "messages": messages, "session_id": session, "stream": false});
        self.gateway.daemon.call(Method::POST, "/chat").bearer_auth(&self.key).json(&request).answer().await
    }

    async fn helper(&self) -> Value {
        self.gateway.daemon.operator(Method::GET, "/agents/helper").answer().await.expect(200)
    }
}

#[tokio::test]
async fn a_canary_that_fails_is_rolled_back_by_itself_and_told() {
    let bench = Bench::start(Reply::json(400, &json!({"error": {"message": "broken"}}))).await;
    let listener = Scripted::start(vec![Reply::json(200, &json!({}))]).await;
    let webhook = json!({"url": listener.url, "events": ["canary.rolled_back"]});
    bench.gateway.daemon.admin(Method::POST, "/webhooks", webhook).await.expect(201);
    let begun = bench.promote(json!({"canary": {"percent": 50}})).await.expect(200);
    assert_eq!((&begun["status"], &begun["promoted"]), (&json!("canary"), &json!(true)));
    let ended = loop {
        bench.chat(None).await;
        let helper = bench.helper().await;
        if helper["promotions"][0]["status"] != "canary" {
            break helper;
        }
        assert_eq!(helper["environments"]["prod"]["canary"]["percent"], 50, "{helper}");
    };
    let promotion = &ended["promotions"][0];
    assert_eq!((&promotion["status"], &promotion["canary"]), (&json!("rolled_back"), &json!(50)));
    let rule = promotion["gate"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&rule["rule"], &rule["ok"], &rule["value"]),
        (&json!("canary:failed"), &json!(false), &json!(1.0))
    );
    let after = bench.helper().await;
    assert!(after["environments"]["prod"]["canary"].is_null(), "{after}");
    for _ in 0..8 {
        bench.chat(None).await.expect(200);
    }
    assert_eq!(bench.gateway.daemon.rows("RollBackCanary").await.len(), 1);
    while listener.calls() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(listener.last().body["data"]["rules"][0]["rule"], "canary:failed");
}

#[tokio::test]
async fn a_canary_whose_answers_people_dislike_is_rolled_back() {
    let bench = Bench::start(Reply::streams("Go away.")).await;
    bench.promote(json!({"canary": {"percent": 50}})).await.expect(200);
    let feedback = |trace: &Value, rating: &str| {
        let said = json!({"trace_id": trace, "rating": rating});
        bench.gateway.daemon.call(Method::POST, "/feedback").bearer_auth(&bench.key).json(&said).answer()
    };
    let helper = loop {
        let answer = bench.chat(None).await.expect(200);
        let rating = if answer["answer"] == "Go away." { "down" } else { "up" };
        feedback(&answer["trace_id"], rating).await.expect(201);
        let helper = bench.helper().await;
        if helper["promotions"][0]["status"] != "canary" {
            break helper;
        }
    };
    let rules = helper["promotions"][0]["gate"].as_array().unwrap().clone();
    assert_eq!(rules.last().unwrap()["rule"], "canary:disliked");
}

#[tokio::test]
async fn a_conversation_stays_on_its_side_and_a_person_ends_the_canary() {
    let bench = Bench::start(Reply::streams("Good day.")).await;
    bench.promote(json!({"canary": {"percent": 50}})).await.expect(200);
    let mut sides = BTreeSet::new();
    for _ in 0..8 {
        let started = bench.gateway.daemon.call(Method::POST, "/sessions").bearer_auth(&bench.key);
        let session = started.json(&json!({"agent_id": "helper"})).answer().await.expect(201);
        let id = session["id"].as_str().unwrap().to_owned();
        let mut said = BTreeSet::new();
        for _ in 0..3 {
            let answer = bench.chat(Some(&id)).await.expect(200);
            said.insert(answer["answer"].as_str().unwrap().to_owned());
        }
        assert_eq!(said.len(), 1, "{said:?}");
        sides.extend(said);
    }
    assert_eq!(sides.len(), 2, "of eight conversations some draw each side: {sides:?}");
    let counts = bench.helper().await["environments"]["prod"]["canary"].clone();
    let calls = |side: &str| counts[side]["calls"].as_u64().unwrap();
    assert_eq!(calls("canary") + calls("live"), 24, "{counts}");
    let ended = bench.promote(json!({"canary": {"percent": 0}})).await.expect(200);
    assert_eq!(ended["status"], "ended");
    let helper = bench.helper().await;
    assert!(
        helper["environments"]["prod"]["canary"].is_null() && helper["promotions"][0]["status"] == "ended"
    );
    let before = bench.bad.calls();
    for _ in 0..8 {
        assert_eq!(bench.chat(None).await.expect(200)["answer"], "Hello.");
    }
    assert_eq!(bench.bad.calls(), before);
    assert_eq!(bench.promote(json!({"canary": {"percent": 0}})).await.status, 404);
}

#[tokio::test]
async fn a_canary_passes_the_gate_and_the_whole_promotion_ends_it() {
    let bench = Bench::start(Reply::streams("Good day.")).await;
    let gated = bench.promote(json!({"canary": {"percent": 10}, "override": null})).await;
    assert_eq!((gated.status, gated.code()), (409, "eval_gate_failed"), "no run shows what it is worth");
    for (fields, param) in [
        (json!({"canary": {"percent": 51}}), "canary.percent"),
        (json!({"canary": {"percent": 5}, "environment": "test"}), "canary.percent"),
    ] {
        let refused = bench.promote(fields).await;
        assert_eq!((refused.status, refused.body["error"]["param"].as_str()), (400, Some(param)));
    }
    bench.promote(json!({"canary": {"percent": 10}})).await.expect(200);
    let again = bench.promote(json!({"canary": {"percent": 20}})).await.expect(200);
    assert_eq!(again["status"], "canary");
    bench.promote(json!({})).await.expect(200);
    let helper = bench.helper().await;
    let statuses: Vec<_> =
        helper["promotions"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses[..3], ["overridden", "ended", "ended"]);
    let stream = bench.chat(None).await.expect(200);
    assert_eq!(stream["answer"], "Good day.");
}
