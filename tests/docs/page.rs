//! One page: its blocks, in order, on a sandbox of its own.

use super::blocks::{Block, blocks};
use super::shell::{Shell, commands, is_whole};
use crate::cli::Home;
use contract::check::Policy;
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The address that pages name, in place of the sandbox's own.
const ADDRESS: &str = "http://127.0.0.1:8320";

/// A page under test.
pub struct Page {
    name: String,
    blocks: Vec<Block>,
    home: Home,
    work: PathBuf,
    shell: Option<Shell>,
    /// How many blocks were run, validated, parsed.
    ran: [usize; 3],
    /// How many commands a reader typed, and how long they took.
    commands: usize,
    took: Duration,
    left_out: Vec<String>,
    /// Rules that must be found in the files of their folders.
    rules: BTreeSet<String>,
}

impl Page {
    pub fn new(folder: &Path, name: &str) -> Self {
        let home = Home::new();
        let work = home.folder.path().join("work");
        fs::create_dir(&work).unwrap();
        let blocks = blocks(&folder.join(name));
        Self {
            name: name.to_owned(),
            blocks,
            home,
            work,
            shell: None,
            ran: [0; 3],
            commands: 0,
            took: Duration::ZERO,
            left_out: Vec::new(),
            rules: BTreeSet::new(),
        }
    }

    /// Checks each block, and says how many were run and which were not, and what the page asks of who follows it.
    pub fn check(mut self) -> String {
        let blocks = std::mem::take(&mut self.blocks);
        for block in &blocks {
            if let Some(reason) = &block.not_run {
                assert!(reason.len() > 10, "{}:{}: why is it not run?", self.name, block.line);
                self.left_out.push(format!("{}:{}: {reason}", self.name, block.line));
            } else if let Some(missing) = block.needs.as_deref().filter(|needed| !is_there(needed)) {
                self.left_out.push(format!("{}:{}: {missing} is not here", self.name, block.line));
            } else {
                self.one(block, &blocks);
            }
        }
        for rule in &self.rules {
            let mut command = self.home.command(crate::cli::binary());
            command.args(["agents", "validate", ".", "--format", "json"]).current_dir(self.work.join(rule));
            let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
            assert!(said.contains(&format!("\"{rule}\"")), "{}: {rule} is not found in {said}", self.name);
        }
        let [ran, validated, parsed] = self.ran;
        let not_run = self.left_out.len();
        let mut said = format!(
            "blocks {}: {ran} run, {validated} validated, {parsed} parsed, {not_run} not run",
            self.name
        );
        if self.commands > 0 {
            said.push_str(&format!("\ntask {} {} {:.1}", self.name, self.commands, self.took.as_secs_f64()));
        }
        self.left_out.iter().for_each(|reason| said.push_str(&format!("\nnot run {reason}")));
        said
    }

