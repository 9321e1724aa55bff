//! Instructions that a model writes: proposals beforehand (Opsahl-Ong et al., 2024), and better ones from how a few cases
//! went (Agrawal et al., 2025). It is asked as an agent is: a call of the key, with the agent's rails, within the budget.

use super::lab::{Lab, Stop};
use super::outcome::{Outcome, SPEED};
use super::sql;
use crate::agents::Deployed;
use crate::error::Error;
use crate::evaluations::Question;
use crate::guardrails::has_placeholder;
use contract::agent::{AgentDefinition, ModelChoice, ModelSettings};
use contract::suite::{Case, Fact};
use contract::version;
use contract::wire::evaluations::CaseResult;
use contract::wire::prompts::Dimension;
use serde_json::json;
use std::fmt::Write;
use std::sync::Arc;

/// What a proposal should try, one each.
const TIPS: [&str; 6] = [
    "Keep them as short as they can be.",
    "Say step by step how to get from a question to an answer.",
    "Say what a good answer has, and what it never has.",
    "Say what to do with questions that can't be answered.",
    "Describe who asks and what they need.",
    "Be exact about the form of the answers.",
];

/// Cases that a proposal is shown.
const SHOWN: usize = 4;

/// Longest instructions that are taken, in bytes.
const LONGEST: usize = 16 * 1024;

/// Characters of an answer that the writer reads.
const READ: usize = 1500;

const TASK: &str = "You improve the instructions of an assistant. You are shown its present instructions, and questions \
    with what it answered, what was expected and how it scored. Write better instructions, which help with questions of \
    the same kind that you are not shown: don't repeat the questions or their answers. Keep what the present instructions \
    demand. Answer with the new instructions only, between two lines of three backquotes.";

/// Adds proposed instructions to what is searched.
///
/// # Errors
/// If the search can't go on.
pub(super) async fn proposals(lab: &mut Lab) -> Result<(), Stop> {
    if !lab.search.plan.searches(Dimension::Instructions) {
        return Ok(());
    }
    for tip in TIPS {
        let mut cases = lab.parts.train.clone();
        lab.random.shuffle(&mut cases);
        cases.truncate(SHOWN);
        write(lab, 0, &cases, tip).await?;
    }
    Ok(())
}

/// Better instructions for a candidate by how it did at some cases: their place among what is searched, if any were written.
///
/// # Errors
/// If the search can't go on.
pub(super) async fn reflection(
    lab: &mut Lab,
    candidate: usize,
    cases: &[usize],
) -> Result<Option<usize>, Stop> {
    write(lab, candidate, cases, "Mend what went wrong here, without breaking what went well.").await
}

async fn write(lab: &mut Lab, candidate: usize, cases: &[usize], tip: &str) -> Result<Option<usize>, Stop> {
    let Some(model) = lab.search.plan.writer.clone() else { return Ok(None) };
    let present = lab.space.instructions_at(lab.candidates[candidate].point).to_owned();
    let mut text = format!("Present instructions:\n```\n{present}\n```\n");
    for case in cases {
        if let Some(result) = lab.result(candidate, *case) {
            tell(&mut text, lab.case(*case), result);
        }
    }
    // Writing to a string can't fail.
    let _ = write!(text, "\n{tip}");
    let key = format!("write/{}", version::of(&json!([TASK, model, text])).map_err(Error::from)?);
    let outcome = match lab.calls.get(&key).and_then(|kept| kept.outcome.clone()) {
        Some(outcome) => outcome,
        None => {
            let outcome = ask(lab, &key, model, &text).await?;
            lab.keep(key, outcome.clone());
            outcome
        }
    };
    let Outcome::Written { text: Some(written), .. } = outcome else { return Ok(None) };
    Ok(instructions(&written, &present).map(|written| lab.space.take(written)))
}

async fn ask(lab: &Lab, key: &str, model: String, text: &str) -> Result<Outcome, Stop> {
    if lab.is_late() || !lab.purse.has_calls(1) {
        return Err(Stop::Spent);
    }
    let (app, search) = (&lab.app, &lab.search);
    sql::begin_call(&app.db, search, key).await?;
    let definition = writer(&lab.candidates[0].agent.definition, model);
    let agent =
        Deployed { version: definition.version().map_err(Error::from)?, definition: Arc::new(definition) };
    let question = Question::plain(&agent, text);
    let asked = lab.bench.asker.ask(app, &question).await?;
    let text = match asked.result {
        Ok(answered) => Some(answered.answer.answer),
        // A writer that fails, or that a rail stops, writes nothing.
        Err(error) => {
            tracing::info!(optimisation = search.id, %error, "no instructions were written");
            None
        }
    };
    let outcome = Outcome::Written { text, tokens: asked.tokens, cost: asked.cost };
    sql::end_call(&app.db, search, key, &outcome).await?;
    Ok(outcome)
}

