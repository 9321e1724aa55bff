//! One provider as it is called: where, in which flavour, and with which key.

use super::auth::Auth;
use super::catalogue::{self, Facts};
use super::flavours::{self, Flavour, Operation};
use crate::config::Provider;
use crate::error::{Error, Kind};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

/// A provider that can be called.
pub(crate) struct Upstream {
    /// Its id, as configuration and catalogue have it.
    pub(crate) name: String,
    pub(crate) flavour: &'static dyn Flavour,
    /// What the flavour's paths are appended to.
    pub(crate) base_url: String,
    pub(crate) auth: Auth,
    /// Headers that go with every call.
    pub(crate) headers: HeaderMap,
    /// The key that everybody uses who has none of their own.
    pub(crate) key: Option<SecretString>,
    /// Whether it stands in the file or the environment, beside any stored key.
    pub(crate) is_configured: bool,
    /// Whether it stands in the file.
    pub(crate) is_from_file: bool,
    has_responses: bool,
    /// The addresses of paths that were called.
    urls: RwLock<HashMap<String, Url>>,
}

/// Most addresses that are held; past that, all are forgotten.
const MOST_URLS: usize = 256;

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upstream({}, {})", self.name, self.base_url)
    }
}

impl Upstream {
    /// From what the configuration and the catalogue say.
    ///
    /// # Errors
    /// If the flavour is none of Katonic's, the address is not complete, or a header can't be sent.
    pub(crate) fn new(name: &str, settings: Option<&Provider>) -> Result<Self, Error> {
        let none = Provider::default();
        let facts = catalogue::provider(name);
        let (is_configured, settings) = (settings.is_some(), settings.unwrap_or(&none));
        let api = settings.api.as_deref().or(facts.map(|facts| facts.api.as_str())).unwrap_or("openai");
        let flavour = flavours::find(api).ok_or_else(|| {
            wrong(name, &format!("Katonic doesn't speak `{api}`; set `api` to the flavour that it speaks"))
        })?;
        let scheme = |part: fn(&Facts) -> Option<&str>| facts.and_then(part);
        let auth = settings.auth.as_deref().or(scheme(|facts| Some(&facts.auth))).unwrap_or("bearer");
        let header = settings.auth_header.as_deref().or(scheme(|facts| facts.auth_header.as_deref()));
        let base_url = settings.base_url.as_deref().or(scheme(|facts| facts.base_url.as_deref()));
        let base_url = base_url.ok_or_else(|| wrong(name, "its `base_url` is not known"))?;
        let base_url = fill(name, base_url, settings)?;
        Ok(Self {
            name: name.to_owned(),
            flavour,
            auth: Auth::new(auth, header, &base_url)
                .ok_or_else(|| wrong(name, &format!("no `auth` is called `{auth}`")))?,
            base_url,
            headers: headers(name, settings)?,
            key: settings.api_key.clone(),
            has_responses: settings.responses.unwrap_or(name == "openai" && settings.base_url.is_none()),
            urls: RwLock::default(),
            is_configured,
            is_from_file: is_configured && (settings.base_url.is_some() || facts.is_none()),
        })
    }

    /// The address of a path of the flavour's. The same few are called over and over, so that each is read once.
    pub(crate) fn url(&self, path: &str) -> Option<Url> {
        if let Some(url) = self.urls.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Some(url.clone());
        }
        let url = Url::parse(&format!("{}{path}", self.base_url)).ok()?;
        let mut urls = self.urls.write().unwrap_or_else(PoisonError::into_inner);
        if urls.len() >= MOST_URLS {
            urls.clear();
        }
        urls.insert(path.to_owned(), url.clone());
        Some(url)
    }

    /// Whether it has an operation.
    pub(crate) fn serves(&self, operation: Operation) -> bool {
        self.flavour.serves(operation) && (operation != Operation::Responses || self.has_responses)
    }

    /// Whether it embeds questions otherwise than what is searched, and is told by `input_type`.
    pub(crate) fn embeds_by_input_type(&self) -> bool {
        self.flavour.embeds_by_input_type()
    }

    /// Whether Google itself answers, in whatever flavour.
    pub(crate) fn is_googles(&self) -> bool {
        self.base_url.split('/').nth(2).is_some_and(|host| host.ends_with(".googleapis.com"))
    }

    /// Whether it can be called without a key.
    pub(crate) fn is_keyless(&self) -> bool {
        self.is_configured && (self.auth.is_none() || self.is_from_file)
    }
}

/// The base URL with its placeholders filled.
fn fill(name: &str, base_url: &str, settings: &Provider) -> Result<String, Error> {
    let mut filled = base_url.trim_end_matches('/').to_owned();
    for (param, value) in &settings.params {
        filled = filled.replace(&format!("{{{param}}}"), value);
    }
    match filled.split_once('{').and_then(|(_, rest)| rest.split_once('}')) {
        Some((missing, _)) => Err(wrong(name, &format!("set `params.{missing}`, which its address needs"))),
        None => Ok(filled),
    }
}

fn headers(name: &str, settings: &Provider) -> Result<HeaderMap, Error> {
    let header = |(header, value): (&String, &String)| {
        let wrong = || wrong(name, &format!("the header `{header}` can't be sent"));
        let header_name = HeaderName::try_from(header).map_err(|_| wrong())?;
        Ok((header_name, HeaderValue::try_from(value).map_err(|_| wrong())?))
    };
    settings.headers.iter().map(header).collect()
}

fn wrong(name: &str, what: &str) -> Error {
    Error::new(
        Kind::Unavailable,
        "no_provider_configured",
        format!("The provider `{name}` can't be called: {what}."),
    )
}
