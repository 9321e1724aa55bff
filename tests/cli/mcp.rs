//! `katonic mcp`: a client of the Model Context Protocol over standard input and output.

use super::{Home, binary};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    asked: u64,
}

impl Server {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.command(binary());
        let command = command.arg("mcp").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut server = Self { child, input, output, asked: 0 };
        let client = json!({"name": "test", "version": "1"});
        let hello = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
        let info = server.ask("initialize", hello);
        assert_eq!(info["serverInfo"]["name"], "katonic", "{info}");
        server.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        server
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.input, "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(answer["id"], id, "{answer}");
        answer["result"].clone()
    }

    fn call(&mut self, tool: &str, arguments: Value) -> (bool, String) {
        let result = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        let text = result["content"][0]["text"].as_str().unwrap_or_default().to_owned();
        (result["isError"] != true, text)
    }

    fn tools(&mut self) -> Vec<String> {
        let listed = self.ask("tools/list", json!({}));
        listed["tools"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn agents_and_tools_are_offered_under_the_same_policy() {
    let (home, _up) = Home::with_sandbox();
    let mut server = Server::start(&home, &[]);
    let tools = server.tools();
    assert!(tools.contains(&"ask-hr-assistant".into()) && tools.contains(&"calculator".into()), "{tools:?}");
    assert!(!tools.contains(&"http_request".into()), "what the caller may not use is not offered: {tools:?}");
    assert_eq!(server.call("calculator", json!({"expression": "6*7"})), (true, r#"{"value":"42"}"#.into()));
    let (ok, answer) = server.call("ask-hr-assistant", json!({"question": "What's the remote work policy?"}));
    assert!(ok && answer.contains("three days a week"), "{answer}");
    let (ok, found) = server.call("knowledge_search", json!({"query": "remote work", "top_k": 1}));
    assert!(ok && found.contains("HR-2024-08"), "{found}");
    let (ok, refused) = server.call("calculator", json!({"expression": 1}));
    assert!(!ok && refused.contains("calculator"), "{refused}");
    let (ok, unknown) = server.call("rm_rf", json!({}));
    assert!(!ok && unknown.contains("no tool"), "{unknown}");
    assert!(!server.call("search", json!({"query": "remote work"})).0, "no way round the tools' policy");
    let mut other = Server::start(&home, &["--agent", "support-agent"]);
    let (ok, refused) = other.call("ask-hr-assistant", json!({"question": "What's the remote work policy?"}));
    assert!(!ok && refused.contains("not offered"), "{refused}");
}
