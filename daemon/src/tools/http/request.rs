//! One tool that is a call over HTTP: where its arguments go.

use super::{Source, answer};
use crate::egress;
use crate::tools::{Bringing, Done, Tool, Wanted, check_shape};
use contract::wire::Object;
use contract::wire::tools::Risk;
use futures::FutureExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use serde_json::Value;
use std::sync::Arc;

/// What stands in a path as it is (RFC 3986, section 2.3: the unreserved).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a call's body is made of.
pub(super) enum Body {
    /// It has none.
    None,
    /// One argument.
    Argument(String),
    /// An object of all arguments that stand nowhere else.
    Rest,
}

pub(super) struct HttpTool {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) parameters: Value,
    pub(super) risk: Risk,
    pub(super) method: Method,
    /// Its address, with `{argument}` in its path.
    pub(super) url: String,
    /// Arguments that stand in the path, in the query, and in which headers.
    pub(super) path: Vec<String>,
    pub(super) query: Vec<String>,
    pub(super) argument_headers: Vec<String>,
    pub(super) body: Body,
    /// Headers that are always sent.
    pub(super) headers: Vec<(String, String)>,
    pub(super) source: Arc<Source>,
}

impl HttpTool {
    /// What a method can do at worst.
    pub(super) fn usual_risk(method: &str) -> Risk {
        if method == "DELETE" { Risk::Critical } else { Risk::High }
    }

    /// Itself, if it can be called at all.
    ///
    /// # Errors
    /// If its name is none that a model may call, or its address none that may be asked.
    pub(super) fn checked(self) -> Result<Self, String> {
        check_shape(&self.name, &self.parameters)?;
        let url = self.origin()?;
        self.source.egress.check(&url)?;
        let left = self.filled(|_| Ok("x".into()))?;
        if left.contains(['{', '}']) {
            return Err(format!("`{}` names an argument that there is not", self.url));
        }
        for (name, value) in &self.headers {
            header(name, value)?;
        }
        Ok(self)
    }

    /// What stands before the path: no argument reaches into it.
    fn origin(&self) -> Result<Url, String> {
        let wrong = || format!("`{}` is no address", self.url);
        let (scheme, rest) = self.url.split_once("://").ok_or_else(wrong)?;
        let host = rest.split('/').next().unwrap_or_default();
        if host.contains(['{', '}', '?', '#']) {
            return Err(format!("`{}` takes its host from an argument", self.url));
        }
        format!("{scheme}://{host}/").parse().map_err(|_| wrong())
    }

    /// The address with each argument of its path put in.
    fn filled(&self, value: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
        let mut url = self.url.clone();
        for name in &self.path {
            url = url.replace(&format!("{{{name}}}"), &value(name)?);
        }
        Ok(url)
    }

    fn request(&self, arguments: &Object) -> Result<Request, String> {
        let segment = |name: &str| {
            let text = arguments.get(name).and_then(plain).ok_or_else(|| format!("`{name}` is missing"))?;
            // A path that goes up would be another's.
            if matches!(text.as_str(), "" | "." | "..") {
                return Err(format!("`{name}` can't be a part of a path"));
            }
            Ok(utf8_percent_encode(&text, UNRESERVED).to_string())
        };
        let mut url: Url = self.filled(segment)?.parse().map_err(|_| "the address is none")?;
        let pairs: Vec<_> = self.query.iter().filter_map(|name| Some((name, arguments.get(name)?))).collect();
        for (name, value) in pairs {
            for text in each(value) {
                url.query_pairs_mut().append_pair(name, &text);
            }
        }
        if url.origin() != self.origin()?.origin() {
            return Err("the address left its host".into());
        }
        let mut request = self.source.egress.client().request(self.method.clone(), url);
        for (name, value) in &self.headers {
            let (name, value) = header(name, value)?;
            request = request.header(name, value);
        }
        for name in &self.argument_headers {
            if let Some(text) = arguments.get(name).and_then(plain) {
                let (name, value) = header(name, &text)?;
                request = request.header(name, value);
            }
        }
        if let Some((name, value)) = &self.source.token {
            request = request.header(name, value);
        }
        let request = match &self.body {
            Body::None => request,
            Body::Argument(name) => match arguments.get(name) {
                Some(body) => request.json(body),
                None => request,
            },
            Body::Rest => request.json(&self.rest(arguments)),
        };
        request.build().map_err(|error| egress::cause(&error))
    }

    fn rest(&self, arguments: &Object) -> Object {
        let elsewhere = |name: &String| {
            self.path.contains(name) || self.query.contains(name) || self.argument_headers.contains(name)
        };
        let rest = arguments.iter().filter(|(name, _)| !elsewhere(name));
        rest.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    async fn ask(&self, wanted: Wanted<'_>) -> Result<Done, String> {
        let response = self.source.egress.send(self.request(wanted.arguments)?).await?;
        Ok(Done::new(answer(response, self.source.most).await?))
    }
}

/// A value as it stands in an address.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Each value of a list by itself, as OpenAPI's `form` has it.
fn each(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(plain).collect(),
        value => plain(value).into_iter().collect(),
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let wrong = || format!("the header `{name}` has no such value");
    let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    Ok((key, HeaderValue::from_str(value).map_err(|_| wrong())?))
}

impl Tool for HttpTool {
    fn name(&self) -> &str {
        &self.name
    }

    fn description(&self) -> &str {
        &self.description
    }

    fn parameters(&self) -> Value {
        self.parameters.clone()
    }

    fn kind(&self) -> &'static str {
        "http"
    }

    fn risk(&self) -> Risk {
        self.risk
    }

    fn is_for(&self, team: &str) -> bool {
        self.source.team.as_deref().is_none_or(|owner| owner == team)
    }

    fn call<'a>(&'a self, wanted: Wanted<'a>) -> Bringing<'a> {
        self.ask(wanted).boxed()
    }
}
