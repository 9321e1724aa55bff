//! `http_request`: calls to hosts that the operator named.

use super::super::{Bringing, Done, Tool, Wanted, http};
use crate::config::Tools as Settings;
use crate::egress::{self, Egress};
use futures::FutureExt;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::{Value, json};
use std::time::Duration;

/// Headers that a call may send: none that lets in, names another host, or frames the request.
const HEADERS: [&str; 5] = ["accept", "accept-language", "content-type", "if-none-match", "idempotency-key"];

pub(super) struct HttpRequest {
    egress: Egress,
    is_configured: bool,
    most: usize,
}

impl HttpRequest {
    pub(super) fn new(settings: &Settings) -> Result<Self, String> {
        let allow = &settings.http_request.allow;
        let patience = Duration::from_secs(settings.timeout_seconds);
        let egress = Egress::new(Some(allow.clone()), settings.http_request.private_network, patience)?;
        Ok(Self { egress, is_configured: !allow.is_empty(), most: settings.most_result_bytes })
    }

    async fn ask(&self, wanted: Wanted<'_>) -> Result<Done, String> {
        let url = address(wanted.text("url"))?;
        self.egress.check(&url)?;
        let method = match wanted.text("method") {
            "" => Method::GET,
            name => Method::from_bytes(name.as_bytes()).map_err(|_| "there is no such method")?,
        };
        let headers = headers(wanted.arguments.get("headers"))?;
        let body = wanted.arguments.get("body").filter(|_| method != Method::GET);
        let request = self.egress.client().request(method, url).headers(headers);
        let request = match body {
            None => request,
            Some(Value::String(text)) => request.body(text.clone()),
            Some(body) => request.json(body),
        };
        let request = request.build().map_err(|error| egress::cause(&error))?;
        let response = self.egress.send(request).await?;
        Ok(Done::new(http::answer(response, self.most).await?))
    }
}

/// The address that is asked: exactly what the policy saw, as parsing takes `..`, tabs and the like away.
fn address(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|_| "the address is none")?;
    if url.as_str().trim_end_matches('/') == text.trim_end_matches('/') {
        Ok(url)
    } else {
        Err(format!("the address is to be written as it is asked: `{url}`"))
    }
}

fn headers(given: Option<&Value>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in given.and_then(Value::as_object).into_iter().flatten() {
        if !HEADERS.iter().any(|allowed| name.eq_ignore_ascii_case(allowed)) {
            return Err(format!("the header `{name}` is not sent; those that are: {}", HEADERS.join(", ")));
        }
        let wrong = || format!("the header `{name}` has no such value");
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default()).map_err(|_| wrong())?;
        headers.insert(HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?, value);
    }
    Ok(headers)
}

impl Tool for HttpRequest {
    fn name(&self) -> &str {
        "http_request"
    }

    fn description(&self) -> &str {
        "Calls an address of a host that the operator allows, and brings what it answers."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "url": {"type": "string", "maxLength": 2000, "description": "An http or https address"},
                "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "description": "GET by default"},
                "headers": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 1000}, "maxProperties": 5},
                "body": {"description": "Text, or JSON; not with GET"},
            },
            "required": ["url"],
            "additionalProperties": false,
        })
    }

    fn unavailable(&self, _: &str) -> Option<String> {
        (!self.is_configured).then(|| "it may reach no host: name some under [tools.http_request]".into())
    }

    fn call<'a>(&'a self, wanted: Wanted<'a>) -> Bringing<'a> {
        self.ask(wanted).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn only_the_address_that_a_policy_saw_is_asked() {
        for exact in ["https://api.example.org", "https://api.example.org/", "https://api.example.org/a?b=c"]
        {
            assert!(address(exact).is_ok(), "{exact}");
        }
        for other in [
            "https://api.example.org/public/../admin",
            "https://api.example.org/public/%2e%2e/admin",
            "https://api.example.org/ad\tmin",
            "https://api.example.org\\admin",
            " https://api.example.org/admin",
        ] {
            assert!(address(other).unwrap_err().contains("https://api.example.org/admin"), "{other}");
        }
    }
}
