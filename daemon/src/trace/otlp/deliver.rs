//! The one task that sends spans: in batches, compressed, tried again where that may help (OTLP 1.9, "Failures").

use super::{Finished, spans};
use crate::config::Otlp;
use crate::error::Error;
use crate::metrics::SpanCounts;
use crate::providers::retry_after;
use flate2::Compression;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans};
use prost::Message;
use rand::Rng;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, Url, redirect};
use secrecy::ExposeSecret;
use std::io::{self, Write};
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// Spans that are sent together, but for those of the last call (OpenTelemetry's "Batching processor").
const BATCH: u64 = 512;

/// Calls that are taken from the queue at once.
const TAKEN: usize = 64;

/// How long a collector may take to answer (OpenTelemetry's "OTLP Exporter").
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a batch is sent at most, and the most that is waited between two times, in milliseconds: a random share of a
/// wait that doubles.
const ATTEMPTS: u32 = 5;
const FIRST_WAIT: u64 = 1000;
const LONGEST_WAIT: u64 = 30_000;

/// Most bytes of an answer that are read.
const MOST_BYTES: usize = 64 * 1024;

/// The semantic conventions that the attributes' names are of.
const SCHEMA: &str = "https://opentelemetry.io/schemas/1.37.0";

/// Where spans are sent.
pub(super) struct Collector {
    client: Client,
    url: Url,
    headers: HeaderMap,
    resource: Resource,
}

/// Why a batch was not taken.
enum Refusal {
    /// It may be sent again, after a time that the collector may have said.
    Passing(Option<Duration>, String),
    /// It may not.
    Final(String),
}

impl Collector {
    /// By its address and the settings.
    ///
    /// # Errors
    /// If the address is no URL, or a header can't be sent.
    pub(super) fn new(address: &str, settings: &Otlp) -> Result<Self, Error> {
        let url = Url::parse(address).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
        let url = url.ok_or_else(|| {
            Error::internal("otlp.endpoint: it is no URL that begins with http:// or https://")
        })?;
        let mut headers = HeaderMap::new();
        for (name, value) in &settings.headers {
            let wrong = || Error::internal(format_args!("otlp.headers: `{name}` can't be sent"));
            let mut value = HeaderValue::try_from(value.expose_secret()).map_err(|_| wrong())?;
            value.set_sensitive(true);
            headers.insert(HeaderName::try_from(name).map_err(|_| wrong())?, value);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        let client = Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).build();
        let client = client.map_err(|_| Error::internal("otlp: no HTTP client can be made"))?;
        Ok(Self { client, url, headers, resource: resource(&settings.service_name) })
    }

    /// Sends a batch once; how many of its spans the collector refused.
    async fn post(&self, body: Vec<u8>) -> Result<u64, Refusal> {
        let request = self.client.post(self.url.clone()).headers(self.headers.clone()).body(body);
        let response = request.send().await.map_err(|error| {
            let what = if error.is_connect() { "it can't be reached" } else { "the connection broke" };
            Refusal::Passing(None, what.into())
        })?;
        let status = response.status().as_u16();
        match status {
            200..300 => Ok(rejected(response).await),
            429 | 502..=504 => Err(Refusal::Passing(retry_after(response.headers()), status.to_string())),
            _ => Err(Refusal::Final(status.to_string())),
        }
    }
}

fn resource(service: &str) -> Resource {
    let mut attributes = super::attributes::Attributes::default();
    attributes.text("service.name", service);
    attributes.text("service.version", env!("CARGO_PKG_VERSION"));
    Resource { attributes: attributes.into_list(), ..Resource::default() }
}

/// How many spans a collector says that it refused, though it took the batch ("Partial Success").
async fn rejected(mut response: Response) -> u64 {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return 0;
        }
        bytes.extend_from_slice(&chunk);
    }
    let answer = ExportTraceServiceResponse::decode(bytes.as_slice()).unwrap_or_default();
    let rejected = answer.partial_success.map_or(0, |partial| partial.rejected_spans);
    u64::try_from(rejected).unwrap_or(0)
}

