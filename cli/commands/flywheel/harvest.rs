//! `katonic flywheel harvest`: corrected answers that people accepted become cases of a suite's file that must pass, if the
//! agent that gave them fails them still.

use crate::client::Client;
use crate::commands::eval::follow;
use crate::definition::{read_beside, read_bounded, replace};
use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::yaml::{find, indent, shifted};
use clap::Args;
use contract::catalogue::{GetDataset, GetTrace, PutSuite, StartRun};
use contract::check::{Checked, Context, Source, check};
use contract::suite::{Case, SuiteDefinition, without_marks};
use contract::wire::analytics::TracePath;
use contract::wire::evaluations::{PutSuiteRequest, StartRunRequest};
use contract::wire::flywheel::{DatasetItem, DatasetPath, ItemState};
use contract::wire::page::ListQuery;
use serde_json::{Value, json};
use similar::TextDiff;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// Items that are read at once.
const PAGE: u32 = 100;

/// Harvests a dataset.
#[derive(Debug, Args)]
pub(super) struct Harvest {
    /// The dataset: its name or id
    dataset: String,
    /// The suite's file
    #[arg(long, value_name = "FILE")]
    suite: PathBuf,
    /// The dataset's version, or its beginning; the newest by default
    #[arg(long)]
    version: Option<String>,
    /// Change the file, instead of only printing the diff
    #[arg(long)]
    write: bool,
}

pub(super) async fn run(session: &Session, args: Harvest) -> Result<(), Failure> {
    let client = session.client()?;
    let text = read(&args.suite)?;
    let suite = parsed(&args.suite, &text).ok_or_else(|| wrong(&args.suite))?;
    let known: HashSet<&str> = suite.spec.cases.iter().map(|case| case.id.as_str()).collect();
    let mut failing = Vec::new();
    for ((agent, version), cases) in corrected(&client, &args).await? {
        let fresh: Vec<Case> = cases.into_iter().filter(|case| !known.contains(case.id.as_str())).collect();
        if !fresh.is_empty() {
            failing.extend(still_failing(session, &client, &suite, (agent, version), fresh).await?);
        }
    }
    if failing.is_empty() {
        session.output.note("No accepted correction is new and still fails on the agent that it corrects.");
        if session.output.wants_json() {
            session.output.json(&json!({"object": "list", "data": failing}))?;
        }
        return Ok(());
    }
    let changed = with(&text, &failing).ok_or_else(|| wrong(&args.suite))?;
    let holds = parsed(&args.suite, &changed)
        .is_some_and(|changed| changed.spec.cases.len() == suite.spec.cases.len() + failing.len());
    if !holds {
        return Err(wrong(&args.suite));
    }
    let name = args.suite.display().to_string();
    let diff = TextDiff::from_lines(&text, &changed);
    session.output.either(&json!({"object": "list", "data": failing}), || {
        diff.unified_diff().header(&name, &name).to_string().trim_end().to_owned()
    })?;
    if args.write {
        replace(&args.suite, &changed).map_err(|error| Failure::file(&args.suite, &error))?;
        session.output.note(&format!("{} more cases must pass in {name}.", failing.len()));
    }
    Ok(())
}

fn read(file: &Path) -> Result<String, Failure> {
    let bytes = read_bounded(file).map_err(|error| Failure::file(file, &error))?;
    String::from_utf8(bytes).map_err(|_| wrong(file))
}

fn parsed(file: &Path, text: &str) -> Option<SuiteDefinition> {
    let context = Context { read: Some(&read_beside), ..Context::default() };
    match check(&Source::new(&file.display().to_string(), text), &context).0 {
        Some(Checked::Suite(suite)) => Some(suite),
        _ => None,
    }
}

fn wrong(file: &Path) -> Failure {
    let message = format!("{} is no suite in block style that cases can be added to", file.display());
    Failure::new(Exit::No, message).hint("`katonic agents validate` shows what is wrong; it stays as it is.")
}

