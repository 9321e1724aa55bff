//! Tools that are calls over HTTP: written down by an operator, or an OpenAPI document's operations.

use crate::scripted::{Reply, Scripted};
use crate::support::{Answer, Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

/// A file of definitions, and the settings that name it.
fn file(text: &str, more: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("orders.yml");
    fs::write(&file, text).unwrap();
    let settings =
        format!("[tools.http.orders]\nfile = \"{}\"\nprivate_network = true\n{more}\n", file.display());
    (folder, settings)
}

async fn invoke(daemon: &Daemon, tool: &str, arguments: Value) -> Answer {
    let call = daemon.call(Method::POST, &format!("/tools/{tool}/invoke"));
    call.bearer_auth(daemon.operator.expose()).json(&json!({"arguments": arguments})).answer().await
}

async fn tools(daemon: &Daemon) -> Vec<Value> {
    let listed = daemon.call(Method::GET, "/tools").bearer_auth(daemon.operator.expose());
    let listed = listed.answer().await.expect(200)["data"].as_array().unwrap().clone();
    listed.into_iter().filter(|tool| tool["kind"] == "http").collect()
}

fn definitions(upstream: &Scripted) -> String {
    format!(
        r#"
apiVersion: katonic/v1
kind: HttpTools
tools:
  - name: status
    description: Where an order is.
    url: {0}/v2/orders/{{order_id}}
    parameters:
      type: object
      properties: {{order_id: {{type: string}}, expand: {{type: array, items: {{type: string}}}}}}
      required: [order_id]
    headers: {{X-Client: katonic}}
    risk: low
  - name: note
    description: Notes something on an order.
    method: POST
    url: {0}/v2/orders/{{order_id}}/notes
    parameters:
      type: object
      properties: {{order_id: {{type: integer}}, text: {{type: string}}, notify: {{type: boolean}}}}
      required: [order_id, text]
    query: [notify]
  - name: drop
    description: Deletes an order.
    method: DELETE
    url: {0}/v2/orders/{{order_id}}
    parameters: {{type: object, properties: {{order_id: {{type: string}}}}, required: [order_id]}}
"#,
        upstream.url
    )
}

#[tokio::test]
async fn arguments_go_where_the_definition_says() {
    let upstream =
        Scripted::start(vec![Reply::json(200, &json!({"state": "sent to ann@example.org"}))]).await;
    let (_folder, settings) = file(&definitions(&upstream), "risks = { note = \"medium\" }");
    let daemon = Daemon::start_with(&settings).await;
    let risks: Vec<_> = tools(&daemon).await.iter().map(|tool| tool["risk"].clone()).collect();
    assert_eq!(risks, ["low", "medium", "critical"]);
    let asked = json!({"order_id": "A 1/2?x=../y", "expand": ["lines", "notes"]});
    let done = invoke(&daemon, "orders__status", asked).await.expect(200);
    assert_eq!(done["result"]["body"]["state"], "sent to [EMAIL_1]");
    let received = upstream.last();
    assert_eq!(received.path, "/v2/orders/A%201%2F2%3Fx%3D..%2Fy?expand=lines&expand=notes");
    assert_eq!(received.headers["x-client"], "katonic");
    let noted = json!({"order_id": 7, "text": "late", "notify": true});
    invoke(&daemon, "orders__note", noted).await.expect(200);
    assert_eq!(
        (upstream.last().path.as_str(), upstream.last().body),
        ("/v2/orders/7/notes?notify=true", json!({"text": "late"}))
    );
    assert_eq!(invoke(&daemon, "orders__drop", json!({"order_id": "7"})).await.status, 403);
    for up in ["..", ".", ""] {
        let refused = invoke(&daemon, "orders__status", json!({"order_id": up})).await.expect(200);
        assert!(refused["error"].as_str().unwrap().contains("part of a path"), "{refused}");
    }
    assert_eq!(upstream.calls(), 2);
}

#[tokio::test]
async fn the_operations_of_an_openapi_document_are_tools() {
    let upstream = Scripted::start(vec![Reply::json(201, &json!({"id": 7}))]).await;
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "Orders", "version": "1"}, "servers": [{"url": "/v2"}],
        "components": {
            "parameters": {"Id": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}},
            "schemas": {"Order": {
                "type": "object", "required": ["item"],
                "properties": {"item": {"type": "string", "nullable": true}, "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}},
            }},
        },
        "paths": {
            "/orders": {"post": {
                "operationId": "createOrder", "summary": "Orders something", "description": "At once.",
                "parameters": [
                    {"name": "X-Dry", "in": "header", "schema": {"type": "string"}},
                    {"name": "Authorization", "in": "header", "required": true, "schema": {"type": "string"}},
                ],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
            }},
            "/orders/{id}": {
                "parameters": [{"$ref": "#/components/parameters/Id"}],
                "get": {"parameters": [{"name": "full", "in": "query", "schema": {"type": "boolean"}}]},
                "put": {"operationId": "picture", "requestBody": {"content": {"image/png": {}}}},
            },
        },
    });
    let more = format!(
        "url = \"{}/v2\"\nrisks = {{ createOrder = \"low\", get_orders__id = \"low\" }}",
        upstream.url
    );
    let (_folder, settings) = file(&document.to_string(), &more);
    let daemon = Daemon::start_with(&settings).await;
    let tools = tools(&daemon).await;
    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["orders__createOrder", "orders__get_orders__id"],
        "a body that is no JSON is left out"
    );
    assert_eq!(tools[0]["description"], "Orders something: At once.");
    assert!(!tools[0]["parameters"].to_string().contains("Authorization"), "who calls is no argument");
    let body = json!({"item": null, "parts": [{"item": "nut"}]});
    let done =
        invoke(&daemon, "orders__createOrder", json!({"body": body, "X-Dry": "yes"})).await.expect(200);
    assert_eq!((&done["result"]["status"], upstream.last().body), (&json!(201), body));
    assert_eq!(upstream.last().headers["x-dry"], "yes");
    let wrong = invoke(&daemon, "orders__createOrder", json!({"body": {"item": 1}})).await;
    assert_eq!((wrong.status, wrong.body["error"]["param"].as_str()), (400, Some("arguments.body.item")));
    invoke(&daemon, "orders__get_orders__id", json!({"id": "a/b", "full": true})).await.expect(200);
    assert_eq!(upstream.last().path, "/v2/orders/a%2Fb?full=true");
}

