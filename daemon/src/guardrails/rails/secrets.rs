//! Rail `secrets`: credentials, told by their issuer's prefix, structure and checksum, or by name and entropy.

use super::{Policy, Rail, seen};
use crate::guardrails::pattern::{Family, Fault, Pattern};
use crate::guardrails::session::{Finding, Seen, Session, Subject};
use contract::agent::RailAction::{Block, Redact, Warn};
use contract::key::Secret;
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

static KINDS: [Kind; 54] = [
    kind("Katonic API key", r"\bkapi_(?:live|test)_[0-9a-f]{48}\b", ours),
    kind("Katonic operator token", r"\bkop_[0-9a-f]{48}\b", ours),
    kind("AWS access key", r"\bAKIA[A-Z2-7]{16}\b", random),
    kind("AWS access key", r"\bASIA[A-Z2-7]{16}\b", random),
    kind(
        "AWS secret key",
        concat!(
            r"(?i)\baws[ -~]{0,30}?(?:secret|key)(?u:[^A-Za-z0-9/+\n]{1,6})(?-i:(?<v>[A-Za-z0-9/+]{40}",
            r"))(?:(?u:[^A-Za-z0-9/+=])|$)",
        ),
        strong,
    ),
    kind("AWS Bedrock key", r"\bABSK[A-Za-z0-9+/]{109,269}={0,2}", strong),
    kind("AWS Bedrock key", r"\bbedrock-api-key-[A-Za-z0-9+/=]{20,}", random),
    kind("GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b", random),
    kind("GitHub token", r"\bgithub_pat_[A-Za-z0-9_]{82}\b", random),
    kind("GitLab token", r"\bgl(?:pat|ptt|dt|rt|ft|soat|cbt|imt|agent|oas)-[A-Za-z0-9_.-]{20,300}", random),
    kind("GitLab runner token", r"\bGR1348941[A-Za-z0-9_-]{20}\b", random),
    kind("Slack token", r"\bxox[abeoprs](?:\.xox[bp])?-[0-9A-Za-z-]{10,250}", digits_in),
    kind("Slack app token", r"(?i)\bxapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-z0-9]{20,}", random),
    kind(
        "Slack webhook",
        r"\bhooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{40,60}",
        random,
    ),
    kind("Stripe key", r"\b(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{16,99}\b", random),
    kind("OpenAI key", r"\bsk-[A-Za-z0-9_-]{16,100}T3BlbkFJ[A-Za-z0-9_-]{16,100}", random),
    kind("OpenAI key", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,200}", not_anthropic),
    kind("Anthropic key", r"\bsk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{80,110}", strong),
    kind("Google API key", r"\bAIza[A-Za-z0-9_-]{35}", strong),
    kind("Google OAuth secret", r"\bGOCSPX-[A-Za-z0-9_-]{28}", random),
    kind("Google service account", r#""private_key_id"\s*:\s*"(?<v>[0-9a-f]{40})""#, random),
    kind("Azure storage key", r"(?i)\bAccountKey\s*=\s*(?<v>[A-Za-z0-9+/]{86}==)", strong),
    kind(
        "Azure client secret",
        r"(?:^|(?u:[^A-Za-z0-9~._-]))(?<v>[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})",
        random,
    ),
    kind("npm token", r"\bnpm_[A-Za-z0-9]{36}\b", random),
    kind("PyPI token", r"\bpypi-AgEI[A-Za-z0-9_-]{50,1000}", random),
    kind("RubyGems key", r"\brubygems_[0-9a-f]{48}\b", random),
    kind("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", random),
    kind("Twilio key", r"\bSK[0-9a-f]{32}\b", random),
    kind("Mailgun key", r"\bkey-[0-9a-f]{32}\b", random),
    kind("Mailchimp key", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b", random),
    kind("Shopify token", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b", random),
    kind("Square token", r"\bsq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,60}", random),
    kind("Hugging Face token", r"\bhf_[A-Za-z]{34}\b", random),
    kind("Hugging Face token", r"\bapi_org_[A-Za-z]{34}\b", random),
    kind("DigitalOcean token", r"\bdo[opr]_v1_[0-9a-f]{64}\b", random),
    kind("HashiCorp token", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}", random),
    kind("Vault token", r"\bhv[sbr]\.[A-Za-z0-9_-]{90,300}", random),
    kind("Databricks token", r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b", random),
    kind("Grafana token", r"\bgl(?:c_[A-Za-z0-9+/]{32,400}={0,2}|sa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8})", strong),
    kind("Fly.io token", r"\b(?:fo1_[A-Za-z0-9_-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{100,}={0,3})", strong),
    kind("1Password token", r"\bops_eyJ[A-Za-z0-9+/]{250,}={0,3}", strong),
    kind(
        "1Password secret key",
        r"\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}\b",
        strong,
    ),
    kind("Notion token", r"\bntn_[0-9]{11}[A-Za-z0-9]{35}\b", random),
    kind("Linear key", r"\blin_api_[A-Za-z0-9]{40}\b", random),
    kind("Postman key", r"\bPMAK-[0-9a-fA-F]{24}-[0-9a-fA-F]{34}\b", random),
    kind("Heroku key", r"\bHRKU-AA[A-Za-z0-9_-]{58}", random),
    kind("Meta token", r"\bEAA[MC][A-Za-z0-9]{100,}", strong),
    kind("OpenShift token", r"\bsha256~[A-Za-z0-9_-]{43}", random),
    kind(
        "JSON Web Token",
        r"\bey[A-Za-z0-9]{15,}\.ey[A-Za-z0-9_/\\-]{15,}\.(?:[A-Za-z0-9_/\\-]{10,}={0,2})?",
        random,
    ),
    kind(
        "private key",
        concat!(
            r"-----BEGIN[A-Z0-9 ]{0,40} PRIVATE KEY(?: BLOCK)?-----(?us:.){20,}?",
            r"(?:-----END[A-Z0-9 ]{0,40}-----|\z)",
        ),
        anything,
    ),
    kind(
        "password in a URL",
        concat!(
            r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[a-z0-9._~%!$&*+=-]{0,64}:(?<v>(?u:[^\s/@:'\x22<>{}$]){3,100}",
            r")@[a-z0-9\[][a-z0-9.:\]-]*",
        ),
        not_a_template,
    ),
    kind(
        "credential in a header",
        concat!(
            r"(?i)\bauthorization['\x22]?\s*[:=]\s*['\x22]?(?:(?:basic|bearer|token)\s+)?(?<v>",
            r"[a-z0-9+/_.~=-]{16,})",
        ),
        random,
    ),
    kind(
        "password of a command",
        concat!(
            r"\bcurl\s(?u:[^\n]){0,300}?\s(?:-u|--user)(?:\s+|=)(?u:['\x22]?[^\s:'\x22]{1,80}['\x22]?:",
            r"['\x22]?(?<v>[^\s'\x22]{4,100}))",
        ),
        not_a_template,
    ),
    kind(
        "named credential",
        concat!(
            r"(?i)(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_. -]?key|access[_. -]?key|",
            r"private[_. -]?key|auth[_. -]?key|apikey)[a-z0-9_]{0,20}['\x22]?\s{0,3}(?:=>|",
            r":{1,3}=|\?=|[:=]|\bis\b)\s{0,3}['\x22`]{0,2}(?<v>[!#-&*-~]{8,150})",
        ),
        named,
    ),
];

pub(super) static FAMILY: Family<Kind> = Family::new(2, &KINDS, |kind| &kind.pattern);

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

/// Shannon entropy in bits for each character (Shannon 1948, section 6).
fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let all = text.len().max(1) as f64;
    let share = |count: &u32| f64::from(*count) / all;
    counts.iter().filter(|count| **count > 0).map(|count| -share(count) * share(count).log2()).sum()
}

fn anything(_: &str) -> bool {
    true
}

/// Not a sample such as `xxxx…` or `1234…`: the thresholds are those of gitleaks' default rules.
fn random(text: &str) -> bool {
    entropy(text) >= 3.0
}

fn strong(text: &str) -> bool {
    entropy(text) >= 3.5
}

fn not_anthropic(text: &str) -> bool {
    !text.starts_with("sk-ant-") && strong(text)
}

fn digits_in(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 6 && entropy(text) >= 2.5
}

fn ours(text: &str) -> bool {
    Secret::parse(text).is_some()
}

fn not_a_template(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    !["password", "pass", "passwd", "pwd", "secret", "token"].contains(&lower.as_str())
        && !lower.starts_with("xxx")
        && !text.contains(['$', '{', '<'])
}

/// What is assigned to a name such as `api_key`: random enough, with letters and digits, and no code or sample.
fn named(text: &str) -> bool {
    let value = text.trim_end_matches([',', ';', '.', ')', '}', ']', '`', '>', '\\']);
    let lower = value.to_ascii_lowercase();
    let letters = value.bytes().any(|b| b.is_ascii_alphabetic());
    let digits = value.bytes().any(|b| b.is_ascii_digit());
    let code = value.contains(['(', '{', '[', '<']) || value.starts_with(['$', '%']) || value.contains("://");
    let sample =
        ["example", "your", "changeme", "placeholder", "redacted", "xxxx", "secret_", "0123456", "abcdef"];
    letters && digits && !code && !sample.iter().any(|word| lower.contains(word)) && entropy(value) >= 3.5
        || is_a_password(value, code)
}

/// Shorter than entropy can judge, but with all four kinds of characters.
fn is_a_password(value: &str, code: bool) -> bool {
    let has = |test: fn(&u8) -> bool| value.bytes().any(|b| test(&b));
    value.len() >= 8
        && !code
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_punctuation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::Phase;
    use crate::guardrails::rails::fixture::spans;
    use contract::key::Kind as KeyKind;

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
            format!("{}-ant-api03-{}", "sk", body(93)),
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
    fn an_encoded_credential_is_found_behind_its_encoding() {
        let hidden: String =
            format!("key={}_{}", "ghp", body(36)).bytes().map(|b| format!("%{b:02x}")).collect();
        assert_eq!(spans(&Secrets, Phase::Input, &format!("see {hidden}")), [("SECRET", hidden)]);
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(KINDS.iter().all(|kind| kind.pattern.get().is_ok()));
    }

    #[test]
    fn samples_prose_and_code_are_no_secrets() {
        for text in [
            "The password must have 12 characters; the token is renewed daily.",
            "api_key = os.environ['API_KEY']",
            "password: ${DB_PASSWORD}",
            "a sha256 of 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "kapi_live_000000000000000000000000000000000000000000000000",
        ] {
            assert_eq!(spans(&Secrets, Phase::Input, text), [], "{text}");
        }
    }
}
