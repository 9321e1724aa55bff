//! Feedback, candidates and datasets.

use crate::support::{Answer, Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

const KEPT: &str = "[audit]\ncontent = \"redacted\"\n";

const SARAH: &str = "sarah@example.org";

/// The HR agent, in a daemon that keeps what is asked, and a key that may use the flywheel.
struct Hr {
    daemon: Daemon,
    key: String,
}

impl Hr {
    async fn start() -> Self {
        let daemon = Daemon::start_with(KEPT).await.with_hr().await;
        let scopes = ["chat", "completions", "feedback", "flywheel", "analytics"];
        let key = daemon.key(json!({"name": "app", "scopes": scopes, "act_as": ["*@example.org"]})).await;
        Self { daemon, key }
    }

    /// The trace of an answer.
    async fn ask(&self, question: &str) -> String {
        let answer = self.daemon.ask(&self.key, SARAH, question).await.expect(200);
        answer["trace_id"].as_str().unwrap().to_owned()
    }

    async fn feedback(&self, user: &str, body: Value) -> Answer {
        let call = self.daemon.call(Method::POST, "/feedback").bearer_auth(&self.key);
        call.header("X-User-Email", user).json(&body).answer().await
    }

    async fn curate(&self, rules: Value) -> Value {
        let made = self.daemon.operator(Method::POST, "/flywheel/datasets").json(&rules).answer().await;
        made.expect(202)
    }

    async fn export(&self, dataset: &str, query: &str) -> String {
        let path = format!("/flywheel/datasets/{dataset}?{query}");
        let response = self.daemon.operator(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.text().await.unwrap()
    }
}

#[tokio::test]
async fn feedback_stands_in_its_trace_once_for_each_who_gives_it_and_redacted() {
    let hr = Hr::start().await;
    let trace = hr.ask("How many sick days do I have?").await;
    let first = hr.feedback(SARAH, json!({"trace_id": trace, "rating": "down"})).await.expect(201);
    let said =
        json!({"trace_id": trace, "rating": "up", "comment": "bob@example.org told me", "tags": ["sick"]});
    let again = hr.feedback(SARAH, said).await.expect(201);
    assert_eq!(first["feedback_id"], again["feedback_id"]);
    let path = format!("/analytics/traces/{trace}");
    let seen = hr.daemon.operator(Method::GET, &path).answer().await.expect(200)["feedback"].clone();
    assert_eq!(seen.as_array().unwrap().len(), 1);
    let said = &seen[0];
    assert_eq!((&said["rating"], &said["comment"]), (&json!("up"), &json!("[EMAIL_1] told me")));
    assert_eq!((&said["user"], &said["tags"]), (&json!(SARAH), &json!(["sick"])));
}

#[tokio::test]
async fn feedback_on_a_wrong_trace_or_somebody_elses_finds_none() {
    let hr = Hr::start().await;
    let trace = hr.ask("How many sick days do I have?").await;
    let none = json!({"trace_id": "0".repeat(32), "rating": "up"});
    assert_eq!(hr.feedback(SARAH, none).await.code(), "trace_not_found");
    let others = json!({"trace_id": trace, "rating": "up"});
    assert_eq!(hr.feedback("omar@example.org", others).await.code(), "trace_not_found");
    for (wrong, param) in [
        (json!({"trace_id": trace}), "rating"),
        (json!({"trace_id": trace, "score": 1.5}), "score"),
        (json!({"trace_id": trace, "correction": " "}), "correction"),
        (json!({"trace_id": trace, "tags": vec!["t"; 17]}), "tags"),
    ] {
        let refused = hr.feedback(SARAH, wrong).await;
        assert_eq!((refused.status, refused.body["error"]["param"].as_str()), (400, Some(param)));
    }
}

#[tokio::test]
async fn candidates_are_ranked_by_stated_reasons_each_in_its_turn() {
    let hr = Hr::start().await;
    let good = hr.ask("What's the remote work policy?").await;
    let nothing = hr.ask("Zebra?").await;
    let bad = [hr.ask("How many sick days do I have?").await, hr.ask("Who approves a long leave?").await];
    for trace in &bad {
        hr.feedback(SARAH, json!({"trace_id": trace, "rating": "down"})).await.expect(201);
    }
    hr.feedback(SARAH, json!({"trace_id": good, "rating": "up"})).await.expect(201);
    let list = async |query: &str| {
        let path = format!("/flywheel/candidates?{query}");
        hr.daemon.operator(Method::GET, &path).answer().await.expect(200)["data"].clone()
    };
    let all = list("agent=hr-assistant").await;
    let traces: Vec<&str> = all.as_array().unwrap().iter().filter_map(|c| c["trace_id"].as_str()).collect();
    assert!(!traces.contains(&good.as_str()), "nobody was discontent: {all}");
    assert_eq!(traces[..3], [&bad[1], &nothing, &bad[0]], "{all}");
    assert_eq!(all[0]["reasons"][0], json!({"reason": "negative_feedback", "value": 1.0}));
    assert_eq!(all[0]["question"], "Who approves a long leave?");
    assert_eq!(all[0]["feedback"][0]["rating"], "down");
    let found = list("reason=nothing_found").await;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["trace_id"]), (1, &json!(nothing)));
    assert_eq!(list("agent=another").await, json!([]));
    let page = list("limit=1").await;
    assert_eq!(list(&format!("limit=1&after={}", page[0]["trace_id"].as_str().unwrap())).await[0], all[1]);
    let mine = hr.daemon.call(Method::GET, "/flywheel/candidates").bearer_auth(&hr.key);
    let omars = mine.header("X-User-Email", "omar@example.org").answer().await.expect(200);
    assert_eq!(omars["data"], json!([]), "what others asked is not his");
}

