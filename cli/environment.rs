//! What the environment says: the only reader of environment variables.

use crate::tls::Tls;
use secrecy::SecretString;
use std::env;
use std::path::PathBuf;

/// The variable by which a shell's completions ask.
pub(crate) const COMPLETE: &str = "KATONIC_COMPLETE";

/// The variables that the command line reads.
pub(crate) struct Environment {
    /// `KATONIC_HOME`.
    pub(crate) home: Option<PathBuf>,
    /// Where everything lies without it: `~/.katonic`.
    pub(crate) default_home: Option<PathBuf>,
    /// `KATONIC_URL`, else `KAT_URL`.
    pub(crate) url: Option<String>,
    /// `KATONIC_API_KEY`, else `KAT_KEY`.
    pub(crate) key: Option<SecretString>,
    /// `KATONIC_CA_FILE`, `KATONIC_CERT_FILE` and `KATONIC_CERT_KEY_FILE`.
    pub(crate) tls: Tls,
    /// `KATONIC_USER_EMAIL`.
    pub(crate) user: Option<String>,
    /// Whether `NO_COLOR`, `CI` or `TERM=dumb` ask for plain text.
    pub(crate) plain: bool,
    /// Whether GitHub Actions runs us.
    pub(crate) github: bool,
    /// `KATONIC_COMPLETE`: the shell that asks what may stand next, on each TAB.
    pub(crate) complete: Option<String>,
    /// `COLUMNS`: how wide tables may be where there is no terminal to ask.
    pub(crate) columns: Option<u16>,
    /// `PATH`: where shells look for commands.
    pub(crate) path: Vec<PathBuf>,
    /// `GITHUB_STEP_SUMMARY`: the file that the step's summary goes to.
    pub(crate) step_summary: Option<PathBuf>,
}

impl Environment {
    /// Reads the process's environment.
    pub(crate) fn read() -> Self {
        let mut environment = Self::of(|name| env::var(name).ok());
        environment.default_home = env::home_dir().map(|home| home.join(".katonic"));
        environment
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let yes = |name: &str| set(name).is_some_and(|value| value != "false" && value != "0");
        Self {
            home: set("KATONIC_HOME").map(PathBuf::from),
            default_home: None,
            url: set("KATONIC_URL").or_else(|| set("KAT_URL")),
            key: set("KATONIC_API_KEY").or_else(|| set("KAT_KEY")).map(SecretString::from),
            tls: Tls {
                ca: set("KATONIC_CA_FILE").map(PathBuf::from),
                cert: set("KATONIC_CERT_FILE").map(PathBuf::from),
                cert_key: set("KATONIC_CERT_KEY_FILE").map(PathBuf::from),
            },
            user: set("KATONIC_USER_EMAIL"),
            plain: set("NO_COLOR").is_some() || yes("CI") || set("TERM").is_some_and(|term| term == "dumb"),
            complete: set(COMPLETE),
            columns: set("COLUMNS").and_then(|columns| columns.parse().ok()),
            path: set("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
            github: yes("GITHUB_ACTIONS"),
            step_summary: set("GITHUB_STEP_SUMMARY").map(PathBuf::from),
        }
    }
}

#[cfg(test)]
impl Environment {
    /// An environment of these variables only.
    pub(crate) fn with(variables: &[(&str, &str)]) -> Self {
        Self::of(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn the_long_names_stand_over_the_short_ones() {
        let both = Environment::with(&[("KAT_URL", "http://short"), ("KATONIC_URL", "http://long")]);
        assert_eq!(both.url.as_deref(), Some("http://long"));
        let short = Environment::with(&[("KAT_URL", "http://short"), ("KATONIC_URL", "")]);
        assert_eq!(short.url.as_deref(), Some("http://short"));
    }

    #[test]
    fn ci_dumb_terminals_and_no_color_ask_for_plain_text() {
        for plain in [("CI", "true"), ("TERM", "dumb"), ("NO_COLOR", "1")] {
            assert!(Environment::with(&[plain]).plain, "{plain:?}");
        }
        for colourful in [("CI", "false"), ("TERM", "xterm"), ("NO_COLOR", "")] {
            assert!(!Environment::with(&[colourful]).plain, "{colourful:?}");
        }
    }
}
