//! The sole printer: results on standard output, all else on standard error.

pub(crate) mod chat;
pub(crate) mod marked;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod table;

mod findings;
mod github;

use crate::args::{Options, When};
use crate::environment::Environment;
use crate::failure::Failure;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use contract::check::Finding;
use findings::Sources;
use serde::Serialize;
use std::io::{self, IsTerminal, Stderr, Stdout, Write};
use std::path::PathBuf;
use std::process::Stdio;

/// What stands back.
const DIM: Style = Style::new().dimmed();
/// What went wrong.
const WRONG: Style = AnsiColor::Red.on_default().bold();
/// What stands out.
pub(crate) const STRONG: Style = Style::new().bold();

/// Where and how to print.
#[derive(Clone)]
pub(crate) struct Output {
    json: bool,
    out: ColorChoice,
    err: ColorChoice,
    live: bool,
    github: bool,
    step_summary: Option<PathBuf>,
}

impl Output {
    /// How the options and the environment want it.
    pub(crate) fn new(options: &Options, environment: &Environment) -> Self {
        table::fit_to(environment.columns);
        let choice = |terminal: bool| match options.color {
            When::Always => ColorChoice::AlwaysAnsi,
            When::Auto if terminal && !environment.plain => ColorChoice::AlwaysAnsi,
            When::Auto | When::Never => ColorChoice::Never,
        };
        Self {
            json: options.json,
            out: choice(io::stdout().is_terminal()),
            err: choice(io::stderr().is_terminal()),
            live: io::stderr().is_terminal() && !environment.plain,
            github: environment.github,
            step_summary: environment.step_summary.clone(),
        }
    }

    /// Whether a JSON document is asked for.
    pub(crate) fn wants_json(&self) -> bool {
        self.json
    }

    /// Whether standard output is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Where a command that we run writes its output: beside ours.
    pub(crate) fn beside(&self) -> Stdio {
        io::stderr().into()
    }

    fn stdout(&self) -> AutoStream<Stdout> {
        AutoStream::new(io::stdout(), self.out)
    }

    fn stderr(&self) -> AutoStream<Stderr> {
        AutoStream::new(io::stderr(), self.err)
    }

    /// Prints lines of the result.
    ///
    /// # Errors
    /// If nobody reads them.
    pub(crate) fn result(&self, text: &str) -> Result<(), Failure> {
        Ok(writeln!(self.stdout(), "{text}")?)
    }

    /// Prints a piece of the result at once.
    ///
    /// # Errors
    /// If nobody reads it.
    pub(crate) fn piece(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = self.stdout();
        stdout.write_all(text.as_bytes())?;
        Ok(stdout.flush()?)
    }

    /// Prints the result as one JSON document.
    ///
    /// # Errors
    /// If nobody reads it.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)?;
        Ok(writeln!(io::stdout(), "{text}")?)
    }

    /// Prints the result: as JSON where that is asked for, else as text.
    ///
    /// # Errors
    /// If nobody reads it.
    pub(crate) fn either(
        &self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json { self.json(value) } else { self.result(&text()) }
    }

    /// Tells people something beside the result.
    pub(crate) fn note(&self, text: &str) {
        // Whoever closed standard error does not want to hear it.
        drop(writeln!(self.stderr(), "{text}"));
    }

    /// Asks for a line.
    pub(crate) fn prompt(&self, text: &str) {
        let mut stderr = self.stderr();
        // Whoever closed standard error does not want to hear it.
        drop(write!(stderr, "{text}").and_then(|()| stderr.flush()));
    }

    /// The same as a note, standing back.
    pub(crate) fn aside(&self, text: &str) {
        self.note(&format!("{DIM}{text}{DIM:#}"));
    }

    /// Says that a list goes on, and how to see the rest.
    pub(crate) fn more(&self, next: Option<&str>) {
        if let Some(next) = next.filter(|_| !self.json) {
            self.aside(&format!("There are more: add --after {}", clean(next)));
        }
    }

    /// Says why a command couldn't go through: what happened, what to do, and the trace id.
    pub(crate) fn failure(&self, failure: &Failure) {
        if failure.message.is_empty() {
            return;
        }
        self.note(&format!("{WRONG}error:{WRONG:#} {}", clean(&failure.message)));
        if let Some(hint) = &failure.hint {
            self.note(&format!("  {STRONG}do:{STRONG:#} {}", clean(hint)));
        }
        if let Some(trace_id) = &failure.trace_id {
            self.aside(&format!("  trace: {}", clean(trace_id)));
        }
    }

    /// Prints findings as the result.
    ///
    /// # Errors
    /// If nobody reads them.
    pub(crate) fn findings(&self, findings: &[Finding]) -> Result<(), Failure> {
        let mut sources = Sources::default();
        findings.iter().try_for_each(|finding| self.result(&sources.render(finding)))
    }

    /// Shows findings that come before the result.
    pub(crate) fn problems(&self, findings: &[Finding]) {
        let mut sources = Sources::default();
        findings.iter().for_each(|finding| self.note(&sources.render(finding)));
        self.annotate_findings(findings);
    }

    /// Marks findings in the files of a pull request, where GitHub Actions runs us.
    pub(crate) fn annotate_findings(&self, findings: &[Finding]) {
        if self.github {
            findings.iter().for_each(|finding| self.note(&github::finding(finding)));
        }
    }

    /// A finding as text, with its place underlined where the source is at hand.
    pub(crate) fn rendered(&self, finding: &Finding, source: Option<&str>) -> String {
        findings::render_with(finding, source).trim_end().to_owned()
    }

    /// Adds an annotation to the run, where GitHub Actions runs us. It goes to standard error, which GitHub
    /// reads too, so that standard output stays the result.
    pub(crate) fn annotate(&self, level: &str, place: Option<(&str, u32, u32)>, title: &str, message: &str) {
        if self.github {
            self.note(&github::annotation(level, place, title, message));
        }
    }

    /// Adds Markdown to the step's summary, where GitHub Actions runs us.
    pub(crate) fn summary(&self, markdown: &str) {
        let Some(file) = self.step_summary.as_deref().filter(|_| self.github) else { return };
        if let Err(error) = github::append(file, markdown) {
            self.note(&format!("The step summary can't be written: {error}"));
        }
    }
}

/// Text from elsewhere without control characters, which could move the cursor or change the terminal.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Such as `1 error` or `3 errors`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\u{9b}31m\r\nc\td"), "a[2Jb31m\nc\td");
    }

    #[test]
    fn ci_gets_neither_colour_nor_spinners_unless_asked() {
        let ci = Environment::with(&[("CI", "true")]);
        let output = Output::new(&Options::default(), &ci);
        assert!(!output.live && output.out == ColorChoice::Never);
        let always = Options { color: When::Always, ..Options::default() };
        assert_eq!(Output::new(&always, &ci).out, ColorChoice::AlwaysAnsi);
    }
}