#[tokio::test]
async fn who_asks_much_the_same_again_was_not_content() {
    let hr = Hr::start().await;
    let first = hr.ask("How many sick days do I have?").await;
    hr.daemon.advance(60_000);
    let second = hr.ask("How many sick days do I really have?").await;
    hr.daemon.advance(600_000);
    hr.ask("So how many sick days do I really have?").await;
    let path = "/flywheel/candidates?reason=asked_again";
    let found = hr.daemon.operator(Method::GET, path).answer().await.expect(200)["data"].clone();
    let traces: Vec<&str> = found.as_array().unwrap().iter().filter_map(|c| c["trace_id"].as_str()).collect();
    assert_eq!(traces, [first.as_str()], "and not {second}, ten minutes before");
}

#[tokio::test]
async fn a_question_of_a_new_kind_is_worth_a_look_once() {
    let hr = Hr::start().await;
    hr.ask("What's the remote work policy?").await;
    hr.ask("Which of the two lifts may carry the grand piano?").await;
    let newest = hr.ask("Which of the two lifts may carry the grand piano upstairs?").await;
    let path = "/flywheel/candidates?reason=novel";
    let found = hr.daemon.operator(Method::GET, path).answer().await.expect(200)["data"].clone();
    let traces: Vec<&str> = found.as_array().unwrap().iter().filter_map(|c| c["trace_id"].as_str()).collect();
    assert_eq!(traces, [newest.as_str()], "a suite asks the first: {found}");
}

#[tokio::test]
async fn a_dataset_has_no_near_duplicates_and_the_same_traces_make_the_same_version() {
    let hr = Hr::start().await;
    for question in [
        "What's the remote work policy?",
        "what's the REMOTE work policy",
        "How many sick days do I have?",
        "Who approves a long leave?",
    ] {
        hr.ask(question).await;
    }
    let rules = json!({"name": "hr", "agent": "hr-assistant", "review": false});
    let made = hr.curate(rules.clone()).await;
    let counts = &made["counts"];
    assert_eq!(
        (&made["status"], &counts["matched"], &counts["duplicates"], &counts["kept"]),
        (&json!("ready"), &json!(4), &json!(1), &json!(3))
    );
    let again = hr.curate(rules.clone()).await;
    assert_eq!((&made["version"], &made["dataset_id"]), (&again["version"], &again["dataset_id"]));
    hr.ask("Is there a budget for books?").await;
    let next = hr.curate(rules).await;
    assert_ne!(made["version"], next["version"]);
    let shown = hr.daemon.operator(Method::GET, "/flywheel/datasets/hr?limit=2").answer().await.expect(200);
    assert_eq!(shown["versions"], json!([next["version"], made["version"]]));
    assert_eq!((shown["data"].as_array().unwrap().len(), &shown["has_more"]), (2, &json!(true)));
    assert_eq!(shown["data"][0]["question"], "What's the remote work policy?");
    let old = format!("version={}&format=openai-sft", &made["version"].as_str().unwrap()[..12]);
    assert_eq!(hr.export("hr", &old).await.lines().count(), 3);
    assert_eq!(hr.export("hr", "format=openai-sft").await, hr.export("hr", "format=openai-sft").await);
}