    fn one(&mut self, block: &Block, blocks: &[Block]) {
        let place = format!("{}:{}", self.name, block.line);
        if let (Some(rule), Some(file)) = (&block.found_by, &block.file) {
            // With its other files, which later blocks may be.
            let folder = self.work.join(rule);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(file), &block.text).unwrap();
            self.rules.insert(rule.clone());
            self.ran[1] += 1;
            return;
        }
        if let Some(file) = &block.file {
            let file = self.work.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, &block.text).unwrap();
        }
        match block.language.as_str() {
            "sh" => {
                commands(&block.text).iter().for_each(|command| drop(self.run(&place, command)));
                self.ran[0] += 1;
            }
            "console" => {
                self.session(&place, &block.text);
                self.ran[0] += 1;
            }
            "yaml" => self.yaml(&place, block),
            "toml" => self.toml(&place, block),
            "json" => {
                serde_json::from_str::<Value>(&block.text).unwrap_or_else(|error| panic!("{place}: {error}"));
                self.ran[2] += 1;
            }
            "jsonl" => {
                for line in block.text.lines() {
                    serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{place}: {error}"));
                }
                self.ran[2] += 1;
            }
            "python" | "javascript" | "csv" | "markdown" => {
                let file = block.file.as_ref().unwrap_or_else(|| panic!("{place}: which file is it?"));
                let named = file.split('/').next().unwrap();
                let is_used = blocks.iter().any(|other| {
                    other.line > block.line
                        && matches!(other.language.as_str(), "sh" | "console")
                        && other.text.contains(named)
                });
                assert!(is_used, "{place}: no later command uses {file}");
                self.ran[0] += 1;
            }
            "text" => {}
            other => panic!("{place}: nothing knows how to run `{other}`"),
        }
    }

    fn yaml(&mut self, place: &str, block: &Block) {
        let value: Result<Value, _> = serde_yaml::from_str(&block.text);
        let kind = value.as_ref().ok().and_then(|value| value["kind"].as_str()).unwrap_or_default();
        if matches!(kind, "Agent" | "EvalSuite") {
            let file = block.file.clone().unwrap_or_else(|| "block.yml".into());
            fs::write(self.work.join(&file), &block.text).unwrap();
            let mut command = self.home.command(crate::cli::binary());
            command.args(["agents", "validate", &file]).current_dir(&self.work);
            let said = command.output().unwrap();
            assert!(said.status.success(), "{place}\n{}", String::from_utf8_lossy(&said.stdout));
            self.ran[1] += 1;
        } else {
            value.unwrap_or_else(|error| panic!("{place}: {error}"));
            self.ran[2] += 1;
        }
    }

    /// Settings of the daemon, or of a repository.
    fn toml(&mut self, place: &str, block: &Block) {
        if toml::from_str::<Policy>(&block.text).is_err() {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("katonic.toml"), &block.text).unwrap();
            // The variables that it names are set.
            let variable = |name: &str| block.text.contains(&format!("\"{name}\"")).then(|| "set".to_owned());
            daemon::Config::load_with(folder.path(), variable)
                .unwrap_or_else(|error| panic!("{place}: {error}"));
        }
        self.ran[1] += 1;
    }

    /// A session: its commands, and what each says where that is shown.
    fn session(&mut self, place: &str, text: &str) {
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let mut command = line
                .strip_prefix("$ ")
                .unwrap_or_else(|| panic!("{place}: no command before: {line}"))
                .to_owned();
            while !is_whole(&command) {
                command.push('\n');
                let line = lines.next().unwrap_or_else(|| panic!("{place}: no end of: {command}"));
                command.push_str(line.strip_prefix("> ").unwrap_or(line));
            }
            let mut shown = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                shown.push(line);
            }
            let said = self.run(place, &command);
            if !shown.is_empty() {
                let pattern = pattern(&shown);
                assert!(
                    pattern.is_match(said.trim_end()),
                    "{place}: {command}\nsaid:\n{said}\nnot:\n{}",
                    shown.join("\n")
                );
            }
        }
    }

    /// Runs a command, which ends as its last comment says, and else with 0; what it said.
    fn run(&mut self, place: &str, command: &str) -> String {
        let expected = command.rsplit_once("# exit ").map_or(0, |(_, code)| code.trim().parse().unwrap());
        let url = self.shell_and_url();
        let began = Instant::now();
        let (code, said) = self.shell.as_mut().unwrap().run(&command.replace(ADDRESS, &url));
        self.took += began.elapsed();
        self.commands += 1;
        assert_eq!(code, expected, "{place}: {command}\n{said}");
        said.replace(&url, ADDRESS)
    }

    /// Where the daemon is; the first command of a page finds a sandbox up.
    fn shell_and_url(&mut self) -> String {
        if self.shell.is_none() {
            self.home.katonic(&["sandbox", "up", "--port", "0"]).expect(0);
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            symlink(root.join("agents-examples"), self.work.join("agents-examples")).unwrap();
            let mut command = self.home.command("bash");
            command.current_dir(&self.work).env("KATONIC_LISTEN", "127.0.0.1:0");
            if let Some(python) = env::var_os("DOCS_PYTHON") {
                let path = crate::cli::path();
                let folders = std::iter::once(PathBuf::from(python)).chain(env::split_paths(&path));
                command.env("PATH", env::join_paths(folders).unwrap());
            }
            if let Some(node) = env::var_os("DOCS_NODE") {
                symlink(Path::new(&node).join("node_modules"), self.work.join("node_modules")).unwrap();
            }
            self.shell = Some(Shell::start(command, self.home.folder.path().join("said")));
        }
        let said = self.home.katonic(&["daemon", "status", "--json"]);
        said.value()["url"].as_str().unwrap_or(ADDRESS).to_owned()
    }
}

/// Whether something that a block needs is here, as `tests/docs/run` prepared it.
fn is_there(needed: &str) -> bool {
    match needed {
        "python" => env::var_os("DOCS_PYTHON").is_some(),
        "node" => env::var_os("DOCS_NODE").is_some(),
        other => panic!("nothing can bring `{other}`"),
    }
}

/// Lines that are shown, as a pattern: `…` alone in a line stands for any lines, and in a line for anything.
fn pattern(shown: &[&str]) -> Regex {
    let mut pattern = String::from("^");
    for line in shown {
        match line.trim() {
            "…" => pattern.push_str("(?:.*\n)*?"),
            _ => {
                let parts: Vec<String> = line.trim_end().split('…').map(regex::escape).collect();
                pattern.push_str(&parts.join(".*"));
                pattern.push_str("[ ]*\n");
            }
        }
    }
    let pattern = pattern.replace("\n", "(?:\n|$)");
    Regex::new(&format!("{pattern}$")).unwrap()
}
