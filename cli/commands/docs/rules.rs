//! The validator's rules, each with what it asks, an example that it finds something in, and what it says of it.

use super::Page;
use super::markdown::escaped;
use crate::commands::agents::{findings, weight};
use crate::session::Session;
use anstream::adapter::strip_str;
use contract::check::rules::{RULES, Rule};

pub(super) fn page(session: &Session) -> Page {
    let mut text = format!(
        "# The validator's rules\n\n`katonic agents validate` holds agents and suites to {} rules, without a daemon. \
         `katonic agents validate --explain RULE` prints what stands here. A finding of a rule that may be suppressed is let \
         stand by an entry of the file's `suppress`, with a reason.\n",
        RULES.len()
    );
    for rule in RULES {
        text.push_str(&one(session, rule));
    }
    Page::new("rules", "The validator's rules", text)
}

fn one(session: &Session, rule: &Rule) -> String {
    let mut text = format!("\n## {}\n\n*{}*\n\n{}\n", rule.id, weight(rule), escaped(rule.explanation),);
    let told = findings(session, rule);
    for (file, example) in rule.example {
        let language = if file.ends_with(".toml") { "toml" } else { "yaml" };
        let marker = match told.is_empty() {
            true => "not run: what breaks the rule is bytes that no page can show".to_owned(),
            false => format!("file: {file}, found by {}", rule.id),
        };
        text.push_str(&format!("\n<!-- {marker} -->\n\n```{language}\n{}\n```\n", example.trim_end()));
    }
    for finding in told {
        text.push_str(&format!("\n```text\n{}\n```\n", strip_str(&finding)));
    }
    text.push_str(&format!("\nTo mend it: {}\n", escaped(rule.mend)));
    text
}
