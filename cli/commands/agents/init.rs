//! `katonic agents init`: an agent, its suite, a document and a workflow to begin with.

use super::schema::{Kind, schema};
use crate::failure::{Answer, Exit, Failure};
use crate::session::Session;
use clap::Args;
use contract::id::is_name;
use serde_json::json;
use std::fs;
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};

const AGENT: &str = include_str!("starter/agent.yml");
const SUITE: &str = include_str!("starter/suite.yml");
const WELCOME: &str = include_str!("starter/welcome.md");
const WORKFLOW: &str = include_str!("../../../agents-examples/github/agents.yml");

/// Writes a starter.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The agent's id; asked for on a terminal
    id: Option<String>,
    /// What people call it [default: from the id]
    #[arg(long)]
    name: Option<String>,
    /// Whom to ask about it, and for whom its suite asks; asked for on a terminal
    #[arg(long, value_name = "EMAIL")]
    owner: Option<String>,
    /// The collection that it reads [default: the id, and -docs]
    #[arg(long)]
    collection: Option<String>,
    /// The folder to write into
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// What the starter is filled in with.
struct Answers {
    id: String,
    name: String,
    owner: String,
    collection: String,
}

pub(super) fn run(session: &Session, args: &Init) -> Result<Answer, Failure> {
    let answers = answers(session, args)?;
    let files = files(&answers)?;
    let is_there = |file: &String| args.dir.join(file).exists();
    let (own, shared): (Vec<_>, Vec<_>) = files.into_iter().partition(|(file, _)| file.contains(&answers.id));
    let taken: Vec<&str> =
        own.iter().map(|(file, _)| file).filter(|file| is_there(file)).map(String::as_str).collect();
    if !taken.is_empty() {
        return Err(Failure::new(Exit::No, format!("There already is {}", taken.join(", ")))
            .hint("Nothing was written. Choose another id or --dir, or move these files away."));
    }
    // What an agent before it brought along stays as it is.
    let shared = shared.into_iter().filter(|(file, _)| !is_there(file));
    let files: Vec<(String, String)> = own.into_iter().chain(shared).collect();
    for (file, text) in &files {
        write(&args.dir.join(file), text)?;
    }
    let names: Vec<&str> = files.iter().map(|(file, _)| file.as_str()).collect();
    let Answers { id, collection, .. } = &answers;
    session.output.either(&json!({"id": id, "files": names}), || {
        format!(
            "{}\n\nNext:\n  katonic agents validate agents suites\n  \
             katonic documents add documents/{collection} --collection {collection}\n  \
             katonic agents apply suites/{id}-eval.yml agents/{id}.yml\n  \
             katonic eval run --agent {id} --suite {id}-eval --wait\n  \
             katonic agents promote {id} --env=prod",
            names.iter().map(|name| format!("wrote {name}")).collect::<Vec<_>>().join("\n")
        )
    })?;
    Ok(Answer::Yes)
}

fn answers(session: &Session, args: &Init) -> Result<Answers, Failure> {
    let id = given_or_asked(session, args.id.clone(), "The agent's id, such as hr-assistant", "an id")?;
    if !is_name(&id) || id.len() > 50 {
        return Err(Failure::usage(format!("`{id}` is not an id: 3 to 50 of a-z, 0-9 and `-`")));
    }
    let owner = given_or_asked(session, args.owner.clone(), "Whom to ask about it (an address)", "--owner")?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@.+_-".contains(c);
    if !owner.contains('@') || !owner.chars().all(is_plain) {
        return Err(Failure::usage(format!("`{owner}` is not an e-mail address")));
    }
    let words = id.replace('-', " ");
    let (first, rest) = words.split_at(1);
    let name = args.name.clone().unwrap_or_else(|| format!("the {}{rest}", first));
    if name.contains(|c: char| c.is_control() || "\"'{}[]:#&*!|>%@`,".contains(c)) {
        return Err(Failure::usage("A name is plain words").hint("Change it in the file afterwards."));
    }
    let collection = args.collection.clone().unwrap_or_else(|| format!("{id}-docs"));
    if !is_name(&collection) {
        return Err(Failure::usage(format!("`{collection}` is no name of a collection")));
    }
    Ok(Answers { id, name, owner, collection })
}

fn given_or_asked(
    session: &Session,
    given: Option<String>,
    question: &str,
    what: &str,
) -> Result<String, Failure> {
    if let Some(given) = given {
        return Ok(given);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!("{what} is missing"))
            .hint("katonic agents init hr-assistant --owner people@example.org"));
    }
    session.output.prompt(&format!("{question}: "));
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

fn files(answers: &Answers) -> Result<Vec<(String, String)>, Failure> {
    let Answers { id, name, owner, collection } = answers;
    let fill = |text: &str| {
        text.replace("{{id}}", id)
            .replace("{{name}}", name)
            .replace("{{owner}}", owner)
            .replace("{{collection}}", collection)
    };
    let workflow = WORKFLOW
        .replace("agents/hr.yml", &format!("agents/{id}.yml"))
        .replace("hr-eval-v3", &format!("{id}-eval"))
        .replace("hr-assistant", id);
    let pretty = |kind| serde_json::to_string_pretty(&schema(kind)).map(|text| text + "\n");
    let rules = format!(
        "# What `katonic agents validate` checks, and what it holds this repository to.\n[validate]\n\
         paths = [\"agents\", \"suites\"]\n\n[collections]\n{collection} = \"documents/{collection}\"\n"
    );
    Ok(vec![
        (format!("agents/{id}.yml"), fill(AGENT)),
        (format!("suites/{id}-eval.yml"), fill(SUITE)),
        (format!("documents/{collection}/welcome.md"), fill(WELCOME)),
        (".github/workflows/agents.yml".to_owned(), workflow),
        ("katonic.toml".to_owned(), rules),
        ("schemas/agent.schema.json".to_owned(), pretty(Kind::Agent)?),
        ("schemas/suite.schema.json".to_owned(), pretty(Kind::Suite)?),
    ])
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    fs::write(path, text).map_err(|error| Failure::file(path, &error))
}