/// Who gathers spans and sends them.
pub(super) struct Courier {
    collector: Collector,
    delay: Duration,
    counts: SpanCounts,
    stopped: CancellationToken,
}

impl Courier {
    pub(super) fn new(
        collector: Collector,
        delay: Duration,
        counts: SpanCounts,
        stopped: CancellationToken,
    ) -> Self {
        Self { collector, delay, counts, stopped }
    }

    /// Sends until it is stopped and nothing waits.
    pub(super) async fn run(self, mut waiting: Receiver<Finished>) {
        loop {
            let batch = self.gather(&mut waiting).await;
            if batch.is_empty() {
                return;
            }
            self.send(batch).await;
        }
    }

    /// The next batch: full, or what came in a while; empty at the end.
    async fn gather(&self, waiting: &mut Receiver<Finished>) -> Vec<Finished> {
        let mut batch = Vec::new();
        let mut deadline: Option<Instant> = None;
        while batch.iter().map(|finished: &Finished| spans::number(&finished.record)).sum::<u64>() < BATCH {
            let is_due = async {
                match deadline {
                    Some(deadline) => sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                taken = waiting.recv_many(&mut batch, TAKEN) => match taken {
                    0 => break,
                    _ => deadline = deadline.or(Some(Instant::now() + self.delay)),
                },
                () = is_due => break,
                // What waits still comes; nothing comes after it.
                () = self.stopped.cancelled(), if !waiting.is_closed() => waiting.close(),
            }
        }
        batch
    }

    async fn send(&self, batch: Vec<Finished>) {
        let number = batch.iter().map(|finished| spans::number(&finished.record)).sum();
        let resource = self.collector.resource.clone();
        let encoded = tokio::task::spawn_blocking(move || encode(resource, &batch)).await;
        let Ok(Ok(body)) = encoded else {
            self.counts.dropped.inc_by(number);
            return;
        };
        match self.deliver(body).await {
            Ok(refused) => {
                self.counts.sent.inc_by(number.saturating_sub(refused));
                self.counts.dropped.inc_by(refused.min(number));
            }
            Err(why) => {
                tracing::warn!(spans = number, why, "the collector did not take spans");
                self.counts.dropped.inc_by(number);
            }
        }
    }

    /// Sends a batch as often as may help.
    async fn deliver(&self, body: Vec<u8>) -> Result<u64, String> {
        let mut attempt = 0;
        loop {
            let (asked, why) = match self.collector.post(body.clone()).await {
                Ok(refused) => return Ok(refused),
                Err(Refusal::Final(why)) => return Err(why),
                Err(Refusal::Passing(asked, why)) => (asked, why),
            };
            attempt += 1;
            let wait = asked.unwrap_or_else(|| jitter(attempt));
            let is_bearable = wait <= Duration::from_millis(LONGEST_WAIT);
            if attempt == ATTEMPTS || !is_bearable || self.rests(wait).await {
                return Err(why);
            }
        }
    }

    /// Waits before the next attempt; whether the daemon stops meanwhile, and there is none.
    async fn rests(&self, wait: Duration) -> bool {
        timeout(wait, self.stopped.cancelled()).await.is_ok()
    }
}

/// "Full jitter" of an exponential back-off (Brooker, "Exponential Backoff and Jitter", 2015).
fn jitter(attempt: u32) -> Duration {
    let most = (FIRST_WAIT << attempt.saturating_sub(1).min(16)).min(LONGEST_WAIT);
    Duration::from_millis(rand::rng().random_range(0..=most))
}

/// A request of OTLP, compressed.
fn encode(resource: Resource, batch: &[Finished]) -> io::Result<Vec<u8>> {
    let scope = InstrumentationScope {
        name: "katonic".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        ..InstrumentationScope::default()
    };
    let spans = batch.iter().flat_map(spans::of).collect();
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, schema_url: SCHEMA.into() }];
    let spans = ResourceSpans { resource: Some(resource), scope_spans, schema_url: SCHEMA.into() };
    let request = ExportTraceServiceRequest { resource_spans: vec![spans] };
    let mut compressed = GzEncoder::new(Vec::new(), Compression::fast());
    compressed.write_all(&request.encode_to_vec())?;
    compressed.finish()
}
