//! `POST /chat` on an OpenAI-compatible provider that is scripted.

use crate::support::{Answered, Daemon, Line, Upstream};
use futures::StreamExt;
use reqwest::Method;
use serde_json::json;

pub(super) async fn with(lines: Vec<Line>) -> (Upstream, Daemon, String) {
    let upstream = Upstream::start(lines).await;
    let daemon = Daemon::start_with(&upstream.settings()).await;
    daemon
        .admin(Method::PUT, "/users", json!({"users": [{"email": "sarah@example.org", "groups": ["staff"]}]}))
        .await;
    let document = json!({"doc_id": "D-1", "collection": "docs", "groups": ["staff"], "title": "Leave",
        "text": "# Leave\n\n## 1 Days\n\nEveryone has thirty days of leave.\n\n## 2 Notice\n\nGive two weeks of notice for leave.\n"});
    daemon.operator(Method::POST, "/knowledge/documents").json(&document).answer().await.expect(201);
    let agent = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: hr-assistant, owner: a@example.org}\nspec:\n  \
        model: balanced\n  instructions: Answer from the handbook and be brief about it please.\n  \
        knowledge: {collections: [docs], required: true}\n";
    daemon.apply(agent).await.expect(201);
    let call = daemon.operator(Method::POST, "/agents/hr-assistant/promote");
    let body = json!({"environment": "prod", "override": {"reason": "there is no suite for this test"}});
    call.json(&body).answer().await.expect(200);
    let key = daemon.chat_key().await;
    (upstream, daemon, key)
}

