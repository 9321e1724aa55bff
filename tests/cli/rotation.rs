//! A new secret goes into a command's standard input, and nowhere else; what goes wrong is taken back.

use super::{Home, Said};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

struct Rotated {
    home: Home,
    url: String,
}

impl Rotated {
    /// A sandbox with the key `web`, whose first secret is in the file `first`.
    fn new() -> Self {
        let (home, up) = Home::with_sandbox();
        let rotated = Self { url: up["url"].as_str().unwrap().to_owned(), home };
        let create = ["keys", "create", "web", "--scopes", "chat,search", "--deliver", "cat > $HOME/first"];
        rotated.unseen(&create, "first").expect(0);
        rotated
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.folder.path().join(name)
    }

    fn secret(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// What a call with a delivered secret is answered.
    fn calls(&self, name: &str) -> String {
        let line = format!(
            "curl -s -o /dev/null -w '%{{http_code}}' {}/public/v1/search -H \"Authorization: Bearer $(cat $HOME/{name})\" -d '{{\"query\": \"leave\"}}'",
            self.url
        );
        self.home.shell(&line).expect(0).out
    }

    /// Runs a command, and sees that the secret which it delivered into a file is on no stream and in no other file.
    fn unseen(&self, arguments: &[&str], delivered: &str) -> Said {
        let said = self.home.katonic(arguments);
        let secret = self.secret(delivered);
        assert!(secret.starts_with("kapi_") && !secret.contains('\n'), "{secret:?}");
        assert!(!said.out.contains(&secret) && !said.err.contains(&secret), "{said:#?}");
        let elsewhere = format!("! grep -rlF --exclude={delivered} {secret} $HOME");
        self.home.shell(&elsewhere).expect(0);
        said
    }

    fn states(&self) -> Vec<String> {
        let key: Value = self.home.katonic(&["keys", "show", "web", "--json"]).json();
        let secrets = key["secrets"].as_array().unwrap();
        secrets.iter().map(|secret| secret["status"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn a_rotated_secret_is_delivered_unseen_and_the_old_one_works_on() {
    let web = Rotated::new();
    let rotate = ["keys", "rotate", "web", "--overlap", "1h", "--deliver", "cat > $HOME/second; echo words"];
    let said = web.unseen(&rotate, "second").expect(0);
    assert!(
        said.out.contains("rotated") && !said.out.contains("words"),
        "what it says stands beside: {said:#?}"
    );
    assert_eq!((web.calls("first").as_str(), web.calls("second").as_str()), ("200", "200"));
    let third =
        ["keys", "rotate", "web", "--end-older", "--deliver", "cat > $HOME/third", "--revoke-old", "--json"];
    let key = web.unseen(&third, "third").json();
    assert_eq!(key["secret"], Value::Null);
    assert_eq!(["first", "second", "third"].map(|name| web.calls(name)), ["401", "401", "200"]);
}

#[test]
fn a_delivery_that_fails_is_taken_back() {
    let web = Rotated::new();
    let rotate = ["keys", "rotate", "web", "--deliver", "cat > $HOME/lost; exit 7"];
    let said = web.unseen(&rotate, "lost").expect(1);
    assert!(said.err.contains("exit 7") && said.err.contains("revoked again"), "{said:#?}");
    assert!(said.out.is_empty(), "{said:#?}");
    assert_eq!((web.calls("first").as_str(), web.calls("lost").as_str()), ("200", "401"));
    assert_eq!(web.states(), ["revoked", "active"]);
    let create = ["keys", "create", "ci", "--scopes", "evaluations", "--deliver", "cat > $HOME/ci; exit 1"];
    web.unseen(&create, "ci").expect(1);
    assert_eq!(web.calls("ci"), "401");
    let nothing = web.home.katonic(&["keys", "rotate", "web", "--overlap", "0s", "--deliver", "cat"]);
    assert!(nothing.code == 2 && web.calls("first") == "200", "{nothing:#?}");
}

#[test]
fn a_person_who_interrupts_a_delivery_leaves_nothing_half_done() {
    let web = Rotated::new();
    let mut command = web.home.command(super::binary());
    command.args(["keys", "rotate", "web", "--deliver", "cat > $HOME/cut; echo there; exec sleep 60"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The command has the secret when it says so.
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
    assert!(lines.by_ref().any(|line| line.unwrap() == "there"));
    web.home.shell(&format!("kill -INT {}", child.id())).expect(0);
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    assert!(rest.iter().any(|line| line.contains("revoked again")), "{rest:?}");
    assert_eq!((web.calls("first").as_str(), web.calls("cut").as_str()), ("200", "401"));
}

#[test]
fn a_secret_that_cannot_be_taken_back_is_named_with_what_revokes_it() {
    let web = Rotated::new();
    let rotate = ["keys", "rotate", "web", "--deliver", "cat > $HOME/late; katonic sandbox down; exit 1"];
    let said = web.unseen(&rotate, "late").expect(1);
    assert!(
        said.err.contains("can't be revoked") && said.err.contains("katonic keys revoke web --new"),
        "{said:#?}"
    );
}
