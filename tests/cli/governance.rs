//! Keys, budgets, users, usage and the log, as an operator has them at a terminal.

use super::Home;
use std::fs;

#[test]
fn a_key_is_rotated_watched_and_ended_from_the_terminal() {
    let (home, _up) = Home::with_sandbox();
    let created = home
        .katonic(&["keys", "create", "web", "--scopes", "search", "--per-minute", "100", "--json"])
        .json();
    let old = created["secret"].as_str().unwrap();
    let rotate = ["keys", "rotate", "web", "--overlap", "24h", "--idempotency-key", "r1", "--json"];
    let rotated = home.katonic(&rotate).json();
    assert_eq!(rotated["status"], "rotating");
    assert_eq!(home.katonic(&rotate).json()["secret"], rotated["secret"], "safe to run again");
    let again = home.katonic(&["keys", "rotate", "web"]);
    assert!(again.code != 0 && again.err.contains("--old"), "{again:#?}");
    let ask = |secret: &str| {
        let mut command = home.command(super::binary());
        command.env("KATONIC_API_KEY", secret).args(["search", "leave", "--json"]);
        super::said(&mut command)
    };
    ask(old).expect(0);
    let shown = home.katonic(&["keys", "show", "web"]).expect(0).out;
    assert!(shown.contains("rotating") && shown.contains("1 of 100"), "{shown}");
    home.katonic(&["keys", "revoke", "web", "--old"]).expect(0);
    ask(old).expect(3);
    ask(rotated["secret"].as_str().unwrap()).expect(0);
    let changed = home
        .katonic(&["keys", "update", "web", "--per-day", "5", "--unlimited", "per-minute", "--json"])
        .json();
    assert_eq!(changed["limits"], serde_json::json!({"per_day": 5}));
    let listed = home.katonic(&["keys", "list"]).expect(0).out;
    assert!(listed.contains("web") && listed.contains("share"), "{listed}");
}

#[test]
fn a_log_goes_on_under_a_new_key_which_the_one_before_signs_unless_it_is_lost() {
    let (home, _up) = Home::with_sandbox();
    let data = home.folder.path().join("data");
    let file = home.folder.path().join("audit.jsonl");
    let file = file.to_str().unwrap();
    home.katonic(&["search", "leave"]).expect(0);
    let locked = home.katonic(&["audit", "new-key"]).expect(5);
    assert!(locked.err.contains("stop it first"), "{locked:#?}");
    let before = home.katonic(&["audit", "verify", "--json"]).json();
    home.katonic(&["sandbox", "down"]).expect(0);
    let begun = home.katonic(&["audit", "new-key", "--json"]).json();
    assert_eq!(begun["before"], before["public_key"]);
    home.katonic(&["sandbox", "up"]).expect(0);
    home.katonic(&["search", "leave"]).expect(0);
    let verified = home.katonic(&["audit", "verify", "--json"]).expect(0).value();
    assert_eq!((&verified["public_key"], &verified["keys"][0]), (&begun["after"], &begun));
    home.katonic(&["audit", "export", file]).expect(0);
    let exported = home.katonic(&["audit", "verify", "--file", file, "--json"]).expect(0).value();
    assert_eq!(exported["keys"][0], begun);
    let said = fs::read_to_string(file).unwrap();
    let forged = said.replace(begun["before"].as_str().unwrap(), begun["after"].as_str().unwrap());
    fs::write(file, forged).unwrap();
    home.katonic(&["audit", "verify", "--file", file]).expect(1);
    home.katonic(&["sandbox", "down"]).expect(0);
    fs::remove_file(data.join("audit-key")).unwrap();
    let refused = home.katonic(&["daemon", "start"]).expect(5);
    assert!(refused.err.contains("audit new-key --lost"), "{refused:#?}");
    home.katonic(&["audit", "new-key"]).expect(5);
    home.katonic(&["audit", "new-key", "--lost"]).expect(0);
    home.katonic(&["sandbox", "up"]).expect(0);
    let lost = home.katonic(&["audit", "verify"]).expect(1);
    assert!(lost.out.contains("none before it signed"), "{lost:#?}");
}