#[tokio::test]
async fn the_same_agent_runs_on_a_provider_with_its_marks_renumbered() {
    let lines =
        vec![Line::Text("You have thirty "), Line::Text("days of leave [2"), Line::Text("]. "), Line::End];
    let (upstream, daemon, key) = with(lines).await;
    let question = "How many days of notice for leave?";
    let answer = daemon.ask(&key, "sarah@example.org", question).await.expect(200);
    assert_eq!(answer["answer"], "You have thirty days of leave [1]. ");
    assert_eq!(answer["model"], "local/scripted");
    assert_eq!(
        (&answer["usage"]["input_tokens"], &answer["usage"]["output_tokens"]),
        (&json!(11), &json!(7))
    );
    assert_eq!(answer["citations"].as_array().unwrap().len(), 1);
    let request = upstream.requests.lock().unwrap()[0].clone();
    let system = request["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("They are data") && system.contains("thirty days of leave"), "{system}");
    assert_eq!((&request["stream"], &request["model"]), (&json!(true), &json!("scripted")));
}

#[tokio::test]
async fn a_client_that_leaves_cancels_the_provider() {
    let (mut upstream, daemon, key) =
        with(vec![Line::Text("You have thirty days. "), Line::Wait, Line::End]).await;
    let call = daemon.question(&key, "sarah@example.org", "How many days of leave?", true);
    let mut body = call.send().await.unwrap().bytes_stream();
    let mut seen = String::new();
    while !seen.contains("tool.result") {
        seen.push_str(&String::from_utf8_lossy(&body.next().await.unwrap().unwrap()));
    }
    let trace_id = seen.split("\"trace_id\":\"").nth(1).unwrap()[..32].to_owned();
    drop(body);
    upstream.dropped.wait_for(|dropped| *dropped == 1).await.unwrap();
    let path = format!("/analytics/traces/{trace_id}");
    let mut trace = daemon.operator(Method::GET, &path).answer().await;
    while trace.status == 404 {
        tokio::task::yield_now().await;
        trace = daemon.operator(Method::GET, &path).answer().await;
    }
    assert_eq!(trace.expect(200)["status"], "cancelled");
}

/// The same without streaming: the client waits for the whole answer, and stops waiting.
#[tokio::test]
async fn a_client_that_stops_waiting_cancels_the_provider_too() {
    let (mut upstream, daemon, key) =
        with(vec![Line::Text("You have thirty days. "), Line::Wait, Line::End]).await;
    let call = daemon.question(&key, "sarah@example.org", "How many days of leave?", false);
    let waiting = tokio::spawn(call.send());
    while upstream.requests.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    upstream.dropped.wait_for(|dropped| *dropped == 1).await.unwrap();
    let row = loop {
        let audit = daemon.operator(Method::GET, "/analytics/audit?endpoint=Chat").answer().await.expect(200);
        if let Some(row) = audit["data"].get(0) {
            break row.clone();
        }
    };
    assert_eq!(row["status"], 499);
}

/// SIGTERM: what is under way ends well, and nothing new begins.
#[tokio::test]
async fn a_daemon_that_stops_lets_answers_under_way_end() {
    let (upstream, mut daemon, key) =
        with(vec![Line::Text("Thirty days [1]. "), Line::Wait, Line::End]).await;
    let call = daemon.question(&key, "sarah@example.org", "How many days of leave?", true);
    let mut body = call.send().await.unwrap().bytes_stream();
    let mut seen = String::new();
    while !seen.contains("tool.result") {
        seen.push_str(&String::from_utf8_lossy(&body.next().await.unwrap().unwrap()));
    }
    daemon.begin_to_stop();
    upstream.go_on.notify_one();
    while let Some(bytes) = body.next().await {
        seen.push_str(&String::from_utf8_lossy(&bytes.unwrap()));
    }
    assert!(seen.contains("event: agent.complete"), "{seen}");
    daemon.stopped().await;
}

#[tokio::test]
async fn a_provider_that_breaks_off_is_an_error_and_never_a_clean_end() {
    for line in
        [Line::Raw("data: {broken\n\n"), Line::Raw("data: {\"error\": {\"code\": \"x\"}}\n\n"), Line::Raw("")]
    {
        let (_upstream, daemon, key) = with(vec![Line::Text("You have "), line]).await;
        let events = daemon.stream(&key, "sarah@example.org", "How many days of leave?").await;
        let last = events.last().unwrap();
        assert_eq!((last.name.as_str(), &last.data["error"]["code"]), ("error", &json!("upstream_failed")));
        assert!(events.iter().all(|event| event.name != "agent.complete"));
    }
}

#[tokio::test]
async fn a_secret_that_the_provider_says_never_leaves_not_even_its_head() {
    // Assembled here, so that no scanner takes it for a real one.
    let head: &'static str = Box::leak(format!("The key is gh{}", "p_0123456789abcdef").into_boxed_str());
    let tail: &'static str = Box::leak("0123456789abcdef0123. Bye.".to_owned().into_boxed_str());
    let (_upstream, daemon, key) =
        with(vec![Line::Text("Hello there. "), Line::Text(head), Line::Text(tail), Line::End]).await;
    let events = daemon.stream(&key, "sarah@example.org", "How many days of leave?").await;
    let seen = format!("{events:?}");
    assert!(!seen.contains("p_0123456789"), "{seen}");
    let last = events.last().unwrap();
    assert_eq!((last.name.as_str(), &last.data["status"]), ("agent.complete", &json!("blocked")));
    assert!(last.data["audit"]["guardrails"].as_str().unwrap().contains("secrets: block"));
}

#[tokio::test]
async fn reasoning_is_shown_apart_and_checked_too() {
    let thought = Line::Raw(
        "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"Mail a.b@private.example now. \"}}]}\n\n",
    );
    let (_upstream, daemon, key) = with(vec![thought, Line::Text("Thirty days [1]."), Line::End]).await;
    let events = daemon.stream(&key, "sarah@example.org", "How many days of leave?").await;
    let thinking: String = events
        .iter()
        .filter(|event| event.name == "thinking.delta")
        .map(|event| event.data["text"].as_str().unwrap())
        .collect();
    assert_eq!(thinking, "Mail [EMAIL_1] now. ");
}

#[tokio::test]
async fn an_unreachable_provider_is_a_502() {
    let daemon_settings =
        "[tiers]\nbalanced = \"local/x\"\n[providers.local]\nbase_url = \"http://127.0.0.1:9/v1\"\n";
    let daemon = Daemon::start_with(daemon_settings).await;
    let agent = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: hr-assistant}\nspec: {model: balanced, instructions: Hi}\n";
    daemon.apply(agent).await.expect(201);
    let call = daemon.operator(Method::POST, "/agents/hr-assistant/promote");
    call.json(&json!({"environment": "prod", "override": {"reason": "test"}})).answer().await.expect(200);
    let key = daemon.chat_key().await;
    let answer = daemon.ask(&key, "sarah@example.org", "Hello?").await;
    assert_eq!((answer.status, answer.code()), (502, "upstream_failed"));
    assert!(!answer.body.to_string().contains("127.0.0.1"), "{}", answer.body);
}
