//! `POST /embeddings`.

use super::Gateway;
use crate::scripted::Reply;
use crate::support::Answered;
use serde_json::json;

#[tokio::test]
async fn vectors_come_in_the_form_that_was_asked_for() {
    let list = json!({"object": "list", "model": "e", "usage": {"prompt_tokens": 2, "total_tokens": 2},
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -1.25, 3.0]}]});
    let gateway = Gateway::start(vec![Reply::json(200, &list)]).await;
    let ask = async |format: &str| {
        let body = json!({"model": "local/e", "input": ["Hi"], "encoding_format": format});
        gateway.call("/embeddings", &body).answer().await
    };
    let floats = ask("float").await;
    assert_eq!(floats.headers["x-katonic-provider"], "local");
    assert_eq!(floats.expect(200)["data"][0]["embedding"], json!([0.5, -1.25, 3.0]));
    let base64 = ask("base64").await;
    assert_eq!(base64.expect(200)["data"][0]["embedding"], "AAAAPwAAoL8AAEBA");
    assert_eq!(ask("hex").await.body["error"]["param"], "encoding_format");
    let empty = gateway.call("/embeddings", &json!({"model": "local/e", "input": []})).answer().await;
    assert_eq!((empty.status, empty.body["error"]["param"].as_str()), (400, Some("input")));
}

#[tokio::test]
async fn only_one_model_of_a_tier_embeds() {
    let failed = Reply::json(500, &json!({"error": {"message": "down"}}));
    let settings =
        "[tiers]\nembedding = [\"local/a\", \"local/b\"]\n[routing]\nretries = 0\nbackoff_ms = 1\n";
    let gateway = Gateway::start_with(vec![failed], settings).await;
    let answer = gateway.call("/embeddings", &json!({"model": "embedding", "input": "Hi"})).answer().await;
    assert_eq!(
        (answer.status, gateway.provider.calls()),
        (502, 1),
        "vectors of two models can't be compared"
    );
}