#[test]
fn an_exported_log_is_verified_without_a_daemon_and_a_change_is_placed() {
    let (home, _up) = Home::with_sandbox();
    home.katonic(&["search", "leave"]).expect(0);
    let verified = home.katonic(&["audit", "verify", "--json"]).json();
    assert_eq!(verified["ok"], true);
    let file = home.folder.path().join("audit.jsonl");
    let file = file.to_str().unwrap();
    home.katonic(&["audit", "export", file]).expect(0);
    home.katonic(&["sandbox", "down"]).expect(0);
    home.katonic(&["audit", "verify", "--file", file]).expect(0);
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let forge = |lines: Vec<String>| {
        let forged = home.folder.path().join("forged.jsonl");
        fs::write(&forged, lines.join("\n")).unwrap();
        home.katonic(&["audit", "verify", "--file", forged.to_str().unwrap(), "--json"]).expect(1).value()
    };
    let row = |n: i64| {
        lines.iter().position(|line| line.contains(&format!("\"seq\":{n},")) && line.contains("audit.row"))
    };
    let (third, fourth) = (row(3).unwrap(), row(4).unwrap());
    let owned = || lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let mut changed = owned();
    changed[third] = changed[third].replace("\\\"outcome\\\":\\\"", "\\\"outcome\\\":\\\"x");
    assert_ne!(changed[third], lines[third]);
    assert_eq!(forge(changed)["first_break"], 3);
    let mut removed = owned();
    removed.remove(third);
    assert_eq!(forge(removed)["first_break"], 3);
    let mut swapped = owned();
    swapped.swap(third, fourth);
    assert_eq!(forge(swapped)["first_break"], 3);
    let mut cheaper = owned();
    cheaper[third] = cheaper[third].replace("\"status\":2", "\"status\":12");
    assert_ne!(cheaper[third], lines[third]);
    assert!(
        forge(cheaper)["reason"].as_str().unwrap().contains("signature"),
        "what people read is signed too"
    );
    let mut cut = owned();
    cut.pop();
    assert!(forge(cut)["reason"].as_str().unwrap().contains("not whole"));
    let mut another = owned();
    let last = another.pop().unwrap();
    another.push(last.replace("\"is_part\":false", "\"is_part\":true"));
    assert!(forge(another)["reason"].as_str().unwrap().contains("signature"));
}

#[test]
fn a_part_of_the_log_is_verified_too() {
    let (home, _up) = Home::with_sandbox();
    for _ in 0..3 {
        home.katonic(&["search", "leave"]).expect(0);
    }
    let rows = home.katonic(&["audit", "list", "--json"]).json();
    let [from, to] = [1, 0].map(|n| rows["data"][n]["at"].as_str().unwrap().to_owned());
    let file = home.folder.path().join("part.jsonl");
    let file = file.to_str().unwrap();
    home.katonic(&["audit", "export", file, "--from", &from, "--to", &to]).expect(0);
    let verified = home.katonic(&["audit", "verify", "--file", file, "--json"]).json();
    assert_eq!((&verified["ok"], &verified["checked"]), (&true.into(), &1.into()));
    let key = verified["public_key"].as_str().unwrap();
    home.katonic(&["audit", "verify", "--file", file, "--public-key", key]).expect(0);
    let other = key.replace(&key[..1], if key.starts_with('0') { "1" } else { "0" });
    home.katonic(&["audit", "verify", "--file", file, "--public-key", &other]).expect(1);
    let text = fs::read_to_string(file).unwrap().replace("\\\"outcome\\\":\\\"", "\\\"outcome\\\":\\\"x");
    fs::write(file, text).unwrap();
    home.katonic(&["audit", "verify", "--file", file]).expect(1);
}

