//! Each example in a sandbox of its own: what it holds is loaded, evaluated, and passes its own gate.

use super::Home;

#[test]
fn every_example_goes_live_by_its_own_gate() {
    for (folder, agent) in [("support", "support-assistant"), ("on-call", "on-call-assistant")] {
        let home = Home::new();
        let folder = format!("agents-examples/{folder}");
        let up = home.katonic(&["sandbox", "up", "--json", "--port", "0", "--example", &folder]).json();
        assert_eq!(up["agent_id"], agent);
        let live = home.katonic(&["agents", "get", agent, "--json"]).json();
        assert!(live["environments"]["prod"]["version"].is_string(), "{live}");
        let answer = home.shell(up["curl"].as_str().unwrap()).expect(0).out;
        assert!(answer.contains("event: agent.complete") && !answer.contains("\"refused\":true"), "{answer}");
    }
}
