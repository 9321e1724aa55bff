//! Typed calls from the catalogue, and the admin API's.

use crate::context::Target;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::output::progress::patiently;
use crate::request::{Parts, Payload, form_fields, parts};
use crate::tls::Tls;
use crate::trouble::{innermost, unreachable};
use contract::endpoint::{Endpoint, Method};
use contract::wire::error::ErrorEnvelope;
use contract::wire::page::{ListQuery, MAX_LIMIT, Page};
use eventsource_stream::Eventsource;
use futures::{Stream, StreamExt};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::error::Error;
use std::time::Duration;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the daemon may be silent: longer than any `Prefer: wait` of ours, and than eight keep-alive comments.
const SILENCE: Duration = Duration::from_secs(120);

/// Most pages of a list that are asked for.
const MOST_PAGES: usize = 100;

/// An event of a stream: its name and its data.
pub(crate) type Event = (String, Value);

/// A caller of one daemon.
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    credential: Option<SecretString>,
    user: Option<String>,
    tls: Tls,
    /// Where a person is told that a call takes long.
    output: Option<Output>,
}

impl Client {
    /// A client of a daemon.
    ///
    /// # Errors
    /// If the URL isn't one, or the system has no usable certificates.
    pub(crate) fn new(target: Target) -> Result<Self, Failure> {
        let url = Url::parse(&target.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or_else(|| {
            Failure::usage(format!("`{}` is not a URL of a daemon", target.url))
                .hint("Write it as http://127.0.0.1:8320 or https://agents.example.org.")
        })?;
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("katonic/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE);
        if url.scheme() == "http" {
            // Plain HTTP needs no certificates, and slim containers have none.
            builder = builder.tls_certs_only([]);
        }
        if matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")) {
            builder = builder.no_proxy();
        }
        if url.scheme() == "https" {
            builder = target.tls.apply(builder)?;
        }
        let http = builder.build().map_err(|error| {
            Failure::new(Exit::Unavailable, format!("No client can be set up: {}", innermost(&error)))
        })?;
        let Target { url, credential, user, tls } = target;
        Ok(Self { http, url, credential, user, tls, output: None })
    }

    /// The same, telling a person where a call takes long.
    pub(crate) fn seen_on(self, output: &Output) -> Self {
        Self { output: Some(output.clone()), ..self }
    }

    /// Where it calls, with what.
    pub(crate) fn target(&self) -> Target {
        let Self { url, credential, user, tls, .. } = self;
        Target { url: url.clone(), credential: credential.clone(), user: user.clone(), tls: tls.clone() }
    }

    /// The same for nobody but the holder of the credential.
    pub(crate) fn for_itself(self) -> Self {
        Self { user: None, ..self }
    }

    /// Calls an endpoint.
    ///
    /// # Errors
    /// If the daemon can't be reached, or refuses.
    pub(crate) async fn call<E: Endpoint>(&self, input: &E::Input) -> Result<E::Output, Failure> {
        let request = self.prepare::<E>(input)?.header(ACCEPT, "application/json");
        self.answer(request).await
    }

    /// Calls an endpoint that may wait up to so many seconds for the work to end (RFC 7240, section 4.3).
    ///
    /// # Errors
    /// If the daemon can't be reached, or refuses.
    pub(crate) async fn call_patiently<E: Endpoint>(
        &self,
        input: &E::Input,
        seconds: u32,
    ) -> Result<E::Output, Failure> {
        let request = self.prepare::<E>(input)?.header(ACCEPT, "application/json");
        self.answer(request.header("prefer", format!("wait={seconds}"))).await
    }

    /// Calls an endpoint for its events.
    ///
    /// # Errors
    /// If the daemon can't be reached, or refuses; an item, if the stream breaks or brings an error.
    pub(crate) async fn stream<E: Endpoint>(
        &self,
        input: &E::Input,
    ) -> Result<impl Stream<Item = Result<Event, Failure>> + Unpin + use<E>, Failure> {
        let request = self.prepare::<E>(input)?.header(ACCEPT, "text/event-stream");
        let response = self.send(request).await?;
        let url = self.url.clone();
        Ok(Box::pin(response.bytes_stream().eventsource().map(move |event| {
            let event = event.map_err(|error| broken(&url, &error))?;
            let data: Value = serde_json::from_str(&event.data)?;
            if event.event == "error" {
                return Err(Failure::of_envelope(serde_json::from_value(data)?, None));
            }
            Ok((event.event, data))
        })))
    }

    /// Calls an endpoint that creates something; the same key again gets the first answer again.
    ///
    /// # Errors
    /// If the daemon can't be reached, or refuses.
    pub(crate) async fn call_once<E: Endpoint>(
        &self,
        input: &E::Input,
        idempotency_key: Option<&str>,
    ) -> Result<E::Output, Failure> {
        let mut request = self.prepare::<E>(input)?.header(ACCEPT, "application/json");
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        self.answer(request).await
    }

    /// Calls an endpoint for an answer that is text.
    ///
    /// # Errors
    /// If the daemon can't be reached, or refuses.
    pub(crate) async fn text<E: Endpoint>(&self, input: &E::Input) -> Result<String, Failure> {
        let response = self.send(self.prepare::<E>(input)?).await?;
        response.text().await.map_err(|error| broken(&self.url, &error))
    }

    /// Calls an endpoint for an answer that is read as it comes.
    ///
    /// # Errors
    /// If the daemon can't be reached, or refuses; an item, if the answer breaks off.
    pub(crate) async fn pieces<E: Endpoint>(
        &self,
        input: &E::Input,
    ) -> Result<impl Stream<Item = Result<Vec<u8>, Failure>> + Unpin + use<E>, Failure> {
        let response = self.send(self.prepare::<E>(input)?).await?;
        let url = self.url.clone();
        Ok(Box::pin(response.bytes_stream().map(move |piece| match piece {
            Ok(piece) => Ok(piece.into()),
            Err(error) => Err(broken(&url, &error)),
        })))
    }

    /// Calls an endpoint with a form: the input's fields and a file; up to so many seconds of waiting for the work to end.
    ///
    /// # Errors
    /// If the daemon can't be reached, or refuses.
    pub(crate) async fn send_file<E: Endpoint>(
        &self,
        input: &E::Input,
        file: Part,
        seconds: u32,
    ) -> Result<E::Output, Failure> {
        let mut form = Form::new();
        for (name, text) in form_fields(serde_json::to_value(input)?) {
            form = form.text(name, text);
        }
        form = form.part("file", file);
        let address = format!("{}{}{}", self.url, E::DECLARATION.prefix, E::DECLARATION.path);
        let request = self.authorised(self.http.post(address)).header(ACCEPT, "application/json");
        self.answer(request.header("prefer", format!("wait={seconds}")).multipart(form)).await
    }

    /// All pages of a list, as far as there are [`MOST_PAGES`].
    ///
    /// # Errors
    /// If the daemon can't be reached, or refuses.
    pub(crate) async fn all<E, T>(&self, query: impl Fn(ListQuery) -> E::Input) -> Result<Vec<T>, Failure>
    where
        E: Endpoint<Output = Page<T>>,
    {
        let (mut all, mut after) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = self.call::<E>(&query(ListQuery { limit: Some(MAX_LIMIT), after })).await?;
            all.extend(page.data);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// Passes a message of the Model Context Protocol on to `/mcp`, for these agents or all; and what comes back.
    ///
    /// # Errors
    /// If the daemon can't be reached, or refuses.
    pub(crate) async fn mcp(&self, agents: &[String], message: &Value) -> Result<Vec<Value>, Failure> {
        let named = (!agents.is_empty()).then(|| ("agents", agents.join(",")));
        let address = Url::parse_with_params(&format!("{}/mcp", self.url), named);
        let address = address.map_err(|error| Failure::usage(format!("No such address: {error}")))?;
        let mut request = self.authorised(self.http.post(address));
        // The version that a client agreed on stands in its messages, if anywhere: each is whole by itself.
        if let Some(version) = message.pointer("/params/_meta/io.modelcontextprotocol~1protocolVersion") {
            request = request.header("mcp-protocol-version", version.as_str().unwrap_or_default());
        }
        let request = request.header(ACCEPT, "application/json, text/event-stream").json(message);
        let response = self.send(request).await?;
        let kind =
            response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/event-stream") {
            let mut events = response.bytes_stream().eventsource();
            let mut messages = Vec::new();
            while let Some(event) = events.next().await {
                let event = event.map_err(|error| broken(&self.url, &error))?;
                messages.extend(serde_json::from_str::<Value>(&event.data));
            }
            return Ok(messages);
        }
        let bytes = response.bytes().await.map_err(|error| broken(&self.url, &error))?;
        Ok(if bytes.is_empty() { Vec::new() } else { vec![serde_json::from_slice(&bytes)?] })
    }

    /// Whether a plain page, such as `/readyz`, answers with success.
    pub(crate) async fn is_up(&self, page: &str) -> bool {
        let request = self.http.get(format!("{}{page}", self.url));
        matches!(request.send().await, Ok(response) if response.status().is_success())
    }

    /// Where the daemon is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What time it is for the daemon, as the answer of a plain page says, if it does.
    ///
    /// # Errors
    /// If the daemon can't be reached, or the page fails.
    pub(crate) async fn date_of(&self, page: &str) -> Result<Option<Timestamp>, Failure> {
        let response = self.send(self.http.get(format!("{}{page}", self.url))).await?;
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        let read = |date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok();
        Ok(date.and_then(read))
    }

    fn prepare<E: Endpoint>(&self, input: &E::Input) -> Result<RequestBuilder, Failure> {
        let parts = parts(E::DECLARATION, serde_json::to_value(input)?)?;
        Ok(self.request(E::DECLARATION.method, parts))
    }

    fn request(&self, method: Method, parts: Parts) -> RequestBuilder {
        let address = format!("{}{}", self.url, parts.path);
        let mut request = match method {
            Method::Get => self.http.get(address),
            Method::Post => self.http.post(address),
            Method::Put => self.http.put(address),
            Method::Patch => self.http.patch(address),
            Method::Delete => self.http.delete(address),
        };
        request = self.authorised(request);
        match parts.payload {
            Payload::None => request,
            Payload::Json(body) => request.json(&body),
            Payload::Definition(text) => request.header(CONTENT_TYPE, "application/yaml").body(text),
        }
    }

    fn authorised(&self, mut request: RequestBuilder) -> RequestBuilder {
        if let Some(credential) = &self.credential {
            request = request.bearer_auth(credential.expose_secret());
        }
        if let Some(user) = &self.user {
            request = request.header("x-user-email", user);
        }
        request
    }

    async fn answer<O: DeserializeOwned>(&self, request: RequestBuilder) -> Result<O, Failure> {
        let response = self.send(request).await?;
        let bytes = response.bytes().await.map_err(|error| broken(&self.url, &error))?;
        let bytes = if bytes.is_empty() { &b"null"[..] } else { &bytes };
        Ok(serde_json::from_slice(bytes)?)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let sent = match &self.output {
            Some(output) => patiently(output, &format!("Waiting for {}", self.url), request.send()).await,
            None => request.send().await,
        };
        let response = sent.map_err(|error| unreachable(&self.url, &error))?;
        let status = response.status().as_u16();
        if response.status().is_success() {
            return Ok(response);
        }
        let trace = response.headers().get("x-trace-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let bytes = response.bytes().await.unwrap_or_default();
        let mut failure = match serde_json::from_slice::<ErrorEnvelope>(&bytes) {
            Ok(envelope) => Failure::of_envelope(envelope, Some(status)),
            Err(_) => {
                Failure::new(Exit::of_status(status), format!("{} answered with status {status}", self.url))
                    .hint("Make sure that a katonic daemon answers there.")
            }
        };
        failure.trace_id = failure.trace_id.or(trace);
        if status == 401 && self.credential.is_none() {
            failure.hint = Some("Set KATONIC_API_KEY to a key, or run `katonic sandbox` for one.".into());
        }
        Err(failure)
    }
}

fn broken(url: &str, error: &(dyn Error + 'static)) -> Failure {
    Failure::new(Exit::Unavailable, format!("The answer of {url} broke off: {}", innermost(error)))
        .hint("Try again; the daemon's log may say why.")
}
