//! `katonic tools` and `katonic approvals`.

use super::Home;
use serde_json::json;
use std::fs;

const POLICY: &str = "
apiVersion: katonic/v1
kind: ToolPolicy
rules:
  - {name: large, tools: [transfer], when: 'args.amount > 100', action: deny, reason: ask finance}
  - {name: small, tools: [transfer], action: require_approval}
";

#[test]
fn a_policy_is_tried_without_a_daemon() {
    let home = Home::new();
    let write = |name: &str, text: &str| {
        let file = home.folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let policy = write("tools.yml", POLICY);
    let small = write("small.json", r#"{"tool": "transfer", "arguments": {"amount": 5}}"#);
    let tried = home.katonic(&["tools", "test", "--policy", &policy, "--call", &small, "--json"]).json();
    assert_eq!(tried[0]["policy"], json!({"action": "require_approval", "rule": "small"}));
    let large =
        write("large.yml", "- {tool: transfer, arguments: {amount: 500}}\n- {tool: rm_rf, expect: deny}\n");
    let said = home.katonic(&["tools", "test", "--policy", &policy, "--call", &large]).expect(1);
    assert!(said.out.contains("ask finance") && said.out.contains("default:critical"), "{said:#?}");
    let expected = write("expected.yml", "- {tool: transfer, arguments: {amount: 500}, expect: deny}\n");
    home.katonic(&["tools", "test", "--policy", &policy, "--call", &expected]).expect(0);
    let wrong =
        write("wrong.yml", "apiVersion: katonic/v1\nkind: ToolPolicy\nrules: [{name: a, action: x}]\n");
    let said = home.katonic(&["tools", "test", "--policy", &wrong, "--call", &small]).expect(2);
    assert!(said.err.contains("wrong.yml") && said.err.contains("unknown variant"), "{said:#?}");
}

#[test]
fn a_tool_is_run_and_its_call_approved() {
    let (home, up) = Home::with_sandbox();
    let listed = home.katonic(&["tools", "list"]).expect(0).out;
    assert!(listed.contains("calculator") && listed.contains("sql_query"), "{listed}");
    let done = home.katonic(&["tools", "invoke", "calculator", r#"{"expression": "6*7"}"#, "--json"]).json();
    assert_eq!(done["result"]["value"], "42");
    home.katonic(&["tools", "invoke", "rm_rf"]).expect(4);
    home.katonic(&["tools", "invoke", "calculator", "no JSON"]).expect(2);
    home.katonic(&["tools", "invoke", "create_ticket", r#"{"title": "Hello"}"#]).expect(0);
    assert!(home.katonic(&["tools", "tickets"]).expect(0).out.contains("Hello"));
    assert_eq!(home.katonic(&["approvals", "list", "--json"]).json()["data"], json!([]));
    home.katonic(&["approvals", "approve", "apr_nothing"]).expect(4);
    assert!(up["url"].is_string());
}
