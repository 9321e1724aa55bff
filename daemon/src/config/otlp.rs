//! Where spans are sent, as the file has it and the variables that OpenTelemetry's specification names.

use super::{ConfigError, wrong};
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// What a collector's traces are sent to, under its address (OTLP 1.9, "OTLP/HTTP Request").
const TRACES: &str = "/v1/traces";

/// Where spans are sent, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Otlp {
    /// The collector's address, to which `/v1/traces` is appended; without one, nothing is sent.
    #[serde(default)]
    endpoint: Option<String>,
    /// The whole address of its traces, which stands over the other.
    #[serde(skip)]
    traces_endpoint: Option<String>,
    /// Headers that go with every request, such as the one that holds the collector's key.
    #[serde(default)]
    pub headers: BTreeMap<String, SecretString>,
    /// What the spans' resource is called.
    pub service_name: String,
    /// Whether a call is left out whose client says that its trace is not recorded.
    pub respect_sampling: bool,
    /// How long spans may be gathered before they are sent, in milliseconds.
    pub delay_ms: u64,
    /// Calls whose spans may wait; past that, those of the newest are dropped.
    pub queue: usize,
}

impl Otlp {
    /// Where spans are sent; none where they are not.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let under = |endpoint: &String| format!("{}{TRACES}", endpoint.trim_end_matches('/'));
        self.traces_endpoint.clone().or_else(|| self.endpoint.as_ref().map(under))
    }

    /// Puts what the environment says over what the file does.
    ///
    /// # Errors
    /// If a list of headers is none.
    pub(super) fn complete(&mut self, variable: &impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        self.traces_endpoint = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        for name in ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"] {
            let Some(list) = variable(name) else { continue };
            // What is wrong in it may be a secret, and is not repeated.
            let headers =
                headers(&list).ok_or_else(|| wrong(name, "it is a list such as key1=value1,key2=value2"))?;
            self.headers.extend(headers);
        }
        Ok(())
    }
}

/// What of it the environment says in words that the file could say too.
pub(super) fn from_environment(variable: &impl Fn(&str) -> Option<String>) -> Table {
    let fields = [("endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT"), ("service_name", "OTEL_SERVICE_NAME")];
    let fields =
        fields.into_iter().filter_map(|(field, name)| Some((field.to_owned(), variable(name)?.into())));
    fields.collect::<toml::map::Map<String, Value>>()
}

/// The headers of a list like that of W3C's Baggage: values may be percent-encoded.
fn headers(list: &str) -> Option<BTreeMap<String, SecretString>> {
    let members = list.split(',').map(str::trim).filter(|member| !member.is_empty());
    let header = |member: &str| {
        let (name, value) = member.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?.into_owned();
        Some((name.trim().to_ascii_lowercase(), value.into()))
    };
    members.map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use secrecy::ExposeSecret;
    use std::fs;

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, super::ConfigError> {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("katonic.toml"), file).unwrap();
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        Config::load_with(home.path(), variable)
    }

    #[test]
    fn the_standard_variables_stand_over_the_file_and_that_of_traces_over_that_of_all_signals() {
        assert_eq!(load("", &[]).unwrap().otlp.address(), None);
        let file = "[otlp]\nendpoint = \"http://c:4318/\"\nheaders = { a = \"1\", b = \"2\" }\n";
        let otlp = load(file, &[("OTEL_SERVICE_NAME", "gateway")]).unwrap().otlp;
        assert_eq!(
            (otlp.address().unwrap().as_str(), otlp.service_name.as_str()),
            ("http://c:4318/v1/traces", "gateway")
        );
        let general = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://d:4318/otlp");
        let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://e/spans");
        let headers = ("OTEL_EXPORTER_OTLP_HEADERS", "b=Basic%20c2VjcmV0, c = 3");
        assert_eq!(load(file, &[general]).unwrap().otlp.address().unwrap(), "http://d:4318/otlp/v1/traces");
        let config = load(file, &[general, own, headers]).unwrap();
        assert_eq!(config.otlp.address().unwrap(), "http://e/spans");
        let values: Vec<&str> = config.otlp.headers.values().map(ExposeSecret::expose_secret).collect();
        assert_eq!(values, ["1", "Basic c2VjcmV0", "3"]);
        assert!(!format!("{config:?}").contains("c2VjcmV0"));
    }

    #[test]
    fn a_list_of_headers_that_is_none_is_refused_and_not_repeated() {
        let wrong = load("", &[("OTEL_EXPORTER_OTLP_HEADERS", "sk-secret")]).unwrap_err().to_string();
        assert!(wrong.contains("OTEL_EXPORTER_OTLP_HEADERS") && !wrong.contains("sk-secret"), "{wrong}");
    }
}
