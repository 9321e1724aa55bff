//! E-mails (RFC 5322, MIME), with the messages and files that they carry.

use super::writer::Writer;
use super::{Content, DEEPEST, Format, Refusal, html, read_within};
use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

pub(super) const FORMAT: Format = Format { endings: &["eml"], is_marked, read };

/// A message begins with header fields, one of which is among those that only messages have.
fn is_marked(bytes: &[u8]) -> bool {
    let top = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let lines = top.lines().take_while(|line| !line.is_empty());
    let names = lines.filter(|line| !line.starts_with([' ', '\t'])).map(|line| {
        let name = line.split_once(':').map_or("", |(name, _)| name);
        if name.bytes().all(|byte| byte.is_ascii_graphic()) {
            name.to_ascii_lowercase()
        } else {
            String::new()
        }
    });
    let names: Vec<String> = names.collect();
    names.first().is_some_and(|first| !first.is_empty())
        && names
            .iter()
            .any(|name| matches!(name.as_str(), "received" | "message-id" | "mime-version" | "return-path"))
}

fn read(bytes: &[u8], depth: usize) -> Result<Content, Refusal> {
    let message =
        MessageParser::default().parse(bytes).ok_or_else(|| Refusal::Broken("it is no message".into()))?;
    of(&message, depth)
}

fn of(message: &Message<'_>, depth: usize) -> Result<Content, Refusal> {
    let mut writer = Writer::default();
    let subject = message.subject().unwrap_or_default();
    writer.heading(1, subject)?;
    writer.paragraph(&envelope(message))?;
    let plain: Vec<&str> = message.text_bodies().filter_map(|part| part.text_contents()).collect();
    let is_html = message.text_bodies().any(|part| part.is_text_html());
    if plain.is_empty() || is_html {
        for page in message.html_bodies().filter_map(|part| part.text_contents()) {
            writer.append(&html::of(page)?)?;
        }
    } else {
        for text in plain {
            writer.append(&super::read_markdown(text.to_owned()))?;
        }
    }
    for part in message.attachments() {
        let name = part.attachment_name().unwrap_or("message");
        let carried = match &part.body {
            _ if depth >= DEEPEST => Err(Refusal::TooLarge("it stands too deep in other messages".into())),
            PartType::Message(inner) => of(inner, depth + 1),
            _ => read_within(part.contents(), name.rsplit('.').next().unwrap_or_default(), depth + 1),
        };
        // What a message carries and can't be read, such as a logo, is no reason to refuse the message.
        match carried {
            Ok(content) => {
                writer.heading(2, name)?;
                writer.append(&content)?;
            }
            Err(refusal) => writer.paragraph(&format!("{name} ({refusal})"))?,
        }
    }
    Ok(writer.finish(None, None))
}

/// Who wrote to whom, and when.
fn envelope(message: &Message<'_>) -> String {
    let mut lines = Vec::new();
    for (name, address) in [("From", message.from()), ("To", message.to()), ("Cc", message.cc())] {
        if let Some(people) = address.map(people).filter(|people| !people.is_empty()) {
            lines.push(format!("{name}: {people}"));
        }
    }
    lines.extend(message.date().map(|date| format!("Date: {}", date.to_rfc3339())));
    lines.join("\n")
}

fn people(address: &Address<'_>) -> String {
    let people = address.iter().map(|person| match (person.name(), person.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    });
    people.collect::<Vec<_>>().join(", ")
}