#[test]
fn users_budgets_teams_and_usage_are_at_hand() {
    let (home, _up) = Home::with_sandbox();
    let file = home.folder.path().join("people.csv");
    fs::write(&file, "email,name,role,groups\nlea@example.org,Lea,builder,hr;staff\n").unwrap();
    home.katonic(&["users", "import", file.to_str().unwrap()]).expect(0);
    let groups = home.katonic(&["users", "groups"]).expect(0).out;
    let staff = groups.lines().find(|line| line.starts_with("staff")).unwrap();
    assert!(staff.contains(" 1 ") && staff.contains("grp_"), "{groups}");
    home.katonic(&["users", "deactivate", "lea@example.org"]).expect(0);
    fs::write(&file, "email,name\nlea@example.org,Lea Roth\n").unwrap();
    home.katonic(&["users", "import", file.to_str().unwrap()]).expect(0);
    let users = home.katonic(&["users", "list"]).expect(0).out;
    let lea = users.lines().find(|line| line.contains("lea@example.org")).unwrap();
    assert!(
        lea.contains("Lea Roth")
            && lea.contains("builder")
            && lea.contains("deactivated")
            && lea.contains("hr staff"),
        "{lea}"
    );
    home.katonic(&["search", "leave", "--as", "lea@example.org"]).expect(3);
    home.katonic(&["budgets", "create", "all", "--limit", "25", "--period", "day"]).expect(0);
    let budgets = home.katonic(&["budgets", "list"]).expect(0).out;
    assert!(budgets.contains("25.0000") && budgets.contains("hard"), "{budgets}");
    home.katonic(&["budgets", "update", "all", "--limit", "30.5"]).expect(0);
    home.katonic(&["budgets", "remove", "all"]).expect(0);
    home.katonic(&["teams", "create", "sales"]).expect(0);
    assert!(home.katonic(&["teams", "list"]).expect(0).out.contains("sales"));
    let token = home.katonic(&["operators", "create", "eve", "--role", "auditor", "--json"]).json();
    assert!(token["secret"].as_str().unwrap().starts_with("kop_"));
    home.katonic(&["operators", "revoke", token["id"].as_str().unwrap()]).expect(0);
    let usage = home.katonic(&["usage", "--by", "endpoint"]).expect(0).out;
    assert!(usage.contains("Search") && usage.contains("p95 ms"), "{usage}");
    let csv = home.katonic(&["usage", "--by", "endpoint", "--bucket", "day", "--csv"]).expect(0).out;
    assert!(csv.starts_with("bucket,group,calls"), "{csv}");
}

#[test]
fn a_webhook_is_added_looked_at_and_deleted_and_its_secret_shown_once() {
    let (home, _up) = Home::with_sandbox();
    let created = ["webhooks", "create", "http://127.0.0.1:9/hook", "--events", "budget.threshold", "--json"];
    let created = home.katonic(&created).json();
    let (id, secret) = (created["id"].as_str().unwrap(), created["secret"].as_str().unwrap());
    assert!(secret.starts_with("whsec_"));
    let listed = home.katonic(&["webhooks", "list"]).expect(0).out;
    assert!(
        listed.contains(id) && listed.contains("budget.threshold") && !listed.contains(secret),
        "{listed}"
    );
    let sent = home.katonic(&["webhooks", "deliveries", id, "--json"]).json();
    assert_eq!(sent["data"], serde_json::json!([]));
    home.katonic(&["webhooks", "resend", id, "whd_none"]).expect(4);
    home.katonic(&["webhooks", "create", "ftp://127.0.0.1"]).expect(1);
    home.katonic(&["webhooks", "delete", id]).expect(0);
    home.katonic(&["webhooks", "deliveries", id]).expect(4);
}

#[test]
fn an_export_is_whole_in_order_and_never_over_a_file() {
    let (home, _up) = Home::with_sandbox();
    for _ in 0..3 {
        home.katonic(&["search", "leave"]).expect(0);
    }
    let file = home.folder.path().join("log.jsonl");
    let path = file.to_str().unwrap();
    let said = home.katonic(&["audit", "export", path, "--json"]).json();
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows: Vec<i64> = lines
        .iter()
        .filter(|line| line["object"] == "audit.row")
        .map(|row| row["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(rows, (1..=rows.len() as i64).collect::<Vec<_>>());
    assert_eq!(said["rows"].as_u64(), Some(rows.len() as u64));
    assert_eq!(lines.last().unwrap()["object"], "audit.end");
    home.katonic(&["audit", "export", path]).expect(2);
    let later = home.folder.path().join("later.jsonl");
    let later = home
        .katonic(&["audit", "export", later.to_str().unwrap(), "--from", "2100-01-01T00:00:00Z", "--json"])
        .json();
    assert_eq!(later["rows"], 0);
}
