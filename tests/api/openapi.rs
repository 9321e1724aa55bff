//! What the daemon says of itself.

use crate::support::{Answered, Daemon};
use contract::catalogue::CATALOGUE;

#[tokio::test]
async fn the_published_document_holds_exactly_the_catalogue() {
    let daemon = Daemon::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let document = client.get(format!("{}/public/v1/openapi.json", daemon.url)).answer().await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    for endpoint in CATALOGUE {
        let path = format!("/public/v1{}", endpoint.path);
        let operation = &document["paths"][path.as_str()][endpoint.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], endpoint.name);
        assert_eq!(operation["x-katonic-scope"], endpoint.scope.0);
    }
    let yaml = client.get(format!("{}/public/v1/openapi.yaml", daemon.url)).send().await.unwrap();
    let yaml: serde_json::Value = serde_yaml::from_str(&yaml.text().await.unwrap()).unwrap();
    assert_eq!(yaml["paths"], document["paths"]);
}

#[tokio::test]
async fn an_unknown_address_answers_with_the_one_envelope() {
    let daemon = Daemon::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("{}/nothing", daemon.url)).answer().await;
    assert_eq!((answer.status, answer.code()), (404, "not_found"));
    let answer = client.delete(format!("{}/public/v1/chat", daemon.url)).answer().await;
    assert_eq!((answer.status, answer.code()), (405, "method_not_allowed"));
    assert_eq!(client.get(format!("{}/healthz", daemon.url)).answer().await.status, 200);
}
