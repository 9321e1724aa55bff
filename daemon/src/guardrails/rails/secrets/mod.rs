//! Rail `secrets`: credentials, told by their issuer's prefix, structure and checksum, or by name and entropy.

mod issuers;
mod values;

use super::{Policy, Rail, seen};
use crate::guardrails::pattern::{Family, Fault, Pattern};
use crate::guardrails::session::{Finding, Seen, Session, Subject};
use contract::agent::RailAction::{Block, Redact, Warn};
use std::ops::Range;

/// See the head of this file.
pub(in crate::guardrails) struct Secrets;

/// How one kind of credential looks. The prefixes are the issuers' own, as their documentation gives them.
pub(super) struct Kind {
    issuer: &'static str,
    /// The credential; a group named `v`, where there is one, is what gets redacted.
    pattern: Pattern,
    accept: fn(&str) -> bool,
}

const fn kind(issuer: &'static str, source: &'static str, accept: fn(&str) -> bool) -> Kind {
    Kind { issuer, pattern: Pattern::new(source), accept }
}

pub(super) static FAMILY: Family<Kind> = Family::new(2, &issuers::KINDS, |kind| &kind.pattern);

impl Rail for Secrets {
    fn policy(&self) -> Policy {
        Policy { name: "secrets", input: (Redact, Warn), output: (Block, Redact) }
    }

    fn is_quiet(&self, subject: &Subject<'_>, _: &Session<'_>) -> bool {
        FAMILY.is_quiet(&subject.seen, subject.text.folded()) && subject.decoded.is_empty()
    }

    fn inspect(&self, subject: &Subject<'_>, _: &Session<'_>) -> Result<Vec<Finding>, Fault> {
        let mut findings = Vec::new();
        for (span, claim, issuer) in find(subject.text.folded(), &subject.seen)? {
            findings.push(Finding::new(span, "SECRET", issuer).claimed_by(claim));
        }
        for hidden in &subject.decoded {
            for (_, _, issuer) in find(&hidden.text, &seen(&hidden.text.to_lowercase()))? {
                findings.push(Finding::new(hidden.span.clone(), "SECRET", issuer));
            }
        }
        Ok(findings)
    }
}

type Found = (Range<usize>, Range<usize>, &'static str);

fn find(text: &str, seen: &Seen) -> Result<Vec<Found>, Fault> {
    let mut found = Vec::new();
    for possible in FAMILY.possible(seen) {
        let (kind, pattern) = possible?;
        for captures in pattern.captures_iter(text) {
            let Some(all) = captures.get(0) else { continue };
            let value = captures.name("v").unwrap_or(all);
            if (kind.accept)(value.as_str()) {
                found.push((value.range(), all.range(), kind.issuer));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::Phase;
    use crate::guardrails::rails::fixture::spans;
    use contract::key::{Kind as KeyKind, Secret};

    /// Assembled, so that no token stands here in the clear.
    fn body(length: usize) -> String {
        "Zq7xW2mK9pLr4TvB8nYd3Hc6FsJg5RtA".chars().cycle().take(length).collect()
    }

    #[test]
    fn credentials_are_found_with_their_exact_span() {
        let own = Secret::generate(KeyKind::Live).unwrap();
        let tokens = [
            own.expose().to_owned(),
            format!("{}{}", "AKIA", "Q3EGRB7XLW5ZKT2N"),
            format!("{}_{}", "ghp", body(36)),
            format!("{}-{}", "glpat", body(20)),
            format!("{}-{}-{}", "xoxb", "123456789012", body(24)),
            format!("{}_{}_{}", "sk", "live", body(24)),
            format!("{}-ant-api03-{}AA", "sk", body(93)),
            format!("{}{}", "AIza", body(35)),
            format!(
                "-----BEGIN {} KEY-----\nProc-Type: 4\n{}\n-----END {} KEY-----",
                "PRIVATE",
                body(64),
                "PRIVATE"
            ),
        ];
        for token in tokens {
            let found = spans(&Secrets, Phase::Input, &format!("Use {token} from now on"));
            assert!(found.contains(&("SECRET", token.clone())), "{} of {}", found.len(), &token[..5]);
        }
    }

    #[test]
    fn only_the_value_of_a_named_credential_or_a_url_is_a_secret() {
        let value = body(20);
        assert_eq!(spans(&Secrets, Phase::Input, &format!("api_key = \"{value}\"")), [("SECRET", value)]);
        let url = format!("postgres://app:{}@db.example.org/hr", "hunter2x");
        assert_eq!(spans(&Secrets, Phase::Input, &url), [("SECRET", "hunter2x".to_owned())]);
    }

    #[test]
    fn a_command_or_a_header_gives_its_password_away() {
        let secret = body(16);
        for text in [
            format!("curl --user kevin:'{secret}' -iX PATCH"),
            format!("curl -X POST \\\n  -u dev:{secret}"),
            format!("curl -u \"{secret}:\" https://a.example"),
            format!("Authorization: Token {secret}"),
            format!("Server=db;Uid=app;Password={secret};"),
            format!("SONAR_LOGIN := \"{}\"", body(40)),
            format!("hubspotKey: '{secret}'"),
            format!("credentials: {}", body(32)),
            format!("\"user_auth\": \"{}\"", body(32)),
            format!("curl -H 'Api-Token: {}' x", body(32)),
            format!("SIGNING_KEY={}", body(32)),
        ] {
            let found = spans(&Secrets, Phase::Input, &text);
            assert!(found.iter().any(|(_, value)| value.starts_with(&secret)), "{text}");
        }
        for text in [
            "curl -u \"$USER:$PASS\" x",
            "curl -u myusername x",
            "curl --user user:pass x",
            "Authorization: Basic abcdefgh",
        ] {
            assert_eq!(spans(&Secrets, Phase::Input, text), [], "{text}");
        }
    }

    #[test]
    fn what_only_begins_as_a_credential_is_none() {
        let google = format!("AIza{}", body(36));
        let published = format!("AIzaSy{}1234567", ('a'..='z').collect::<String>());
        for text in
            [google, published, format!("xoxb-{}-abcd234", "12345"), format!("sk-ant-api03-{}BB", body(93))]
        {
            assert_eq!(spans(&Secrets, Phase::Input, &text), [], "{}", &text[..6]);
        }
    }

    #[test]
    fn an_encoded_credential_is_found_behind_its_encoding() {
        let hidden: String =
            format!("key={}_{}", "ghp", body(36)).bytes().map(|b| format!("%{b:02x}")).collect();
        assert_eq!(spans(&Secrets, Phase::Input, &format!("see {hidden}")), [("SECRET", hidden)]);
    }

    #[test]
    fn every_pattern_compiles() {
        let broken = issuers::KINDS.iter().filter(|kind| kind.pattern.get().is_err());
        assert_eq!(broken.map(|kind| kind.issuer).collect::<Vec<_>>(), [] as [&str; 0]);
    }

    #[test]
    fn samples_prose_and_code_are_no_secrets() {
        for text in [
            "The password must have 12 characters; the token is renewed daily.",
            "api_key = os.environ['API_KEY']",
            "io.jsonwebtoken:jjwt-jackson-0.11.2",
            "tiktoken_rs::cl100k_base_singleton()",
            "password: ${DB_PASSWORD}",
            "a sha256 of 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "kapi_live_000000000000000000000000000000000000000000000000",
            "credentials: include, signing_key = load_signing_key(path_2024), auth: required",
            "user_key: primary-key-of-table-2",
        ] {
            assert_eq!(spans(&Secrets, Phase::Input, text), [], "{text}");
        }
    }
}
