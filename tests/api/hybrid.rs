//! Search by words and by meaning, with an embedding model.

use crate::embedder::{Asked, Embedder, Mood};
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

async fn add(daemon: &Daemon, id: &str, text: &str, access: Value) {
    let mut document = json!({"doc_id": id, "collection": "docs", "title": id, "text": text});
    document.as_object_mut().unwrap().extend(access.as_object().unwrap().clone());
    daemon.operator(Method::POST, "/knowledge/documents").json(&document).answer().await.expect(201);
}

/// Waits until a document has vectors; whose.
async fn embedded(daemon: &Daemon, id: &str) -> String {
    loop {
        let call = daemon.operator(Method::GET, &format!("/knowledge/documents/{id}"));
        let document = call.answer().await.expect(200);
        if let Some(model) = document["embedded_by"].as_str() {
            return model.to_owned();
        }
    }
}

async fn search(daemon: &Daemon, query: &str, mode: &str) -> Value {
    let call = daemon.operator(Method::POST, "/search");
    call.json(&json!({"query": query, "mode": mode})).answer().await.expect(200)
}

fn found(answer: &Value) -> Vec<&str> {
    answer["data"].as_array().unwrap().iter().map(|passage| passage["doc_id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_has_none_of_a_questions_words_is_found_by_its_meaning_and_only_by_its_readers() {
    let embedder = Embedder::start().await;
    let daemon = Daemon::start_with(&embedder.settings("m", 60_000)).await;
    let public = || json!({"public": true});
    add(&daemon, "PAY", "The salary is reviewed in May.", json!({"groups": ["board"]})).await;
    add(&daemon, "REST", "Each year has thirty days of leave.", public()).await;
    add(&daemon, "TRIP", "Travel is booked a week ahead.", public()).await;
    for id in ["PAY", "REST", "TRIP"] {
        assert_eq!(embedded(&daemon, id).await, "local/m");
    }
    let hybrid = search(&daemon, "What wage is paid?", "hybrid").await;
    assert_eq!((hybrid["mode"].as_str(), found(&hybrid)[0]), (Some("hybrid"), "PAY"));
    assert_eq!(hybrid["data"][0]["ranks"], json!({"dense": 1}));
    let both = search(&daemon, "vacation days", "hybrid").await;
    assert_eq!(both["data"][0]["ranks"], json!({"lexical": 1, "dense": 1}));
    let lexical = search(&daemon, "wage", "lexical").await;
    assert_eq!((lexical["mode"].as_str(), found(&lexical).len()), (Some("lexical"), 0));
    let dense = search(&daemon, "journey", "dense").await;
    assert_eq!((dense["mode"].as_str(), found(&dense)[0]), (Some("dense"), "TRIP"));
    let key = daemon.chat_key().await;
    let asked = json!({"query": "What wage is paid?"});
    let stranger = daemon.call(Method::POST, "/search").bearer_auth(&key).json(&asked);
    let stranger = stranger.header("X-User-Email", "omar@example.org").answer().await.expect(200);
    assert!(!found(&stranger).contains(&"PAY"));
    let trace =
        daemon.operator(Method::GET, &format!("/analytics/traces/{}", hybrid["trace_id"].as_str().unwrap()));
    let trace = trace.answer().await.expect(200);
    let search = &trace["retrieval"][0];
    assert_eq!((&search["query"], &search["mode"]), (&json!("What wage is paid?"), &json!("hybrid")));
    assert_eq!(search["candidates"][0]["ranks"], json!({"dense": 1}));
    assert_eq!(trace["usage"]["cost_usd"], json!(0.00002), "ten tokens at two dollars a million");
}

#[tokio::test]
async fn passages_are_embedded_once_and_again_where_the_model_is_another() {
    let embedder = Embedder::start().await;
    let mut daemon = Daemon::start_with(&embedder.settings("one", 60_000)).await;
    add(&daemon, "PAY", "The salary is reviewed in May.", json!({"public": true})).await;
    assert_eq!(embedded(&daemon, "PAY").await, "local/one");
    let row = daemon.rows("EmbedPassages").await.remove(0);
    assert_eq!(
        (&row["team"], &row["model"], &row["cost_usd"]),
        (&json!("default"), &json!("local/one"), &json!(0.00002))
    );
    daemon.restart().await;
    add(&daemon, "REST", "Days of leave.", json!({"public": true})).await;
    embedded(&daemon, "REST").await;
    let asked: Vec<Asked> = embedder.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert_eq!(asked[1].1, ["REST\nDays of leave."]);
    daemon.restart_with(&embedder.settings("two", 60_000)).await;
    while embedded(&daemon, "PAY").await != "local/two" || embedded(&daemon, "REST").await != "local/two" {}
    assert_eq!(found(&search(&daemon, "wage", "dense").await)[0], "PAY");
    // Who is asked for by words only is none of the model's business.
    let calls = embedder.asked.lock().unwrap().len();
    search(&daemon, "wage", "lexical").await;
    assert_eq!(embedder.asked.lock().unwrap().len(), calls);
}

#[tokio::test]
async fn where_the_model_fails_search_goes_by_words_and_says_so() {
    let embedder = Embedder::start().await;
    embedder.turn(Mood::Down);
    let mut daemon = Daemon::start_with(&embedder.settings("m", 60_000)).await;
    add(&daemon, "PAY", "The salary is reviewed in May.", json!({"public": true})).await;
    let hybrid = search(&daemon, "salary", "hybrid").await;
    assert_eq!((hybrid["mode"].as_str(), found(&hybrid)), (Some("lexical"), vec!["PAY"]));
    let dense = daemon.operator(Method::POST, "/search").json(&json!({"query": "salary", "mode": "dense"}));
    assert_eq!(dense.answer().await.status, 503);
    let document = daemon.operator(Method::GET, "/knowledge/documents/PAY").answer().await.expect(200);
    assert_eq!((&document["status"], &document["embedded_by"]), (&json!("ready"), &Value::Null));
    embedder.turn(Mood::Well);
    daemon.restart_with(&embedder.settings("m", 60_000)).await;
    embedded(&daemon, "PAY").await;
    embedder.turn(Mood::Silent);
    daemon.restart_with(&embedder.settings("m", 1)).await;
    let late = search(&daemon, "salary", "hybrid").await;
    assert_eq!((late["mode"].as_str(), found(&late)), (Some("lexical"), vec!["PAY"]));
}

#[tokio::test]
async fn a_passage_that_the_model_refuses_keeps_no_other_from_its_vector() {
    let embedder = Embedder::start().await;
    embedder.turn(Mood::Down);
    let mut daemon = Daemon::start_with(&embedder.settings("m", 60_000)).await;
    for (id, text) in [("ODD", "An unspeakable salary."), ("PAY", "The salary is reviewed in May.")] {
        add(&daemon, id, text, json!({"public": true})).await;
    }
    embedder.turn(Mood::Well);
    daemon.restart().await;
    for id in ["ODD", "PAY"] {
        embedded(&daemon, id).await;
    }
    assert_eq!(found(&search(&daemon, "wage", "hybrid").await), ["PAY"]);
    assert_eq!(found(&search(&daemon, "unspeakable", "lexical").await), ["ODD"]);
}

#[tokio::test]
async fn without_a_model_there_is_no_dense_search() {
    let daemon = Daemon::start().await;
    add(&daemon, "PAY", "The salary is reviewed in May.", json!({"public": true})).await;
    assert_eq!(search(&daemon, "salary", "hybrid").await["mode"], "lexical");
    for mode in ["dense", "fuzzy"] {
        let call = daemon.operator(Method::POST, "/search").json(&json!({"query": "salary", "mode": mode}));
        let answer = call.answer().await;
        assert_eq!((answer.status, answer.body["error"]["param"].as_str()), (400, Some("mode")));
    }
}
