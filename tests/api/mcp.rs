//! Tools of MCP servers, and the daemon as one.

use crate::mcp_server::McpServer;
use crate::support::{Answer, Answered, Daemon};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

async fn key(daemon: &Daemon, body: Value) -> String {
    let mut key =
        json!({"name": "app", "scopes": ["tools", "chat", "agents/read"], "act_as": ["*@example.org"]});
    key.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    daemon.key(key).await
}

async fn listed(daemon: &Daemon, key: &str) -> Vec<Value> {
    let listed = daemon.call(Method::GET, "/tools?limit=200").bearer_auth(key).answer().await.expect(200);
    listed["data"].as_array().unwrap().clone()
}

/// The tools of a server once it is connected.
async fn connected(daemon: &Daemon, key: &str) -> Vec<Value> {
    loop {
        let mut tools = listed(daemon, key).await;
        tools.retain(|tool| tool["kind"] == "mcp");
        if !tools.is_empty() {
            return tools;
        }
        tokio::task::yield_now().await;
    }
}

async fn invoke(daemon: &Daemon, key: &str, tool: &str, arguments: Value) -> Answer {
    let call = daemon.call(Method::POST, &format!("/tools/{tool}/invoke")).bearer_auth(key);
    call.json(&json!({"arguments": arguments})).answer().await
}

fn named<'a>(tools: &'a [Value], name: &str) -> &'a Value {
    tools.iter().find(|tool| tool["name"] == name).unwrap_or_else(|| panic!("no {name} in {tools:?}"))
}

#[tokio::test]
async fn tools_of_a_server_are_called_under_the_policy_and_what_they_bring_is_looked_through() {
    let server = McpServer::start().await;
    let daemon =
        Daemon::start_with(&server.settings("risk = \"medium\"\nrisks = { people = \"high\" }")).await;
    let key = key(&daemon, json!({})).await;
    let tools = connected(&daemon, &key).await;
    assert_eq!(named(&tools, "crm__echo")["risk"], "medium");
    assert_eq!(named(&tools, "crm__people")["approval"], true, "high waits for a person");
    let told = invoke(&daemon, &key, "crm__echo", json!({"text": "hello"})).await.expect(200);
    assert_eq!((&told["ok"], &told["result"]), (&json!(true), &json!("hello")));
    assert_eq!(told["policy"]["rule"], "default:medium");
    let waits = invoke(&daemon, &key, "crm__people", json!({})).await.expect(202);
    assert!(waits["approval_id"].is_string());
    let wrong = invoke(&daemon, &key, "crm__echo", json!({"text": 1})).await;
    assert_eq!(wrong.status, 400, "arguments are of the form that the server asks for");
    let failed = invoke(&daemon, &key, "crm__fails", json!({})).await.expect(200);
    assert_eq!(failed["error"], "no customer [EMAIL_1]");
    let attack = invoke(&daemon, &key, "crm__attack", json!({})).await.expect(200);
    assert!(attack["error"].as_str().unwrap().contains("injection"), "{attack}");
    let shape = invoke(&daemon, &key, "crm__shape", json!({})).await.expect(200);
    assert!(shape["error"].as_str().unwrap().contains("not of the form"), "{shape}");
    let picture = invoke(&daemon, &key, "crm__picture", json!({})).await.expect(200);
    assert_eq!(picture["result"][0]["left_out"], true);
    assert_eq!(picture["result"][1], "a dot");
    let rows = daemon.rows("InvokeTool").await;
    assert!(rows[0]["stages"]["tools"].as_str().unwrap().starts_with("crm__picture allow by default:medium"));
}

