//! `wrong-type`: a value of a type that the field doesn't take.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::node::{Content, Node};
use crate::check::text::{Text, shown};

pub(crate) const RULE: Rule = Rule {
    id: "wrong-type",
    severity: Severity::Error,
    explanation: "Each field takes values of certain types. YAML reads an unquoted 2.1 as a number and true as a \
                  boolean, so text that looks like one needs quotes.",
    mend: "Write a value of the type that is named; put a text that looks like a number in quotes.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  knowledge: {collections: [hr-policies], required: yes}
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: None,
};

/// The finding for a value, given what may stand there.
pub(crate) fn found(text: &Text, path: &str, node: &Node, expected: &[&str]) -> Finding {
    if path.is_empty() {
        let help =
            "begin the file with `apiVersion: katonic/v1` and `kind: Agent` or `kind: EvalSuite`".to_owned();
        let message = format!("the file must be a mapping, not {}", kind_of(&node.content));
        return text.finding(&RULE, &node.span, message, help);
    }
    let message =
        format!("`{}` must be {}, not {}", shown(path), expected.join(" or "), kind_of(&node.content));
    let written = text.text.get(node.span.clone()).unwrap_or_default().trim();
    let help = mend(&node.content, expected, &shown(written));
    // What the help quotes as a whole value to write is what a machine can write.
    let replacement = replacement(&node.content, expected, written);
    let fix = replacement
        .map(|replacement| text.fix(&(node.span.start..node.span.start + written.len()), replacement));
    text.finding(&RULE, &node.span, message, help).or_fix(fix)
}

/// The finding for a file that fits its schema and still can't be read as its model.
pub(crate) fn unreadable(text: &Text, said: &str) -> Finding {
    let message = format!("the file can't be read: {}", shown(said));
    text.finding(&RULE, &(0..0), message, "compare it with the schema of its kind".to_owned())
}

/// What was meant, where it is plain: a text that YAML took for something else, or the other way round.
fn replacement(content: &Content, expected: &[&str], written: &str) -> Option<String> {
    let takes = |word: &str| expected.contains(&word);
    let bare = written.trim_matches(['"', '\'']);
    match content {
        Content::Boolean(_) | Content::Integer(_) | Content::Float(_) if takes("text") => {
            Some(format!("\"{written}\""))
        }
        Content::Text(text) if takes("true or false") => match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => Some("true".to_owned()),
            "no" | "off" | "n" | "false" => Some("false".to_owned()),
            _ => None,
        },
        Content::Text(text) if bare == text && (takes("a number") || takes("a whole number")) => {
            let whole = text.parse::<u64>().is_ok();
            let number = whole || (takes("a number") && text.parse::<f64>().is_ok_and(f64::is_finite));
            number.then(|| bare.to_owned())
        }
        Content::Text(text) if expected == ["a list"] && bare == text && !text.contains(['[', ']', ',']) => {
            Some(format!("[{written}]"))
        }
        _ => None,
    }
}

fn kind_of(content: &Content) -> &'static str {
    match content {
        Content::Null => "empty",
        Content::Boolean(_) => "true or false",
        Content::Integer(_) | Content::Float(_) => "a number",
        Content::Text(_) => "text",
        Content::List(_) => "a list",
        Content::Mapping(_) => "a mapping",
    }
}

fn mend(content: &Content, expected: &[&str], written: &str) -> String {
    let takes = |word: &str| expected.contains(&word);
    let scalar = matches!(content, Content::Boolean(_) | Content::Integer(_) | Content::Float(_));
    let duration = expected.iter().any(|word| word.starts_with("a duration"));
    match content {
        Content::Null => "give it a value, or remove the field".to_owned(),
        _ if duration => "write a whole number and s, m, h or d, such as 7d".to_owned(),
        _ if scalar && takes("text") => format!("put it in quotes: \"{written}\""),
        Content::Text(text) if takes("true or false") => match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" => "write `true`".to_owned(),
            "no" | "off" | "n" => "write `false`".to_owned(),
            _ => "write `true` or `false`, without quotes".to_owned(),
        },
        Content::Text(text) if text.parse::<f64>().is_ok() && !takes("a list") => {
            "remove the quotes".to_owned()
        }
        Content::Text(_) if takes("a list") => format!("write a list: [{written}]"),
        Content::Float(_) if takes("a whole number") => "write it without a fraction".to_owned(),
        _ => format!("replace it by {}", expected.join(" or ")),
    }
}
