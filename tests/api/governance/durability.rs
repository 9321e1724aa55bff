//! What a daemon promises of its log is what its store does, and says so as it starts.

use crate::cli::binary;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// What a daemon with these settings says as it begins to serve, or as it ends instead.
pub fn first_words(settings: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("katonic.toml"), settings).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(binary());
    command.env_clear().env("KATONIC_HOME", home.path()).env("KATONIC_LISTEN", format!("127.0.0.1:{port}"));
    let daemon = command.args(["daemon", "start"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut running = Running(daemon.unwrap());
    let lines = BufReader::new(running.0.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut said = String::new();
    for line in lines {
        said = line;
        if said.contains("\"serving\"") {
            break;
        }
    }
    said
}

#[test]
fn with_power_each_commit_waits_for_the_disk() {
    for (durability, synchronous) in [("process", "normal"), ("power", "full")] {
        let said = first_words(&format!("[audit]\ndurability = \"{durability}\"\n"));
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((&said["store"], &said["synchronous"]), (&"Sqlite".into(), &synchronous.into()));
    }
}