/// The agent with the writer's task: its rails and its owner, none of its knowledge.
fn writer(agent: &AgentDefinition, model: String) -> AgentDefinition {
    let mut definition = agent.clone();
    let settings = ModelSettings { temperature: Some(1.0), ..ModelChoice::Name(model).settings() };
    let spec = &mut definition.spec;
    spec.model = ModelChoice::Settings(settings);
    spec.instructions = Some(TASK.to_owned());
    spec.examples.clear();
    (spec.knowledge, spec.access, spec.evaluation) = (None, None, None);
    spec.tools.clear();
    definition
}

/// How a case went.
fn tell(text: &mut String, case: &Case, result: &CaseResult) {
    let cut = |text: &str| text.chars().take(READ).collect::<String>();
    // How long it took differs each time, and the same answers should lead to the same search.
    let scores = result.scores.iter().filter(|(name, _)| *name != SPEED);
    let scores: Vec<String> =
        scores.filter_map(|(name, score)| Some(format!("{name} {:.2}", (*score)?))).collect();
    let answer = match &result.error {
        Some(error) => format!("none, as the call failed: {error}"),
        None => cut(&result.answer),
    };
    // Writing to a string can't fail.
    let _ = write!(
        text,
        "\nQuestion: {}\nAnswer: {answer}\nExpected: {}\nIt {}: {}.\n",
        cut(&case.input),
        cut(&expected(case)),
        if result.passed { "passed" } else { "failed" },
        scores.join(", ")
    );
}

fn expected(case: &Case) -> String {
    let expect = &case.expect;
    if expect.refusal == Some(true) {
        return "to decline".into();
    }
    let mut parts: Vec<String> =
        expect.answer.iter().flat_map(|answer| answer.as_slice().iter().take(1).cloned()).collect();
    for fact in &expect.facts {
        parts.push(match fact {
            Fact::Text(text) => format!("the fact: {text}"),
            Fact::AnyOf(texts) => format!("one of the facts: {}", texts.join("; ")),
            Fact::Pattern { regex } => format!("what matches {regex}"),
            Fact::Equals { equals } => format!("exactly: {equals}"),
            Fact::Contains { contains } => format!("the very words: {contains}"),
            Fact::JsonSchema { .. } => "JSON of the form that is asked for".to_owned(),
            Fact::Number { number, .. } => format!("the number {number}"),
            Fact::Date { date } => format!("the date {date}"),
        });
    }
    parts.extend(expect.citations.iter().map(|citation| format!("a citation of {}", citation.doc_id)));
    parts.extend(expect.never.iter().map(|never| format!("never: {never}")));
    if parts.is_empty() { "nothing in particular".into() } else { parts.join("; ") }
}

/// The instructions in what was written, if they are any, and other than the present ones.
fn instructions(written: &str, present: &str) -> Option<String> {
    let text = match written.split_once("```") {
        None => written,
        Some((_, rest)) => {
            // The first line may name a language.
            let (_, rest) = rest.split_once('\n')?;
            rest.rsplit_once("```").map_or(rest, |(inside, _)| inside)
        }
    };
    let text = text.trim();
    let is_usable =
        !text.is_empty() && text.len() <= LONGEST && text != present.trim() && !has_placeholder(text);
    is_usable.then(|| format!("{text}\n"))
}

#[cfg(test)]
mod tests {
    use super::instructions;

    #[test]
    fn instructions_are_what_stands_between_the_lines() {
        let written = "Here they are:\n```text\nAnswer briefly.\nCite.\n```\nGood luck!";
        assert_eq!(instructions(written, "").as_deref(), Some("Answer briefly.\nCite.\n"));
        assert_eq!(instructions("Answer briefly.", "").as_deref(), Some("Answer briefly.\n"));
        assert_eq!(instructions("```\nAnswer\n```", " Answer"), None);
        assert_eq!(instructions("``````", ""), None);
        assert_eq!(instructions("Write to [EMAIL_1].", ""), None);
    }
}
