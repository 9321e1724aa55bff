//! The cache of answers: off by default, exact, each team's own.

use super::{Gateway, question, streamed};
use crate::scripted::Reply;
use crate::support::Answered;
use serde_json::{Value, json};

const ON: &str = "[cache]\nenabled = true\n";

fn exact(mut body: Value) -> Value {
    body["temperature"] = 0.into();
    body
}

#[tokio::test]
async fn nothing_is_cached_unless_an_operator_says_so() {
    let gateway = Gateway::start(vec![Reply::says("one"), Reply::says("two")]).await;
    for expected in ["one", "two"] {
        let answer = gateway.chat(&exact(question())).await;
        assert!(!answer.headers.contains_key("x-katonic-cache"));
        assert_eq!(answer.expect(200)["choices"][0]["message"]["content"], expected);
    }
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_costs_nothing() {
    let gateway = Gateway::start_with(vec![Reply::says("one"), Reply::says("two")], ON).await;
    let first = gateway.chat(&exact(question())).await;
    assert_eq!(first.headers["x-katonic-cache"], "miss");
    let second = gateway.chat(&exact(question())).await;
    assert_eq!((second.headers["x-katonic-cache"].to_str().unwrap(), &second.body), ("hit", &first.body));
    assert_eq!(gateway.provider.calls(), 1);
    let trace = gateway.trace(&second).await;
    assert_eq!((&trace["usage"]["tokens"], &trace["policy"]["cache"]), (&json!(0), &json!("hit")));
    let fresh = gateway
        .call("/chat/completions", &exact(question()))
        .header("cache-control", "no-cache")
        .answer()
        .await;
    assert_eq!(fresh.body["choices"][0]["message"]["content"], "two");
}

#[tokio::test]
async fn anything_that_differs_is_another_request() {
    let gateway = Gateway::start_with(vec![Reply::says("Hello.")], ON).await;
    let mut seeded = exact(question());
    seeded["seed"] = 1.into();
    let mut other = exact(question());
    other["messages"][0]["content"] = "Say something else.".into();
    for body in [question(), question(), exact(question()), seeded, other, exact(question())] {
        gateway.chat(&body).await.expect(200);
    }
    assert_eq!(gateway.provider.calls(), 5, "only the last one was the same, and exact");
}

#[tokio::test]
async fn a_stream_is_given_again_as_a_stream() {
    let gateway = Gateway::start_with(vec![Reply::streams("One two.")], ON).await;
    let first = gateway.stream(&exact(streamed())).await;
    let second = gateway.stream(&exact(streamed())).await;
    assert_eq!((first, gateway.provider.calls()), (second, 1));
}
