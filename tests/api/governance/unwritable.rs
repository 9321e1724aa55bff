//! A store that can't be written: nothing is answered that is not logged, and nothing that was spent is forgotten.

use crate::api::gateway::{Gateway, data, question, streamed};
use crate::scripted::{Reply, Step, chunk, event};
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

/// A dollar a token, both ways: 18 dollars a call, by the scripted provider's usage.
const PRICES: &str = "[models.\"local/m\"]\ninput_usd_per_mtok = 1000000\noutput_usd_per_mtok = 1000000\n";

async fn gateway(replies: Vec<Reply>) -> Gateway {
    let gateway = Gateway::start_with(replies, PRICES).await;
    let budget = json!({"name": "all", "subject": "team", "period": "prepaid", "limit_usd": 100_000});
    gateway.daemon.admin(Method::POST, "/budgets", budget).await.expect(201);
    gateway
}

async fn standing(daemon: &Daemon) -> Value {
    let budget = daemon.admin(Method::GET, "/budgets/all", json!({})).await.expect(200);
    json!([budget["spent_usd"], budget["held_usd"]])
}

/// litellm#33923: with the counter gone, calls went on uncounted.
#[tokio::test]
async fn while_rows_cannot_be_written_no_call_is_let_in_and_then_all_is_written_once() {
    let mut gateway = gateway(vec![Reply::says("Hello.")]).await;
    gateway.chat(&question()).await.expect(200);
    gateway.daemon.refuse_rows("1 = 1").await;
    let unlogged = gateway.chat(&question()).await;
    assert_eq!(
        (unlogged.status, unlogged.code()),
        (503, "store_unavailable"),
        "what isn't logged isn't answered"
    );
    assert_eq!((&unlogged.headers["retry-after"], gateway.provider.calls()), (&"5".parse().unwrap(), 2));
    assert!(!gateway.daemon.is_ready().await);
    let key = json!({"name": "new", "scopes": ["search"]});
    for refused in [
        gateway.chat(&question()).await,
        gateway.call("/chat/completions", &streamed()).answer().await,
        gateway.daemon.call(Method::GET, "/models").bearer_auth("nobody").answer().await,
        gateway.daemon.admin(Method::POST, "/keys", key).await,
    ] {
        assert_eq!((refused.status, refused.code()), (503, "store_unavailable"), "{}", refused.body);
    }
    assert_eq!(gateway.provider.calls(), 2, "no model is asked");
    gateway.daemon.accept_rows().await;
    gateway.daemon.ready().await;
    let rows = gateway.daemon.rows("ChatCompletions").await;
    let told: Vec<Value> = rows.iter().map(|row| json!([row["status"], row["cost_usd"]])).collect();
    assert_eq!(told, [json!([503, 18.0]), json!([200, 18.0])], "as it was answered, with what it cost");
    assert_eq!(rows[0]["trace_id"], unlogged.headers["x-trace-id"].to_str().unwrap());
    assert_eq!(gateway.trace(&unlogged).await["status"], "failed");
    assert_eq!(standing(&gateway.daemon).await, json!([36.0, 0.0]));
    assert!(gateway.daemon.rows("CreateKey").await.iter().all(|row| row["change"]["after"]["name"] == "app"));
    gateway.daemon.restart().await;
    assert_eq!(standing(&gateway.daemon).await, json!([36.0, 0.0]), "a restart forgets nothing");
    gateway.chat(&question()).await.expect(200);
    let path = "/analytics/audit?verify=true";
    let page = gateway.daemon.operator(Method::GET, path).answer().await.expect(200);
    assert_eq!(page["chain"]["ok"], true);
}

#[tokio::test]
async fn a_stream_whose_row_cannot_be_written_ends_with_an_error_and_its_cost_is_kept() {
    let first = event(&chunk(json!({"content": "Well. And so on, at length. "}), None));
    let end = event(&chunk(json!({}), Some("stop"))) + "data: [DONE]\n\n";
    let reply = Reply::stream(first).then(Step::Wait).then(Step::Send(end.into_bytes()));
    let gateway = gateway(vec![reply]).await;
    let text = async { gateway.stream(&streamed()).await };
    let breaks = async {
        while gateway.provider.calls() == 0 {
            tokio::task::yield_now().await;
        }
        gateway.daemon.refuse_rows("1 = 1").await;
        gateway.provider.go_on.notify_one();
    };
    let (text, ()) = tokio::join!(text, breaks);
    let last = data(&text).pop().unwrap();
    assert_eq!(last["error"]["code"], "store_unavailable", "{text}");
    assert!(!text.contains("[DONE]"));
    gateway.daemon.accept_rows().await;
    gateway.daemon.ready().await;
    let row = &gateway.daemon.rows("ChatCompletions").await[0];
    assert_eq!(row["status"], 503);
    assert_eq!(standing(&gateway.daemon).await, json!([row["cost_usd"], 0.0]));
    assert!(row["cost_usd"].as_f64().unwrap() > 5.0);
}

#[tokio::test]
async fn a_daemon_that_stops_waits_for_the_store_a_little() {
    let mut gateway = gateway(vec![Reply::says("Hello.")]).await;
    gateway.daemon.refuse_rows("1 = 1").await;
    assert_eq!(gateway.chat(&question()).await.status, 503);
    gateway.daemon.accept_rows().await;
    gateway.daemon.restart().await;
    assert_eq!(standing(&gateway.daemon).await, json!([18.0, 0.0]));
}