/// A description is read by the model, a name is what it calls: neither is taken as it comes.
#[tokio::test]
async fn a_server_neither_instructs_a_model_nor_takes_a_name() {
    let server = McpServer::start().await;
    let daemon = Daemon::start_with(&server.settings("risk = \"low\"")).await;
    let key = key(&daemon, json!({})).await;
    let tools = connected(&daemon, &key).await;
    let poisoned = named(&tools, "crm__poisoned");
    assert_eq!((&poisoned["allowed"], &poisoned["description"]), (&json!(false), &json!("")));
    let refused = invoke(&daemon, &key, "crm__poisoned", json!({})).await;
    assert_eq!((refused.status, refused.code()), (400, "tool_unavailable"));
    assert_eq!(tools.iter().filter(|tool| tool["name"] == "crm__echo").count(), 1);
    assert_eq!(
        named(&tools, "crm__echo")["description"],
        "Says what it is told.",
        "the first keeps the name"
    );
    assert!(!tools.iter().any(|tool| tool["name"].as_str().unwrap().contains(' ')));
    let unknown = invoke(&daemon, &key, "crm__no_name", json!({})).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_server_that_hangs_is_told_that_nobody_waits_and_is_begun_anew() {
    let server = McpServer::start().await;
    let settings = server.settings("risk = \"low\"");
    let daemon = Daemon::start_with(&format!("[tools]\ntimeout_seconds = 1\n{settings}")).await;
    let key = key(&daemon, json!({})).await;
    connected(&daemon, &key).await;
    let hung = invoke(&daemon, &key, "crm__hangs", json!({})).await.expect(200);
    assert!(hung["error"].as_str().unwrap().contains("took longer than 1 s"), "{hung}");
    while server.methods().iter().filter(|method| *method == "initialize").count() < 2 {
        tokio::task::yield_now().await;
    }
    assert!(server.methods().contains(&"notifications/cancelled".into()));
    loop {
        let told = invoke(&daemon, &key, "crm__echo", json!({"text": "again"})).await;
        if told.status == 200 && told.body["ok"] == true {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_agent_may_name_a_server_s_tools_and_no_others() {
    let server = McpServer::start().await;
    let daemon = Daemon::start_with(&server.settings("risk = \"low\"")).await.with_hr_unevaluated().await;
    let hr = crate::support::read("agents-examples/hr/hr.yml");
    let with = |tool: &str| hr.replacen("  tools:\n", &format!("  tools:\n    - {tool}\n"), 1);
    daemon.apply(&with("crm__echo")).await.expect(201);
    let wrong = daemon.apply(&with("cmr__echo")).await;
    assert!(
        wrong.body["error"]["message"].as_str().unwrap().contains("no tool `cmr__echo`"),
        "{}",
        wrong.body
    );
}

#[tokio::test]
async fn a_server_s_tools_are_those_of_its_team_and_of_the_patterns() {
    let server = McpServer::start().await;
    let daemon = Daemon::start_with(&server.settings("team = \"sales\"\ntools = [\"ec*\"]")).await;
    daemon.admin(Method::PUT, "/teams/sales", json!({})).await.expect(200);
    let own = key(&daemon, json!({"team": "sales"})).await;
    let tools = connected(&daemon, &own).await;
    assert_eq!(tools.len(), 1);
    let other = key(&daemon, json!({})).await;
    assert!(listed(&daemon, &other).await.iter().all(|tool| tool["kind"] == "builtin"));
    assert_eq!(invoke(&daemon, &other, "crm__echo", json!({})).await.status, 404);
}

#[tokio::test]
async fn a_server_that_is_not_there_says_so_and_holds_nothing_up() {
    let daemon = Daemon::start_with("[tools.mcp.gone]\ncommand = [\"/nowhere/at-all\"]\n").await;
    let key = key(&daemon, json!({})).await;
    assert_eq!(listed(&daemon, &key).await.len(), 6);
    for (url, starts) in [("http://169.254.169.254/mcp", false), ("http://127.0.0.1:1/mcp", true)] {
        let settings = format!("[tools.mcp.near]\nurl = \"{url}\"\nprivate_network = true\n");
        let started = tokio::spawn(async move { drop(Daemon::start_with(&settings).await) }).await;
        assert_eq!(started.is_ok(), starts, "{url}");
    }
}

fn message(daemon: &Daemon, key: Option<&str>, body: &Value) -> RequestBuilder {
    let address = format!("{}/mcp", daemon.url);
    let request = reqwest::Client::new().post(address).json(body);
    let request = request.header("accept", "application/json, text/event-stream");
    match key {
        Some(key) => request.bearer_auth(key).header("x-user-email", "sarah@example.org"),
        None => request,
    }
}

async fn say(daemon: &Daemon, key: &str, method: &str, params: Value) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    message(daemon, Some(key), &body).answer().await.expect(200)
}

#[tokio::test]
async fn the_daemon_is_a_server_of_its_agents_and_tools_under_the_client_s_own_key() {
    let daemon = Daemon::start().await.with_hr().await;
    let key = key(&daemon, json!({"tools": ["calculator", "knowledge_search"]})).await;
    let client = json!({"name": "test", "version": "1"});
    let hello = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
    assert_eq!(say(&daemon, &key, "initialize", hello).await["result"]["serverInfo"]["name"], "katonic");
    let tools = say(&daemon, &key, "tools/list", json!({})).await["result"]["tools"].clone();
    let names: Vec<_> = tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ask-hr-assistant", "knowledge_search", "calculator"]);
    let asked =
        json!({"name": "ask-hr-assistant", "arguments": {"question": "What's the remote work policy?"}});
    let answer = say(&daemon, &key, "tools/call", asked).await["result"].clone();
    assert!(answer["structuredContent"]["answer"].as_str().unwrap().contains("three days"), "{answer}");
    let sum = json!({"name": "calculator", "arguments": {"expression": "6*7"}});
    assert_eq!(say(&daemon, &key, "tools/call", sum).await["result"]["structuredContent"]["value"], "42");
    let denied = json!({"name": "create_ticket", "arguments": {"title": "Hello"}});
    assert_eq!(say(&daemon, &key, "tools/call", denied).await["result"]["isError"], true);
    let outside = json!({"name": "../agents", "arguments": {}});
    assert_eq!(say(&daemon, &key, "tools/call", outside).await["result"]["isError"], true);
    // What a client calls has the row of the call that it is.
    let row = &daemon.rows("InvokeTool").await[0];
    assert_eq!((&row["user"], &row["key_id"].is_string()), (&json!("sarah@example.org"), &true));
    let asked = &daemon.rows("Chat").await[0];
    assert_eq!((&asked["key_id"], &asked["user"]), (&row["key_id"], &row["user"]));
}

/// LiteLLM answers denied, unknown and empty alike, with an empty list (its issue 32563).
#[tokio::test]
async fn a_key_that_may_ask_for_nothing_is_told_so() {
    let daemon = Daemon::start().await.with_hr_unevaluated().await;
    let key = daemon.key(json!({"name": "narrow", "scopes": ["models"], "act_as": ["*@example.org"]})).await;
    let listed = say(&daemon, &key, "tools/list", json!({})).await;
    assert!(listed["error"]["message"].as_str().unwrap().contains("scope"), "{listed}");
    let call = json!({"name": "calculator", "arguments": {"expression": "1+1"}});
    let called = say(&daemon, &key, "tools/call", call).await["result"].clone();
    assert!(called["isError"] == true && called.to_string().contains("scope"), "{called}");
}

#[tokio::test]
async fn nobody_without_a_key_and_no_page_of_another_origin_is_answered() {
    let daemon = Daemon::start().await;
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    for key in [None, Some("kapi_live_wrong")] {
        let refused = message(&daemon, key, &ping).answer().await;
        assert_eq!(refused.status, 401);
    }
    assert_eq!(daemon.rows("Mcp").await.len(), 2);
    let key = key(&daemon, json!({})).await;
    let asked = |origin: &str| message(&daemon, Some(&key), &ping).header("origin", origin.to_owned()).send();
    assert_eq!(asked("https://evil.example").await.unwrap().status(), 403);
    assert_eq!(asked("http://localhost:3000").await.unwrap().status(), 200);
}
