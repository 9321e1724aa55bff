//! `secret-in-file`: a credential in a file that goes into version control and to a model.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::text::Text;
use crate::key::Secret;
use std::ops::Range;

pub(crate) const RULE: Rule = Rule {
    id: "secret-in-file",
    severity: Severity::Error,
    explanation: "Definitions are kept for ever and instructions are sent to a provider: no key may stand in either, \
                  not even in a comment.",
    mend: "Remove it, revoke it where it was issued, and keep the new one in a secret store: a file in git is never forgotten.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Sign in with AKIAZ7Z7Z7Z7Z7Z7Z7Z7 first.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    let texts = [Some(&document.text), document.attached.as_ref().map(|file| &file.text)];
    texts.into_iter().flatten().for_each(|text| scan(text, out));
}

fn scan(text: &Text, out: &mut Vec<Finding>) {
    for (span, what) in secrets(&text.text) {
        let help = "remove it, revoke it where it was issued, and keep the new one out of files".to_owned();
        out.push(text.finding(&RULE, &span, format!("{what} stands in the file"), help));
    }
}

/// What the first secret of a text is, if it has one.
pub(crate) fn first(text: &str) -> Option<&'static str> {
    secrets(text).next().map(|(_, what)| what)
}

/// A text in which every letter of a secret is a `*`: what stands where stays so.
#[must_use]
pub fn masked(text: &str) -> String {
    let spans: Vec<Range<usize>> = secrets(text).map(|(span, _)| whole(text, span)).collect();
    let hidden = |at: usize| spans.iter().any(|span| span.contains(&at));
    if spans.is_empty() {
        return text.to_owned();
    }
    // A letter is as wide as it was, in bytes, so that places in the text hold.
    let mask = |(at, c): (usize, char)| match c {
        '\n' | '\r' => c.to_string(),
        _ if hidden(at) => "*".repeat(c.len_utf8()),
        _ => c.to_string(),
    };
    text.char_indices().map(mask).collect()
}

/// A private key's block to its end; any other secret as it is.
fn whole(text: &str, span: Range<usize>) -> Range<usize> {
    let rest = text.get(span.start..).unwrap_or_default();
    if !rest.starts_with("-----BEGIN ") {
        return span;
    }
    let end = rest
        .find("-----END ")
        .map_or(rest.len(), |at| at + first_line(rest.get(at..).unwrap_or_default()).len());
    span.start..span.start + end
}

fn secrets(text: &str) -> impl Iterator<Item = (Range<usize>, &'static str)> {
    let blocks = text
        .match_indices("-----BEGIN ")
        .filter(|(start, _)| {
            text.get(*start..).is_some_and(|rest| first_line(rest).contains("PRIVATE KEY-----"))
        })
        .map(|(start, _)| {
            (start..start + first_line(text.get(start..).unwrap_or_default()).len(), "a private key")
        });
    let apart = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let mut end = 0;
    let keys = text.split_inclusive(apart).filter_map(move |piece| {
        let start = end;
        end += piece.len();
        let word = piece.trim_end_matches(apart);
        let issuer = (word.len() >= 20).then(|| issuer(word)).flatten()?;
        Some((start..start + word.len(), issuer))
    });
    blocks.chain(keys)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Who issued a word that has the shape of a key. The shapes are those that the issuers document for secret scanners.
fn issuer(word: &str) -> Option<&'static str> {
    let after = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| word.strip_prefix(prefix));
    let plain =
        |rest: &str, length: usize| rest.len() == length && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    let upper = |rest: &str| rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if Secret::parse(word).is_some() {
        return Some("a key of this service");
    }
    if after(&["AKIA", "ASIA"]).is_some_and(|rest| plain(rest, 16) && upper(rest)) {
        return Some("an AWS access key");
    }
    if after(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]).is_some_and(|rest| plain(rest, 36)) {
        return Some("a GitHub token");
    }
    if after(&["github_pat_"]).is_some_and(|rest| rest.len() >= 40) {
        return Some("a GitHub token");
    }
    if after(&["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-"])
        .is_some_and(|rest| rest.len() >= 15 && has_digit(rest))
    {
        return Some("a Slack token");
    }
    if after(&["AIza"]).is_some_and(|rest| rest.len() == 35 && has_digit(rest)) {
        return Some("a Google API key");
    }
    after(&["sk-"]).filter(|rest| rest.split(['-', '_']).any(is_random)).map(|_| "a model provider's API key")
}

/// Whether a part of a word looks drawn at random: long, with letters and digits. `sk-learn-for-beginners` has no such part.
fn is_random(part: &str) -> bool {
    part.len() >= 16 && has_digit(part) && part.bytes().any(|b| b.is_ascii_alphabetic())
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Kind;

    #[test]
    fn keys_are_known_by_their_shape() {
        let own = Secret::generate(Kind::Live).unwrap();
        let random = "a1B2".repeat(12);
        let keys = [
            own.expose().to_owned(),
            format!("sk-proj-{random}"),
            format!("AKIA{}", "Z7".repeat(8)),
            format!("ghp_{}", &random[..36]),
            format!("xoxb-{}", &random[..24]),
            format!("-----BEGIN RSA {} KEY-----", "PRIVATE"),
        ];
        for key in keys {
            assert!(first(&format!("use \"{key}\" here")).is_some(), "{key}");
        }
    }

    #[test]
    fn what_only_begins_like_a_key_is_none() {
        let typo = format!("kapi_live_{}", "0".repeat(48));
        for text in ["sk-learn-is-a-library-for-python", "ghp_short", "sk-xxxxxxxxxxxxxxxxxxxxxxxx", &typo] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
