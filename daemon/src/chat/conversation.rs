//! A long conversation within a bound of tokens: the last messages as they are, and of those before them what was asked.

use crate::providers::{sentences, tokens};
use contract::wire::chat::Message;

/// What part of the tokens may tell of the messages that are left out: one in so many.
const SUMMARY: u64 = 4;

/// The messages that a model is given of a conversation, so many tokens at most, of which the last message may take more.
/// Of those before, the questions are told by their first sentences, the last ones rather than the first.
pub(super) async fn within(model: &str, messages: Vec<Message>, most: u64) -> Vec<Message> {
    // A token is a byte at least.
    if messages.iter().map(|message| message.text().len() as u64).sum::<u64>() <= most {
        return messages;
    }
    let mut counts = Vec::with_capacity(messages.len());
    for message in &messages {
        counts.push(tokens::count(model, message.text()).await);
    }
    if counts.iter().sum::<u64>() <= most {
        return messages;
    }
    let (for_summary, mut left) = (most / SUMMARY, most - most / SUMMARY);
    let fits = |count: &&u64| {
        let fits = **count <= left;
        left = left.saturating_sub(**count);
        fits
    };
    let kept = counts.iter().rev().take_while(fits).count().max(1);
    let (before, last) = messages.split_at(messages.len() - kept);
    let summary = summary(model, before, for_summary).await.map(|text| Message::new("user", text));
    summary.into_iter().chain(last.iter().cloned()).collect()
}

async fn summary(model: &str, messages: &[Message], most: u64) -> Option<String> {
    let (mut asked, mut used) = (Vec::new(), 0);
    for message in messages.iter().rev().filter(|message| message.role == "user") {
        let text = message.text();
        let first = sentences::sentences(&text).into_iter().next().map_or(text, |sentence| sentence.text);
        let line = format!("- {}", first.trim());
        used += tokens::count(model, line.clone()).await;
        if used > most {
            break;
        }
        asked.push(line);
    }
    asked.reverse();
    (!asked.is_empty()).then(|| format!("Earlier in this conversation I asked:\n{}", asked.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(turns: usize) -> Vec<Message> {
        let turn = |n: usize| {
            let question = format!("What is rule {n}? {}", "I need it for a form. ".repeat(4));
            [Message::new("user", question), Message::new("assistant", "It is about leave. ".repeat(10))]
        };
        let mut messages: Vec<Message> = (1..=turns).flat_map(turn).collect();
        messages.pop();
        messages
    }

    async fn tokens_of(messages: &[Message]) -> u64 {
        let mut sum = 0;
        for message in messages {
            sum += tokens::count("m", message.text()).await;
        }
        sum
    }

    #[tokio::test]
    async fn a_short_conversation_stays_what_it_is() {
        let messages = conversation(3);
        let most = tokens_of(&messages).await;
        assert_eq!(within("m", messages.clone(), most).await, messages);
    }

    #[tokio::test]
    async fn of_a_long_one_the_end_stays_and_what_was_asked_before_is_told() {
        let messages = conversation(40);
        let given = within("m", messages.clone(), 400).await;
        assert!(tokens_of(&given).await <= 410, "the heading of the summary aside");
        assert_eq!(given[1..], messages[messages.len() - given.len() + 1..]);
        let summary = given[0].text();
        assert!(summary.starts_with("Earlier in this conversation I asked:\n- What is rule "), "{summary}");
        let next = messages.len().div_ceil(2) - (given.len() - 1).div_ceil(2);
        assert!(summary.ends_with(&format!("- What is rule {next}?")), "{summary}");
    }

    #[tokio::test]
    async fn the_last_message_is_given_whatever_its_length() {
        let messages = conversation(2);
        let given = within("m", messages.clone(), 4).await;
        assert_eq!(given.last(), messages.last());
    }
}