#[tokio::test]
async fn what_somebody_else_made_alike_takes_no_dataset_away() {
    let hr = Hr::start().await;
    for user in [SARAH, "omar@example.org", SARAH] {
        let call = hr.daemon.call(Method::POST, "/flywheel/datasets").bearer_auth(&hr.key);
        let call =
            call.header("X-User-Email", user).header("Prefer", "wait=60").json(&json!({"name": "mine"}));
        assert_eq!(call.answer().await.expect(202)["status"], "ready", "{user}");
    }
}

#[tokio::test]
async fn a_bad_answer_is_never_what_is_learnt() {
    let hr = Hr::start().await;
    let [corrected, bad, good] = [
        hr.ask("How many sick days do I have?").await,
        hr.ask("What's the remote work policy?").await,
        hr.ask("Who approves a long leave?").await,
    ];
    let correction = json!({"trace_id": corrected, "rating": "down", "correction": "Ten a year."});
    hr.feedback(SARAH, correction).await.expect(201);
    hr.feedback(SARAH, json!({"trace_id": bad, "rating": "down"})).await.expect(201);
    hr.feedback(SARAH, json!({"trace_id": good, "rating": "up"})).await.expect(201);
    hr.curate(json!({"name": "hr", "review": false, "into_suite": "hr-harvest"})).await;
    let lines =
        |text: String| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
    let learnt = lines(hr.export("hr", "format=openai-sft").await);
    let questions: Vec<&str> =
        learnt.iter().map(|line| line["messages"][0]["content"].as_str().unwrap()).collect();
    assert_eq!(questions, ["How many sick days do I have?", "Who approves a long leave?"]);
    assert_eq!(learnt[0]["messages"][1], json!({"role": "assistant", "content": "Ten a year."}));
    let preferred = lines(hr.export("hr", "format=dpo").await);
    assert_eq!(preferred.len(), 1);
    assert_eq!(preferred[0]["preferred_output"][0]["content"], "Ten a year.");
    let suite = hr.export("hr", "format=suite").await;
    let put = hr.daemon.operator(Method::PUT, "/evaluations/suites/hr-harvest");
    let put = put.header("content-type", "application/yaml").body(suite.clone()).answer().await.expect(201);
    assert_eq!(put["cases"], 2, "{suite}");
    assert_eq!(suite.matches("must_pass: true").count(), 1);
    assert!(hr.export("hr", "format=csv").await.lines().nth(1).unwrap().ends_with(",\"Ten a year.\""));
    assert_eq!(hr.export("hr", "format=openai-tools").await, "", "no tool was called");
}

