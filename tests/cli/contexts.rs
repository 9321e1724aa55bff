//! Several daemons, conversations, and a home that is looked through and put back.

use super::Home;
use std::fs;
use std::io::Write;
use std::process::Stdio;

/// Runs the command line with a text on its standard input.
fn with_input(home: &Home, arguments: &[&str], input: &str) -> (i32, String) {
    let mut command = home.command(env!("CARGO_BIN_EXE_katonic"));
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let said = child.wait_with_output().unwrap();
    (
        said.status.code().unwrap(),
        String::from_utf8(said.stdout).unwrap() + &String::from_utf8(said.stderr).unwrap(),
    )
}

#[test]
fn a_daemon_is_logged_in_to_chosen_and_forgotten_and_its_key_is_shown_nowhere() {
    let (_daemon, up) = Home::with_sandbox();
    let (url, key) = (up["url"].as_str().unwrap(), up["api_key"].as_str().unwrap());
    let home = Home::new();
    let login = ["login", "--url", url, "--name", "work", "--as", "sarah@example.org"];
    let (code, said) = with_input(&home, &login, "kapi_live_wrong");
    assert!(code == 2 && said.contains("no key"), "{said}");
    let forged = key.replace(&key[12..20], "00000000");
    assert_eq!(with_input(&home, &login, &forged).0, 2, "its checksum is wrong");
    let (code, said) = with_input(&home, &login, &format!("{key}\n"));
    assert!(code == 0 && said.contains("work") && !said.contains(key), "{said}");
    let found = home.katonic(&["search", "remote work", "--json"]).json();
    assert!(found["data"].as_array().unwrap().iter().any(|passage| passage["doc_id"] == "HR-2024-08"));
    let list = home.katonic(&["context", "list", "--json"]).json();
    let current: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["current"] == true)
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(current, ["work"]);
    home.katonic(&["context", "use", "sandbox"]).expect(0);
    home.katonic(&["search", "remote work"]).expect(5);
    home.katonic(&["search", "remote work", "--context", "work"]).expect(0);
    home.katonic(&["search", "x", "--context", "elsewhere"]).expect(2);
    home.katonic(&["context", "use", "elsewhere"]).expect(2);
    home.katonic(&["logout", "work"]).expect(0);
    assert!(!home.folder.path().join("contexts/work").exists());
    home.katonic(&["logout", "work"]).expect(4);
}

#[test]
fn conversations_are_listed_shown_and_deleted() {
    let (home, _up) = Home::with_sandbox();
    let as_sarah = |arguments: &[&str]| home.katonic(&[arguments, &["--as", "sarah@example.org"]].concat());
    let opened = home.shell(
        "curl -s $(katonic sandbox status --json | sed -n 's/.*\"url\": \"\\([^\"]*\\)\".*/\\1/p')/public/v1/sessions \
         -H \"Authorization: Bearer $(sed -n 's/.*\"operator_token\": \"\\([^\"]*\\)\".*/\\1/p' $KATONIC_HOME/credentials.json)\" \
         -H 'X-User-Email: sarah@example.org' -d '{\"agent_id\": \"hr-assistant\", \"title\": \"Leave\"}'",
    );
    let id = opened.json()["id"].as_str().unwrap().to_owned();
    assert!(as_sarah(&["sessions", "list"]).expect(0).out.contains(&id));
    assert_eq!(as_sarah(&["sessions", "show", &id, "--json"]).json()["title"], "Leave");
    as_sarah(&["sessions", "delete", &id]).expect(0);
    as_sarah(&["sessions", "show", &id]).expect(4);
}

#[test]
fn a_diff_says_what_applying_would_change() {
    let (home, _up) = Home::with_sandbox();
    let example = crate::support::example().join("hr.yml");
    let same = home.katonic(&["agents", "diff", example.to_str().unwrap()]).expect(0);
    assert!(same.out.contains("as it was applied"), "{same:#?}");
    let changed = home.folder.path().join("hr.yml");
    fs::write(&changed, fs::read_to_string(&example).unwrap().replace("top_k: 6", "top_k: 5")).unwrap();
    let diff = home.katonic(&["agents", "diff", changed.to_str().unwrap()]).expect(1).out;
    assert!(diff.contains("-    top_k: 6\n+    top_k: 5"), "{diff}");
}

#[test]
fn a_home_at_rest_is_looked_through_and_put_back_to_a_copy() {
    let (home, _up) = Home::with_sandbox();
    let copy = home.katonic(&["daemon", "backup", "--json"]).json()["file"].as_str().unwrap().to_owned();
    home.katonic(&["keys", "create", "late", "--scopes", "search"]).expect(0);
    assert!(home.katonic(&["daemon", "logs", "-n", "5"]).expect(0).out.lines().count() == 5);
    let busy = home.katonic(&["daemon", "restore", &copy]).expect(5);
    assert!(busy.err.contains("daemon stop"), "{busy:#?}");
    home.katonic(&["sandbox", "down"]).expect(0);
    assert_eq!(home.katonic(&["daemon", "check", "--json"]).json()["ok"], true);
    let none = home.folder.path().join("none.db");
    fs::write(&none, "no store").unwrap();
    home.katonic(&["daemon", "restore", none.to_str().unwrap()]).expect(5);
    let restored = home.katonic(&["daemon", "restore", &copy, "--json"]).json();
    assert!(fs::metadata(restored["replaced"].as_str().unwrap()).unwrap().len() > 0);
    home.katonic(&["daemon", "start", "--detach", "--listen", "127.0.0.1:0"]).expect(0);
    assert!(!home.katonic(&["keys", "list"]).expect(0).out.contains("late"), "it is as it was");
    let lost = home.katonic(&["audit", "verify"]).expect(1);
    assert!(lost.out.contains("lost"), "the log says what the copy doesn't hold: {lost:#?}");
    home.katonic(&["daemon", "stop"]).expect(0);
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_how_to_mend_it() {
    let (home, _up) = Home::with_sandbox();
    let well = home.katonic(&["doctor", "--json"]).json();
    assert_eq!(well["ok"], true, "{well:#}");
    let checks: Vec<&str> =
        well["checks"].as_array().unwrap().iter().map(|one| one["check"].as_str().unwrap()).collect();
    let all = [
        "configuration",
        "files",
        "store",
        "keyring",
        "path",
        "completions",
        "context",
        "daemon",
        "clock",
        "providers",
    ];
    assert_eq!(checks, all);
    let pepper = home.folder.path().join("data/pepper");
    home.shell(&format!("chmod 644 {}", pepper.display())).expect(0);
    let open = home.katonic(&["doctor"]).expect(1);
    assert!(open.out.contains("chmod 600"), "{open:#?}");
    home.shell(&format!("chmod 600 {}", pepper.display())).expect(0);
    home.katonic(&["sandbox", "down"]).expect(0);
    let down = home.katonic(&["doctor"]).expect(1);
    assert!(down.out.contains("katonic sandbox"), "{down:#?}");
    fs::write(home.folder.path().join("katonic.toml"), "listn = 1\n").unwrap();
    assert!(home.katonic(&["doctor"]).expect(1).out.contains("Mend"));
}