/// The cases that accepted corrections make, by the agent's version that was corrected.
async fn corrected(
    client: &Client,
    args: &Harvest,
) -> Result<BTreeMap<(String, String), Vec<Case>>, Failure> {
    let mut cases: BTreeMap<(String, String), Vec<Case>> = BTreeMap::new();
    let mut after = None;
    loop {
        let path = DatasetPath {
            dataset_id: args.dataset.clone(),
            version: args.version.clone(),
            page: ListQuery { limit: Some(PAGE), after },
            ..DatasetPath::default()
        };
        let page = client.call::<GetDataset>(&path).await?;
        for item in page.data.iter().filter(|item| item.state == ItemState::Accepted) {
            let Some(correction) = &item.correction else { continue };
            let trace = client.call::<GetTrace>(&TracePath { trace_id: item.trace_id.clone() }).await?;
            let of = |field: &str| trace.request.get(field).and_then(Value::as_str).map(str::to_owned);
            if let (Some(agent), Some(version)) = (of("agent"), of("agent_version")) {
                let case = case(item, correction, trace.user.as_deref())?;
                cases.entry((agent, version)).or_default().push(case);
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(cases),
        }
    }
}

fn case(item: &DatasetItem, correction: &str, user: Option<&str>) -> Result<Case, Failure> {
    let id = format!("trace-{}", &item.trace_id[item.trace_id.len().saturating_sub(12)..]);
    let case = json!({
        "id": id, "input": item.question, "as_user": user, "expect": {"answer": without_marks(correction)},
        "tags": ["flywheel"], "must_pass": true,
    });
    Ok(serde_json::from_value(case)?)
}

/// Those cases that an agent's version fails, by a run of a suite of their own.
async fn still_failing(
    session: &Session,
    client: &Client,
    suite: &SuiteDefinition,
    (agent, version): (String, String),
    cases: Vec<Case>,
) -> Result<Vec<Case>, Failure> {
    let mut trial = suite.clone();
    trial.metadata.id = format!("{}-harvest", suite.metadata.id.chars().take(55).collect::<String>());
    trial.metadata.description = Some("Corrected answers, tried on the agent that gave them".into());
    trial.spec.cases = cases;
    let suite_id = trial.metadata.id.clone();
    let definition = serde_json::to_string(&trial)?;
    client
        .call::<PutSuite>(&PutSuiteRequest { suite_id: suite_id.clone(), definition, dry_run: false })
        .await?;
    let request =
        StartRunRequest { agent, suite: suite_id, version: Some(version), ..StartRunRequest::default() };
    let begun = client.call::<StartRun>(&request).await?;
    let run = follow::follow(session, client, &begun.run_id).await?;
    let fails = |case: &Case| {
        run.data.iter().any(|result| result.case_id == case.id && !result.passed && result.error.is_none())
    };
    Ok(trial.spec.cases.into_iter().filter(fails).collect())
}

/// A suite's text with more cases at its end.
fn with(text: &str, cases: &[Case]) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let place = find(&lines, &["spec", "cases"])?;
    let indent = lines[place.start + 1..place.end].iter().find_map(|line| indent(line))?;
    let added = shifted(&serde_yaml::to_string(cases).ok()?, indent);
    lines.splice(place.end..place.end, added);
    Some(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_added_at_the_end_and_comments_stay() {
        let text = "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {id: tiny-suite}\nspec:\n  cases:\n    # Ours\n    - id: one\n      \
                    input: Who?\n      expect: {facts: [we]}\n\n  # What all share\n  defaults: {as_user: a@example.org}\n";
        let case: Case = serde_json::from_value(json!({
            "id": "trace-1", "input": "How many: two?", "expect": {"answer": "Two."}, "must_pass": true,
        }))
        .unwrap();
        let changed = with(text, &[case]).unwrap();
        let suite = parsed(Path::new("s.yml"), &changed).unwrap();
        assert_eq!(suite.spec.cases.len(), 2, "{changed}");
        assert!(suite.spec.cases[1].must_pass && suite.spec.defaults.is_some());
        assert!(
            changed.starts_with(&text[..text.find("\n\n").unwrap()]) && changed.contains("# What all share")
        );
        let flow = "spec:\n  cases: [{id: one, input: Who?}]\n";
        assert_eq!(with(flow, &suite.spec.cases), None, "not in block style");
    }
}
