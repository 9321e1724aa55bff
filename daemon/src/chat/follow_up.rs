//! A question that leans on what was said before, as one that can be searched for by itself.

use super::Asked;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::guardrails::{Phase, Scene};
use crate::providers::{Ask, Operation, Plan, Reply, Route, tokens};
use contract::money::Usd;
use contract::wire::chat::Message;
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// Words that begin a question which goes on from another.
const OPENINGS: &[&str] = &[
    "and",
    "but",
    "or",
    "so",
    "then",
    "also",
    "otherwise",
    "what about",
    "how about",
    "und",
    "aber",
    "oder",
    "et",
    "mais",
    "ou",
    "y",
    "pero",
    "e",
    "ma",
    "en",
    "maar",
];

/// Words that stand for something said before.
const REFERRING: &[&str] = &[
    "it", "its", "they", "them", "their", "these", "those", "this", "he", "him", "his", "she", "her", "er",
    "ihn", "ihm", "dies", "diese", "dieser", "dieses", "davon", "dafür", "dazu", "dabei", "il", "elle",
    "ils", "elles", "celui", "celle", "cela", "ello", "ellos", "ellas", "esto", "eso", "estos", "esas",
    "questo", "quello",
];

/// A question of so few words says nothing by itself, such as "How long?".
const FEW: usize = 2;

/// Where the scripts begin that put no space between words (CJK): there one word may be a whole question.
const UNSPACED: char = '\u{2e80}';

/// Messages of a conversation that the model sees, and characters of each.
const SHOWN: usize = 8;
const SHOWN_CHARACTERS: usize = 800;

/// Tokens and characters of a rewritten question, at most: of a model that reasons, the first are for its thoughts too.
const MOST_TOKENS: u32 = 400;
const MOST_CHARACTERS: usize = 400;

/// How long the model may take; after that the rule does it.
const PATIENCE: Duration = Duration::from_secs(4);

const TASK: &str = "You are shown a conversation. Write its last question so that it can be understood without the rest: put \
    in what its words stand for, and add nothing else. Keep its language. Answer with the question alone.";

/// A question as it is searched for.
#[derive(Debug, PartialEq)]
pub(super) struct Rewritten {
    pub(super) query: String,
    /// Who wrote it: `model` or `rule`.
    pub(super) by: &'static str,
}

/// The last question of a conversation as one that stands alone: as the agent's model writes it, or by rule where there is
/// none, it fails, or a rail has something against what it writes. None where the question stands alone already.
pub(super) async fn rewrite(
    app: &App,
    context: &Context,
    asked: &Asked,
    messages: &[Message],
    scene: &Scene<'_>,
) -> Option<Rewritten> {
    let query = by_rule(messages)?;
    if let Route::Targets(plan) = &asked.route {
        let began = Instant::now();
        let written = timeout(PATIENCE, by_model(app, context, plan, messages)).await;
        let written = written.unwrap_or_else(|_| Err(Error::internal("the model took too long to rewrite")));
        let detail = written.as_ref().err().map(|error| json!({"error": error.code}));
        context.recorder.span("rewrite", began, detail);
        if let Ok(Some(query)) = written {
            let report = app.rails.check(Phase::Input, &query, scene);
            if report.blocked().is_none() {
                return Some(Rewritten { query: report.text, by: "model" });
            }
        }
    }
    Some(Rewritten { query, by: "rule" })
}

/// The last question that stood alone, and the one that leans on it: what is found has words of both.
fn by_rule(messages: &[Message]) -> Option<String> {
    let mut questions = messages.iter().rev().filter(|message| message.role == "user").map(Message::text);
    let last = questions.next().filter(|last| leans(last))?;
    let before: Vec<String> = questions.collect();
    let basis = before.iter().find(|question| !leans(question)).or(before.last())?;
    Some(format!("{basis} {last}"))
}

/// Whether a question can't be understood by itself, as far as its words tell.
fn leans(question: &str) -> bool {
    let lower = question.to_lowercase();
    let is_apart = |c: char| !c.is_alphanumeric() && c != '\'';
    let words: Vec<&str> = lower.split(is_apart).filter(|word| !word.is_empty()).collect();
    let spaced = words.join(" ") + " ";
    let begins = |opening: &&str| spaced.strip_prefix(opening).is_some_and(|rest| rest.starts_with(' '));
    let is_short =
        words.len() <= FEW && lower.trim_end().ends_with('?') && lower.chars().all(|c| c < UNSPACED);
    is_short || OPENINGS.iter().any(begins) || words.iter().any(|word| REFERRING.contains(word))
}

async fn by_model(
    app: &App,
    context: &Context,
    plan: &Plan,
    messages: &[Message],
) -> Result<Option<String>, Error> {
    let mut text = String::new();
    for message in messages.iter().skip(messages.len().saturating_sub(SHOWN)) {
        let said: String = message.text().chars().take(SHOWN_CHARACTERS).collect();
        text += &format!("{}: {said}\n", message.role);
    }
    let body = Map::from_iter([
        ("model".to_owned(), Value::from(plan.name.as_str())),
        (
            "messages".to_owned(),
            json!([{"role": "system", "content": TASK}, {"role": "user", "content": text}]),
        ),
        ("max_completion_tokens".to_owned(), MOST_TOKENS.into()),
    ]);
    let ask = Ask { operation: Operation::Chat, body: &body, stream: false, by: context.by() };
    let answered = app.providers.ask(plan, ask).await?;
    let Reply::Whole(answer) = answered.reply else { return Err(Error::internal("a stream of a question")) };
    let said = answer.pointer("/choices/0/message/content").and_then(Value::as_str).unwrap_or_default();
    let used = tokens::used(&answer, &answered.target.model, &body, said).await;
    let cost = answered.target.cost(&used).unwrap_or(Usd::ZERO);
    context.recorder.with(|record| record.add_usage(used.usage(cost)));
    let said = said.trim();
    let is_question = !said.is_empty() && !said.contains('\n') && said.chars().count() <= MOST_CHARACTERS;
    Ok(is_question.then(|| said.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(questions: &[&str]) -> Option<String> {
        let said = |question: &&str| [Message::new("user", *question), Message::new("assistant", "Yes [1].")];
        let mut messages: Vec<Message> = questions.iter().flat_map(said).collect();
        messages.pop();
        by_rule(&messages)
    }

    #[test]
    fn a_question_that_leans_on_another_is_searched_for_with_it() {
        let days = "How many sick days do I have?";
        for last in [
            "And in the second year?",
            "How long?",
            "Do they expire?",
            "What about interns?",
            "Und für Werkstudenten?",
        ] {
            assert_eq!(rule(&[days, last]), Some(format!("{days} {last}")));
        }
        let three = rule(&[days, "And in the second year?", "Do they expire?"]);
        assert_eq!(
            three,
            Some(format!("{days} Do they expire?")),
            "what stood alone, and not what leant itself"
        );
    }

    #[test]
    fn a_question_that_stands_alone_stays_what_it_is() {
        for last in
            ["What are the core hours?", "Who approves travel abroad?", "annual leave", "病假有多少天?"]
        {
            assert_eq!(rule(&["How many sick days do I have?", last]), None, "{last}");
        }
        assert_eq!(rule(&["And how long?"]), None, "there is nothing before it");
    }
}