#[tokio::test]
async fn what_nobody_accepted_is_not_exported_and_parts_add_up() {
    let hr = Hr::start().await;
    let call =
        |path: &str| hr.daemon.call(Method::POST, path).bearer_auth(&hr.key).header("X-User-Email", SARAH);
    for n in 0..8 {
        let session = call("/sessions").json(&json!({"agent_id": "hr-assistant"})).answer().await.expect(201);
        for what in ["Is", "And why is"] {
            let said = json!([{"role": "user", "content": format!("{what} {n} of it enough?")}]);
            let body = json!({"agent_id": "hr-assistant", "messages": said, "stream": false,
                              "session_id": session["id"]});
            call("/chat").json(&body).answer().await.expect(200);
        }
    }
    let rules = json!({"name": "hr", "split": {"train": 0.5, "test": 0.5}, "caps": {"total": 14}});
    let made = hr.curate(rules).await;
    let parts = &made["counts"]["by_split"];
    let count = |part: &str| parts[part].as_u64().unwrap_or(0);
    assert_eq!((count("train") + count("test"), made["counts"]["dropped"].as_u64()), (14, Some(2)), "{made}");
    assert!(count("train") > 0 && count("test") > 0, "{made}");
    assert_eq!((count("train") % 2, count("test") % 2), (0, 0), "a conversation stays in one part: {made}");
    assert_eq!(hr.export("hr", "format=openai-sft").await, "");
    for (wrong, param) in [
        (json!({"name": "h r"}), "name"),
        (json!({"name": "hr", "split": {"train": 0.5}}), "split"),
        (json!({"name": "hr", "dedupe": {"near": 0.2}}), "dedupe.near"),
        (json!({"name": "hr", "redact": false}), "redact"),
        (json!({"name": "hr", "filter": {"sample": 2}}), "filter.sample"),
    ] {
        let refused = hr.daemon.operator(Method::POST, "/flywheel/datasets").json(&wrong).answer().await;
        assert_eq!((refused.status, refused.body["error"]["param"].as_str()), (400, Some(param)));
    }
}

#[tokio::test]
async fn what_people_accept_is_exported_as_they_say_it_should_be() {
    let hr = Hr::start().await;
    for question in
        ["How many sick days do I have?", "What's the remote work policy?", "Who approves a long leave?"]
    {
        hr.ask(question).await;
    }
    let made = hr.curate(json!({"name": "hr"})).await;
    let review = |decisions: Value| {
        hr.daemon.admin(Method::POST, "/datasets/hr/review", json!({"decisions": decisions}))
    };
    let accepted = json!({"number": 1, "state": "accepted"});
    let edited = json!({"number": 2, "state": "accepted", "answer": "Three days. Ask bob@example.org."});
    let rejected = json!({"number": 3, "state": "rejected"});
    let done = review(json!([accepted, edited, rejected])).await.expect(200);
    assert_eq!(
        (&done["version"], &done["reviewed"]),
        (&made["version"], &json!(3)),
        "the version is the same"
    );
    let lines = hr.export("hr", "format=openai-sft").await;
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(lines.contains("Three days. Ask [EMAIL_1]."), "{lines}");
    // Somebody may think better of it.
    review(json!([{"number": 2, "state": "rejected"}])).await.expect(200);
    assert_eq!(hr.export("hr", "format=openai-sft").await.lines().count(), 1);
    for wrong in [
        json!([]),
        json!([{"number": 4, "state": "accepted"}]),
        json!([{"number": 0, "state": "accepted"}]),
        json!([{"number": 1, "state": "pending"}]),
        json!([{"number": 1, "state": "accepted", "answer": " "}]),
    ] {
        let refused = review(wrong).await;
        assert_eq!((refused.status, refused.body["error"]["param"].as_str()), (400, Some("decisions")));
    }
    let none = hr.daemon.admin(Method::POST, "/datasets/none/review", json!({"decisions": [rejected]})).await;
    assert_eq!(none.status, 404);
    let rows = hr.daemon.rows("ReviewDataset").await;
    assert_eq!(rows.len(), 8, "each is in the log: {rows:?}");
}

#[tokio::test]
async fn a_dataset_that_was_under_way_is_made_at_the_next_start() {
    let mut hr = Hr::start().await;
    for n in 0..30 {
        hr.daemon.ask(&hr.key, SARAH, &format!("Is {n} enough?")).await.expect(200);
    }
    let call = hr.daemon.operator(Method::POST, "/flywheel/datasets").header("Prefer", "wait=0");
    call.json(&json!({"name": "hr", "review": false})).answer().await.expect(202);
    hr.daemon.restart().await;
    loop {
        let shown = hr.daemon.operator(Method::GET, "/flywheel/datasets/hr").answer().await.expect(200);
        if shown["status"] == "ready" {
            assert_eq!(shown["counts"]["matched"], 30);
            break;
        }
        tokio::task::yield_now().await;
    }
}
