//! `katonic chat`: a question, or a conversation.

use crate::client::Client;
use crate::failure::{Answer, Exit, Failure};
use crate::output::{chat, clean};
use crate::session::Session;
use clap::Args;
use contract::catalogue;
use contract::wire::chat::{ChatAnswer, ChatRequest, ChatStatus, Message};
use futures::StreamExt;
use std::io::{IsTerminal, stdin};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

/// Talks to an agent.
#[derive(Debug, Args)]
pub(crate) struct Chat {
    /// The agent
    agent: String,
    /// What to say; without it standard input, or a conversation on a terminal
    message: Option<String>,
    /// Where the agent is live
    #[arg(long, value_name = "ENV", value_parser = ["test", "prod"])]
    env: Option<String>,
    /// Show the answer when it is whole
    #[arg(long)]
    no_stream: bool,
}

pub(super) async fn run(session: &Session, args: Chat) -> Result<Answer, Failure> {
    let client = session.client_for_person()?;
    let message = match &args.message {
        Some(message) => message.clone(),
        None if stdin().is_terminal() => return converse(session, &client, &args).await,
        None => {
            let mut text = String::new();
            let read = tokio::io::stdin().read_to_string(&mut text).await;
            read.map_err(|error| Failure::usage(format!("Standard input can't be read: {error}")))?;
            text
        }
    };
    if message.trim().is_empty() {
        return Err(
            Failure::usage("There is no message").hint("Write it behind the agent's name, or pipe it in.")
        );
    }
    let answer = ask(session, &client, &args, vec![Message::new("user", message)]).await?;
    Ok(Answer::of(answer.status != ChatStatus::Blocked))
}

async fn converse(session: &Session, client: &Client, args: &Chat) -> Result<Answer, Failure> {
    session.output.aside("An empty line ends the conversation.");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut messages = Vec::new();
    loop {
        session.output.prompt("> ");
        let line = lines.next_line().await.map_err(|error| Failure::usage(error.to_string()))?;
        let Some(line) = line.filter(|line| !line.trim().is_empty()) else { return Ok(Answer::Yes) };
        messages.push(Message::new("user", line));
        match ask(session, client, args, messages.clone()).await {
            Ok(answer) => messages.push(Message::new("assistant", answer.answer)),
            // What a rail blocks, or a limit refuses, is said and left out; the conversation goes on.
            Err(failure) if matches!(failure.exit, Exit::No | Exit::Limited) => {
                session.output.failure(&failure);
                messages.pop();
            }
            Err(failure) => return Err(failure),
        }
    }
}

async fn ask(
    session: &Session,
    client: &Client,
    args: &Chat,
    messages: Vec<Message>,
) -> Result<ChatAnswer, Failure> {
    let output = &session.output;
    let request = ChatRequest {
        agent_id: args.agent.clone(),
        messages,
        session_id: None,
        stream: !args.no_stream && !output.wants_json(),
        environment: args.env.clone(),
        metadata: None,
    };
    if request.stream {
        return stream(session, client, &request).await;
    }
    let answer = client.call::<catalogue::Chat>(&request).await?;
    if output.wants_json() {
        output.json(&answer)?;
    } else {
        output.result(&clean(&answer.answer))?;
        chat::conclude(output, &answer)?;
    }
    Ok(answer)
}

async fn stream(session: &Session, client: &Client, request: &ChatRequest) -> Result<ChatAnswer, Failure> {
    let mut events = client.stream::<catalogue::Chat>(request).await?;
    while let Some(event) = events.next().await {
        if let Some(answer) = chat::show(&session.output, event?)? {
            session.output.result("")?;
            chat::conclude(&session.output, &answer)?;
            return Ok(answer);
        }
    }
    Err(Failure::new(Exit::Unavailable, "The answer broke off before its end").hint("Ask again."))
}
