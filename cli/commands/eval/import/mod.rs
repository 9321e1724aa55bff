//! `katonic eval import`: suites of other tools as one of ours. What can't be carried over is told, never dropped.

mod dataset;
mod openai;
mod promptfoo;

use crate::failure::{Answer, Failure};
use crate::output::counted;
use crate::session::Session;
use clap::{Args, ValueEnum};
use contract::check::{Context, Severity, Source, check};
use contract::suite::{Case, Judge, SuiteDefinition, SuiteMetadata, SuiteSpec};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Longest id of a case that is made of its description.
const LONGEST_ID: usize = 48;

/// Makes a suite of another tool's.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// A promptfoo configuration, OpenAI evals' JSONL, or a dataset of Ragas or DeepEval (JSON, JSONL, CSV)
    file: PathBuf,
    /// What it is; told by its content without it
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The suite's id; made of the file's name without it
    #[arg(long)]
    id: Option<String>,
    /// Write it to this file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// `promptfooconfig.yaml`, with its tests
    Promptfoo,
    /// Samples of OpenAI evals: `input` and `ideal` a line
    OpenaiEvals,
    /// Rows of Ragas: `user_input` and `reference`
    Ragas,
    /// Goldens and test cases of DeepEval: `input` and `expected_output`
    Deepeval,
}

/// What an import made.
#[derive(Default)]
struct Imported {
    cases: Vec<Case>,
    judge: Option<Judge>,
    /// What could not be carried over, and in how many places.
    left: BTreeMap<String, usize>,
}

impl Imported {
    /// Notes something that could not be carried over.
    fn leave(&mut self, what: impl Into<String>) {
        *self.left.entry(what.into()).or_default() += 1;
    }

    /// Adds a case, by an id of its own that is made of what names it.
    fn add(&mut self, named: Option<&str>, mut case: Case, ids: &mut HashSet<String>) {
        let number = self.cases.len() + 1;
        let base = named.map(slug).filter(|id| !id.is_empty()).unwrap_or_else(|| format!("case-{number}"));
        case.id = base.clone();
        let mut again = 2;
        while !ids.insert(case.id.clone()) {
            case.id = format!("{base}-{again}");
            again += 1;
        }
        self.cases.push(case);
    }
}

pub(super) fn run(session: &Session, import: &Import) -> Result<Answer, Failure> {
    let format = match import.format {
        Some(format) => format,
        None => guess(&import.file)?,
    };
    let imported = match format {
        Format::Promptfoo => promptfoo::read(&import.file)?,
        Format::OpenaiEvals => openai::read(&import.file)?,
        Format::Ragas => dataset::read(&import.file, &dataset::RAGAS)?,
        Format::Deepeval => dataset::read(&import.file, &dataset::DEEPEVAL)?,
    };
    if imported.cases.is_empty() {
        return Err(Failure::usage(format!("{} has no cases", import.file.display())));
    }
    let stem = import.file.file_stem().map(|stem| slug(&stem.to_string_lossy())).unwrap_or_default();
    let id = import.id.clone().unwrap_or(if stem.len() < 3 { format!("suite-{stem}") } else { stem });
    let defaults = session.acting_user().map(|user| json!({"as_user": user}));
    let suite = SuiteDefinition {
        api_version: "katonic/v1".into(),
        kind: "EvalSuite".into(),
        metadata: SuiteMetadata { id, description: Some(format!("Imported from {}", import.file.display())) },
        spec: SuiteSpec {
            defaults: defaults.map(serde_json::from_value).transpose()?,
            judge: imported.judge.clone(),
            judges: BTreeMap::new(),
            preference: None,
            cases: imported.cases.clone(),
            cases_file: None,
        },
        suppress: Vec::new(),
    };
    let text = serde_yaml::to_string(&suite).map_err(|error| Failure::usage(error.to_string()))?;
    report(session, import, &imported, &suite, &text)
}

fn report(
    session: &Session,
    import: &Import,
    imported: &Imported,
    suite: &SuiteDefinition,
    text: &str,
) -> Result<Answer, Failure> {
    for (what, times) in &imported.left {
        session.output.note(&format!("Left out in {}: {what}", counted(*times, "place")));
    }
    let (_, findings) = check(&Source::new("suite", text), &Context::default());
    let is_sound = !findings.iter().any(|finding| finding.severity == Severity::Error);
    session.output.problems(&findings);
    match &import.output {
        Some(file) => {
            fs::write(file, text).map_err(|error| Failure::file(file, &error))?;
            session.output.note(&format!(
                "{} written to {}",
                counted(suite.spec.cases.len(), "case"),
                file.display()
            ));
            if session.output.wants_json() {
                session.output.json(&json!({"suite": suite, "left_out": imported.left}))?;
            }
        }
        None => session
            .output
            .either(&json!({"suite": suite, "left_out": imported.left}), || text.trim_end().to_owned())?,
    }
    Ok(if is_sound { Answer::Yes } else { Answer::No })
}

fn guess(file: &Path) -> Result<Format, Failure> {
    let unknown = || {
        Failure::usage(format!("It can't be told what {} is", file.display()))
            .hint("Say it with --format promptfoo, openai-evals, ragas or deepeval.")
    };
    if matches!(extension(file).as_str(), "yaml" | "yml") {
        return Ok(Format::Promptfoo);
    }
    if extension(file) == "json" && document(file)?.get("tests").is_some() {
        return Ok(Format::Promptfoo);
    }
    let rows = dataset::rows(file)?;
    let fields: BTreeSet<&str> = rows
        .iter()
        .take(10)
        .filter_map(Value::as_object)
        .flat_map(|row| row.keys())
        .map(String::as_str)
        .collect();
    match () {
        () if fields.contains("ideal") => Ok(Format::OpenaiEvals),
        () if fields.contains("user_input") || fields.contains("question") => Ok(Format::Ragas),
        () if fields.contains("input") => Ok(Format::Deepeval),
        () => Err(unknown()),
    }
}

/// A file's ending, in lower case.
fn extension(file: &Path) -> String {
    file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn read_text(file: &Path) -> Result<String, Failure> {
    let wrong = |error: std::io::Error| Failure::file(file, &error);
    if fs::metadata(file).map_err(wrong)?.len() > MOST_BYTES {
        return Err(Failure::usage(format!("{} has more than {MOST_BYTES} bytes", file.display())));
    }
    fs::read_to_string(file).map_err(wrong)
}

/// A file of YAML or JSON.
fn document(file: &Path) -> Result<Value, Failure> {
    let text = read_text(file)?;
    serde_yaml::from_str(&text).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}

/// A text as an id: letters, digits and dashes.
fn slug(text: &str) -> String {
    let mut id = String::new();
    for sign in text.chars().flat_map(char::to_lowercase) {
        if sign.is_ascii_alphanumeric() {
            id.push(sign);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
        if id.len() >= LONGEST_ID {
            break;
        }
    }
    id.trim_matches('-').to_owned()
}

/// A case that asks something, and expects nothing yet.
fn asks(input: String) -> Case {
    Case {
        vars: BTreeMap::new(),
        id: String::new(),
        turns: Vec::new(),
        input,
        mocks: BTreeMap::new(),
        as_user: None,
        expect: Default::default(),
        pass: BTreeMap::new(),
        budget: None,
        tags: Vec::new(),
        group: None,
        must_pass: false,
    }
}

/// A value as text; nothing where it is none.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// A value as texts: one, or a list of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}