async fn starts(text: &str, more: &str) -> bool {
    let (_folder, settings) = file(text, more);
    tokio::spawn(async move { Daemon::start_with(&settings).await }).await.is_ok()
}

#[tokio::test]
async fn a_file_that_says_what_can_t_be_called_stops_the_start() {
    let tool = |url: &str| {
        format!(
            "apiVersion: katonic/v1\nkind: HttpTools\ntools:\n  - {{name: one, description: One., url: '{url}'}}\n"
        )
    };
    for text in [
        tool("https://{host}/a"),
        tool("https://api.example.org/{missing}"),
        tool("file:///etc/passwd"),
        tool("http://169.254.169.254/latest"),
        "apiVersion: katonic/v1\nkind: Else\ntools: []\n".to_owned(),
        "openapi: 2.0\npaths: {}\n".to_owned(),
    ] {
        assert!(!starts(&text, "").await, "{text}");
    }
    let right = tool("http://127.0.0.1:1/a");
    assert!(starts(&right, "").await);
    for more in ["risks = { two = \"low\" }", "url = \"https://api.example.org\"", "tools = [\"two\"]"] {
        assert!(!starts(&right, more).await, "a setting that says nothing: {more}");
    }
}

/// Where an answer sends to was looked at by nobody.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let away = Reply::json(302, &json!({})).header("location", "http://127.0.0.1:1/");
    let upstream = Scripted::start(vec![away]).await;
    let (_folder, settings) = file(&definitions(&upstream), "");
    let daemon = Daemon::start_with(&settings).await;
    let sent = invoke(&daemon, "orders__status", json!({"order_id": "1"})).await.expect(200);
    assert!(sent["error"].as_str().unwrap().contains("no redirect"), "{sent}");
}
