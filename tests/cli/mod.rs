//! The binary, in a home and an environment of its own.

mod commands;
mod contexts;
mod documents;
mod evaluations;
mod examples;
mod flywheel;
mod generate;
mod governance;
mod guardrails;
mod import;
mod init;
mod mcp;
mod pages;
mod prompts;
mod readme;
mod resume;
mod rotation;
mod rules;
mod sandbox;
mod tls;
mod tools;
mod tutorial;
mod validate;
mod workflow;

use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A home of its own; its daemon, if one runs, is stopped when dropped.
pub struct Home {
    pub folder: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With the sandbox up on a free port; what `up --json` printed.
    pub fn with_sandbox() -> (Self, Value) {
        let home = Self::new();
        let up = home.katonic(&["sandbox", "up", "--json", "--port", "0"]).json();
        (home, up)
    }

    pub fn katonic(&self, arguments: &[&str]) -> Said {
        said(self.command(binary()).args(arguments))
    }

    /// A line of shell, with the binary on its path.
    pub fn shell(&self, line: &str) -> Said {
        said(self.command("sh").args(["-c", line]))
    }

    /// A command in a scrubbed environment, in the repository's folder.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", path())
            .env("HOME", self.folder.path())
            .env("KATONIC_HOME", self.folder.path());
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.katonic(&["sandbox", "down"]);
    }
}

impl Said {
    /// The JSON of a command that went well.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:#?}");
        self.value()
    }

    /// The JSON, whatever the exit code.
    #[track_caller]
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

/// Where programs are looked for: the binary first.
pub fn path() -> OsString {
    let path = std::env::var_os("PATH").unwrap();
    let folders = std::iter::once(PathBuf::from(binary()).parent().unwrap().to_owned());
    std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap()
}

pub fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_katonic")
}

fn said(command: &mut Command) -> Said {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
}
