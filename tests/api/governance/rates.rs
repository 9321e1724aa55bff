//! Limits: never more than they allow, also over a restart.

use super::search;
use crate::api::gateway::{Gateway, question};
use crate::scripted::{Reply, Step};
use crate::support::{Answered, Daemon};
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

/// How many calls of 64 clients, four each, are let through.
async fn admitted_of_many_clients(daemon: &Daemon, key: &str) -> u32 {
    let clients = (0..64).map(|_| async {
        let mut admitted = 0;
        for _ in 0..4 {
            let answer = search(daemon, key).await;
            match answer.status {
                200 => admitted += 1,
                429 => assert!(answer.headers.contains_key("retry-after")),
                other => panic!("{other}: {}", answer.body),
            }
        }
        admitted
    });
    join_all(clients).await.into_iter().sum()
}

#[tokio::test]
async fn many_clients_get_what_the_limit_allows_and_no_more_in_window_after_window() {
    let mut daemon = Daemon::start().await;
    let limits = json!({"per_minute": 100, "per_hour": 250});
    let key = daemon.key(json!({"name": "app", "scopes": ["search"], "limits": limits})).await;
    assert_eq!(admitted_of_many_clients(&daemon, &key).await, 100);
    daemon.advance(30_000);
    assert_eq!(admitted_of_many_clients(&daemon, &key).await, 0, "the window slides");
    daemon.advance(30_000);
    assert_eq!(admitted_of_many_clients(&daemon, &key).await, 100);
    daemon.restart().await;
    assert_eq!(admitted_of_many_clients(&daemon, &key).await, 0, "nor does a restart open it");
    daemon.advance(60_000);
    assert_eq!(admitted_of_many_clients(&daemon, &key).await, 50, "what the hour has left");
    let shown = daemon.admin(Method::GET, "/keys/app", json!({})).await.expect(200);
    assert_eq!(shown["used"], json!({"minute": 50, "hour": 250, "day": 250}));
    daemon.advance(60 * 60_000);
    assert_eq!(admitted_of_many_clients(&daemon, &key).await, 100);
}

#[tokio::test]
async fn a_restart_hands_out_no_fresh_day() {
    let mut daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "app", "scopes": ["search"], "limits": {"per_day": 3}})).await;
    let other = daemon.key(json!({"name": "other", "scopes": ["search"]})).await;
    search(&daemon, &key).await.expect(200);
    search(&daemon, &key).await.expect(200);
    search(&daemon, &other).await.expect(200);
    daemon.restart().await;
    search(&daemon, &key).await.expect(200);
    let refused = search(&daemon, &key).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["x-ratelimit-limit-requests"], "3");
    daemon.restart().await;
    assert_eq!(search(&daemon, &key).await.status, 429, "what was refused is not counted, nor forgotten");
}

#[tokio::test]
async fn as_many_calls_as_may_run_at_the_same_time_and_a_slot_is_free_however_one_ends() {
    let waits = Reply::says("Late.").then(Step::Wait);
    let gateway = Gateway::start(vec![waits]).await;
    let limits = json!({"name": "two", "scopes": ["completions"], "limits": {"concurrent": 2}});
    let key = gateway.daemon.key(limits).await;
    let ask = || {
        let call = gateway.daemon.call(Method::POST, "/chat/completions").bearer_auth(&key);
        call.json(&question()).answer()
    };
    let mut running = Box::pin(join_all([ask(), ask()]));
    let arrived = async {
        while gateway.provider.calls() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = &mut running => panic!("they wait"),
        () = arrived => {}
    }
    let third = ask().await;
    assert_eq!((third.status, third.code()), (429, "rate_limit_exceeded"));
    assert!(third.body["error"]["message"].as_str().unwrap().contains("2 calls under way"));
    drop(running);
    gateway.provider.next(vec![Reply::says("At once.")]);
    // The clients have left; their calls end by themselves.
    while ask().await.status != 200 {
        tokio::task::yield_now().await;
    }
}

/// litellm#27736, #40291: tokens a minute were exceeded by calls at the same time.
#[tokio::test]
async fn calls_at_the_same_time_use_no_more_tokens_than_the_minute_has() {
    let gateway = Gateway::start(vec![Reply::says("Hello.")]).await;
    let limits = json!({"name": "small", "scopes": ["completions"], "limits": {"tokens_per_minute": 1000}});
    let key = gateway.daemon.key(limits).await;
    let mut body = question();
    body["max_completion_tokens"] = 200.into();
    let calls = (0..20).map(|_| {
        let call = gateway.daemon.call(Method::POST, "/chat/completions").bearer_auth(&key);
        call.json(&body).answer()
    });
    let answers = join_all(calls).await;
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert!(refused > 0, "each may use 200 tokens and more");
    let call = gateway.daemon.call(Method::POST, "/chat/completions").bearer_auth(&key);
    let after = call.json(&body).answer().await;
    after.expect(200);
    body["max_completion_tokens"] = 2000.into();
    let call = gateway.daemon.call(Method::POST, "/chat/completions").bearer_auth(&key);
    let too_long = call.json(&body).answer().await;
    assert_eq!((too_long.status, too_long.code()), (429, "rate_limit_exceeded"));
    assert!(
        too_long.body["error"]["message"].as_str().unwrap().contains("no wait helps"),
        "{}",
        too_long.body
    );
    assert!(!too_long.headers.contains_key("retry-after") && too_long.headers["x-should-retry"] == "false");
}

#[tokio::test]
async fn who_may_not_do_this_is_told_how_their_key_stands() {
    let mut daemon = Daemon::start().await;
    let limits = json!({"name": "app", "scopes": ["search"], "limits": {"per_minute": 5, "per_day": 3}});
    let key = daemon.key(limits).await;
    search(&daemon, &key).await.expect(200);
    daemon.restart().await;
    for _ in 0..2 {
        let refused = daemon.call(Method::GET, "/agents").bearer_auth(&key).answer().await;
        assert_eq!((refused.status, refused.code()), (403, "insufficient_scope"));
        assert_eq!(refused.headers["x-ratelimit-limit-requests"], "3");
        assert_eq!(refused.headers["x-ratelimit-remaining-requests"], "2", "a refusal costs nothing");
    }
}
