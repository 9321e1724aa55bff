//! `katonic doctor`: what may be in the way, and how to mend it.

mod machine;

use crate::context::Context;
use crate::contexts;
use crate::failure::{Answer, Failure};
use crate::output::table::table;
use crate::process;
use crate::session::Session;
use ::daemon::Config;
use contract::admin::ListProviders;
use contract::wire::admin::ListProvidersQuery;
use jiff::Timestamp;
use serde::Serialize;

/// Seconds that this machine's clock and the daemon's may differ: limits, keys and signatures go by it.
const MOST_SKEW: u64 = 60;

/// What was found of one thing.
#[derive(Serialize)]
struct Finding {
    /// What was looked at.
    check: &'static str,
    /// `ok`, `warn` or `fail`.
    result: &'static str,
    detail: String,
    /// What to do.
    mend: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, result: "ok", detail: detail.into(), mend: None }
    }

    fn warn(check: &'static str, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, result: "warn", detail: detail.into(), mend: Some(mend.into()) }
    }

    fn fail(check: &'static str, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { result: "fail", ..Self::warn(check, detail, mend) }
    }
}

/// Looks at everything.
///
/// # Errors
/// If nobody reads it.
pub(super) async fn run(session: &Session) -> Result<Answer, Failure> {
    let config = Config::load(&session.home);
    let mut findings = vec![configuration(session, &config)];
    findings.extend(machine::files(session));
    findings.extend(config.as_ref().ok().map(machine::store));
    findings.push(keyring(session));
    findings.push(machine::path(session));
    findings.push(machine::completions(session));
    findings.push(context(session));
    findings.extend(daemon(session).await);
    let is_well = findings.iter().all(|finding| finding.result != "fail");
    session.output.either(&serde_json::json!({"ok": is_well, "checks": findings}), || {
        let rows = findings.iter().map(|finding| {
            let mark = match finding.result {
                "ok" => "✓",
                "warn" => "!",
                _ => "✗",
            };
            let mend = finding.mend.clone().unwrap_or_default();
            [mark.to_owned(), finding.check.to_owned(), finding.detail.clone(), mend]
        });
        table(["", "what", "is", "do"], rows)
    })?;
    Ok(Answer::of(is_well))
}

fn configuration(session: &Session, config: &Result<Config, impl ToString>) -> Finding {
    let file = session.home.join("katonic.toml");
    match config {
        Ok(_) if file.exists() => Finding::ok("configuration", format!("{} is sound", file.display())),
        Ok(_) => Finding::ok("configuration", "defaults: there is no katonic.toml"),
        Err(error) => Finding::fail("configuration", error.to_string(), format!("Mend {}", file.display())),
    }
}

fn keyring(session: &Session) -> Finding {
    let store = session.secret_store();
    match store.keyring_state() {
        None => Finding::ok("keyring", "not used: KATONIC_HOME keeps its keys in a file of its own"),
        Some(Ok(())) => Finding::ok("keyring", "the system's keyring keeps the keys"),
        Some(Err(why)) => {
            let detail = format!("none ({why}): keys are in {}", store.file().display());
            Finding::warn("keyring", detail, "Start a Secret Service, such as gnome-keyring, to have one")
        }
    }
}

fn context(session: &Session) -> Finding {
    let found = session
        .context_name()
        .and_then(|name| Ok((Context::load(&contexts::folder(&session.home, &name)?)?, name)));
    match found {
        Ok((Some(context), name)) => Finding::ok("context", format!("{name}: {}", context.url)),
        Ok((None, name)) => Finding::warn(
            "context",
            format!("{name}: no daemon is known"),
            "katonic sandbox, or katonic login",
        ),
        Err(failure) => Finding::fail("context", failure.message, failure.hint.unwrap_or_default()),
    }
}

async fn daemon(session: &Session) -> Vec<Finding> {
    let client = match session.client() {
        Ok(client) => client,
        Err(failure) => {
            return vec![Finding::fail("daemon", failure.message, failure.hint.unwrap_or_default())];
        }
    };
    let (url, began) = (client.url().to_owned(), Timestamp::now());
    let date = match client.date_of("/readyz").await {
        Ok(date) => date,
        Err(failure) => {
            let mend = if process::running(&session.home).is_some() {
                "katonic daemon logs"
            } else {
                "katonic sandbox"
            };
            return vec![Finding::fail("daemon", failure.message, mend)];
        }
    };
    let mut findings = vec![Finding::ok("daemon", format!("{url} is ready"))];
    if let Some(theirs) = date {
        findings.push(match theirs.duration_since(began).as_secs().unsigned_abs() {
            0..=MOST_SKEW => Finding::ok("clock", "agrees with the daemon's"),
            seconds => Finding::fail(
                "clock",
                format!("{seconds} s off the daemon's"),
                "Set this machine's clock (NTP)",
            ),
        });
    }
    findings.push(match client.call::<ListProviders>(&ListProvidersQuery::default()).await {
        Ok(page) => match page.data.iter().filter(|provider| provider.configured).count() {
            0 => Finding::warn(
                "providers",
                "no provider has a key: answers are extracts",
                "katonic providers add NAME",
            ),
            n => Finding::ok("providers", format!("{n} have a key")),
        },
        Err(failure) if failure.has_code("not_permitted") || failure.has_code("insufficient_scope") => {
            Finding::ok("providers", "not for this key to see")
        }
        Err(failure) => Finding::fail("providers", failure.message, failure.hint.unwrap_or_default()),
    });
    findings
}
