//! One shell for a page: its commands run in order, and variables last from one to the next.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A shell that waits for commands.
pub struct Shell {
    process: Child,
    commands: ChildStdin,
    ends: BufReader<ChildStdout>,
    said: PathBuf,
}

impl Shell {
    /// Starts bash as `command` prepared it; what commands say goes to the file `said`.
    pub fn start(mut command: Command, said: PathBuf) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (commands, ends) =
            (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Self { process, commands, ends, said }
    }

    /// Runs a command to its end: its exit code, and what it said on both outputs.
    pub fn run(&mut self, command: &str) -> (i32, String) {
        let said = self.said.display();
        write!(self.commands, "{{\n{command}\n}} > '{said}' 2>&1 < /dev/null\nprintf '%s\\n' $?\n").unwrap();
        self.commands.flush().unwrap();
        let mut code = String::new();
        self.ends.read_line(&mut code).unwrap();
        let told = fs::read_to_string(&self.said).unwrap_or_default();
        let code = code.trim().parse().unwrap_or_else(|_| panic!("the shell ended at: {command}\n{told}"));
        (code, told)
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The commands of a text, each with all the lines that belong to it.
pub fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut command = String::new();
    for line in text.lines() {
        if command.is_empty() && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
            continue;
        }
        command.push_str(line);
        command.push('\n');
        if is_whole(&command) {
            commands.push(std::mem::take(&mut command).trim_end().to_owned());
        }
    }
    assert!(command.is_empty(), "no end of: {command}");
    commands
}

/// Whether a command ends with its text.
pub fn is_whole(command: &str) -> bool {
    if command.trim_end_matches('\n').ends_with('\\') {
        return false;
    }
    let read = Command::new("bash").args(["-n", "-c", command]).output().unwrap();
    read.status.success() && read.stderr.is_empty()
}
