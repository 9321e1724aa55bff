//! `katonic guardrails`: what the eight rails would do with a text. The rails of this binary look; no daemon is needed.

mod policy;

use crate::definition::read_sound;
use crate::failure::{Answer, Failure};
use crate::output::marked::marked;
use crate::output::table::table;
use crate::session::Session;
use ::daemon::check_text;
use clap::{Args, Subcommand, ValueEnum};
use contract::agent::{AgentDefinition, Guardrails};
use contract::catalogue::GetAgent;
use contract::check::Checked;
use contract::wire::agents::AgentPath;
use contract::wire::guardrails::{RailsText, RailsVerdict, TextPhase};
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::PathBuf;

/// Most bytes of a text, and of a line with one.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The rails.
#[derive(Debug, Args)]
pub(crate) struct Rails {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what the eight rails would do with a text, without a call
    Check(Check),
    /// What holds over the settings of all agents and of models' calls
    Policy(policy::Policy),
}

/// The text, and what it is looked at under.
#[derive(Debug, Args)]
struct Check {
    /// The text; standard input without it
    text: Option<String>,
    /// Under the settings and instructions of an applied agent
    #[arg(long, conflicts_with = "file")]
    agent: Option<String>,
    /// Under those of a definition on the disk
    #[arg(long)]
    file: Option<PathBuf>,
    /// Where the text stands
    #[arg(long, value_enum, default_value_t)]
    phase: Phase,
    /// What the user asked
    #[arg(long)]
    question: Option<String>,
    /// A passage that was retrieved for it; may be given several times
    #[arg(long = "passage", value_name = "TEXT")]
    passages: Vec<String>,
    /// Read `{id, text, phase?, passages?, question?}` a line, and print a verdict a line
    #[arg(long, conflicts_with_all = ["text", "phase", "question", "passages"])]
    jsonl: bool,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Phase {
    /// From the user to the model
    #[default]
    Input,
    /// From the model to the user
    Output,
    /// A document's passage or a tool's result
    Passage,
}

pub(super) async fn run(session: &Session, args: Rails) -> Result<Answer, Failure> {
    let check = match args.command {
        Command::Check(check) => check,
        Command::Policy(policy) => return policy::run(session, policy).await,
    };
    let spec = agent(session, &check).await?.map(|agent| agent.spec);
    let view = View {
        settings: spec.as_ref().map(|spec| spec.guardrails.clone()).unwrap_or_default(),
        instructions: spec.and_then(|spec| spec.instructions).unwrap_or_default(),
    };
    // Looking at much text takes a while, and reading it may wait.
    tokio::task::block_in_place(|| match check.jsonl {
        true => look_at_lines(session, &view),
        false => look_at_one(session, &view, check),
    })
}

async fn agent(session: &Session, check: &Check) -> Result<Option<AgentDefinition>, Failure> {
    if let Some(agent_id) = &check.agent {
        let path = AgentPath { agent_id: agent_id.clone() };
        return Ok(Some(session.client()?.call::<GetAgent>(&path).await?.definition));
    }
    let Some(file) = &check.file else { return Ok(None) };
    match read_sound(std::slice::from_ref(file), &session.output)?.pop() {
        Some(Checked::Agent(agent)) => Ok(Some(agent)),
        _ => Err(Failure::usage("--file wants an agent, and this is a suite")),
    }
}

/// What texts are looked at under.
struct View {
    settings: Guardrails,
    instructions: String,
}

impl View {
    fn look(&self, text: &RailsText) -> RailsVerdict {
        check_text(text, &self.settings, &self.instructions)
    }
}

fn look_at_one(session: &Session, view: &View, check: Check) -> Result<Answer, Failure> {
    let text = RailsText {
        id: None,
        text: check.text.map_or_else(piped, Ok)?,
        phase: match check.phase {
            Phase::Input => TextPhase::Input,
            Phase::Output => TextPhase::Output,
            Phase::Passage => TextPhase::Passage,
        },
        passages: check.passages,
        question: check.question,
    };
    let verdict = view.look(&text);
    session.output.either(&verdict, || describe(&text.text, &verdict))?;
    Ok(Answer::of(!verdict.blocked))
}

fn piped() -> Result<String, Failure> {
    let hint = "Write it behind the command, or pipe it in.";
    if io::stdin().is_terminal() {
        return Err(Failure::usage("There is no text").hint(hint));
    }
    let mut text = String::new();
    let read = io::stdin().lock().take(MOST_BYTES + 1).read_to_string(&mut text);
    let read = read.map_err(|error| Failure::usage(format!("Standard input can't be read: {error}")))?;
    if read as u64 > MOST_BYTES {
        return Err(Failure::usage(format!("The text is longer than {} MiB", MOST_BYTES >> 20)));
    }
    match text.trim_end_matches('\n') {
        "" => Err(Failure::usage("There is no text").hint(hint)),
        text => Ok(text.to_owned()),
    }
}

fn look_at_lines(session: &Session, view: &View) -> Result<Answer, Failure> {
    let mut input = io::stdin().lock();
    let mut line = String::new();
    for number in 1_u64.. {
        line.clear();
        let read = input.by_ref().take(MOST_BYTES).read_line(&mut line);
        if read.map_err(|error| unreadable(number, &error))? == 0 {
            break;
        }
        if !line.trim().is_empty() {
            let text: RailsText = serde_json::from_str(&line).map_err(|error| unreadable(number, &error))?;
            session.output.result(&serde_json::to_string(&view.look(&text))?)?;
        }
    }
    Ok(Answer::Yes)
}

fn unreadable(number: u64, error: &dyn std::error::Error) -> Failure {
    Failure::usage(format!("Line {number} can't be read: {error}")).hint(
        "A line is a JSON object with `text`, and `id`, `phase`, `passages` and `question` if you like.",
    )
}

fn describe(text: &str, verdict: &RailsVerdict) -> String {
    let spans: Vec<_> = verdict.rails.iter().flat_map(|rail| &rail.spans).collect();
    let rows = verdict.rails.iter().map(|rail| {
        let reason = rail.reason.clone().unwrap_or_default();
        [rail.name.clone(), rail.result.clone(), format!("{:.2}", rail.score), reason]
    });
    let rails = table(["rail", "result", "score", "why"], rows);
    let after = match (verdict.blocked, verdict.text == text) {
        (true, _) => "The text would be stopped.".to_owned(),
        (false, true) => "The text would go on as it is.".to_owned(),
        (false, false) => format!("What would go on:\n{}", crate::output::clean(&verdict.text)),
    };
    format!("{}\n\n{rails}\n\n{after}", marked(text, &spans))
}
