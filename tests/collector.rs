//! A collector of spans: OTLP over HTTP, read as the protocol has it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// A collector that keeps what it gets.
pub struct Collector {
    url: String,
    shared: Arc<Shared>,
    number: watch::Receiver<usize>,
}

struct Shared {
    received: Mutex<Vec<Received>>,
    answers: Mutex<VecDeque<StatusCode>>,
    may_answer: Semaphore,
    number: watch::Sender<usize>,
}

/// A request that it took.
#[derive(Clone)]
pub struct Received {
    pub headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Received {
    /// Whether a text stands anywhere in its body.
    pub fn holds(&self, text: &str) -> bool {
        self.bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

impl Collector {
    pub async fn start() -> Self {
        Self::with(Semaphore::MAX_PERMITS).await
    }

    /// One that answers only once it is told to go on.
    pub async fn stuck() -> Self {
        Self::with(0).await
    }

    async fn with(permits: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, number) = watch::channel(0);
        let shared = Arc::new(Shared {
            received: Mutex::default(),
            answers: Mutex::default(),
            may_answer: Semaphore::new(permits),
            number: sender,
        });
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared, number }
    }

    pub fn go_on(&self) {
        self.shared.may_answer.add_permits(1000);
    }

    /// The statuses of its next answers; after them it takes all.
    pub fn answers(&self, statuses: &[StatusCode]) {
        self.shared.answers.lock().unwrap().extend(statuses);
    }

    /// The settings of a daemon that sends to it.
    pub fn settings(&self) -> String {
        let headers = "headers = { x-api-key = \"collector-secret\" }";
        format!("[otlp]\nendpoint = \"{}\"\n{headers}\ndelay_ms = 1\n", self.url)
    }

    /// What it took so far.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// All spans that came, as soon as something is among them.
    pub async fn until(&mut self, is_there: impl Fn(&Exported) -> bool) -> Exported {
        loop {
            let exported = Exported::of(&self.requests());
            if is_there(&exported) {
                return exported;
            }
            self.number.changed().await.unwrap();
        }
    }
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    shared.may_answer.acquire().await.unwrap().forget();
    let status = shared.answers.lock().unwrap().pop_front();
    if let Some(status) = status {
        return (status, [("retry-after", "0")]).into_response();
    }
    assert_eq!(
        (&headers["content-type"], &headers["content-encoding"]),
        (&"application/x-protobuf".parse().unwrap(), &"gzip".parse().unwrap())
    );
    let mut bytes = Vec::new();
    GzDecoder::new(body.as_ref()).read_to_end(&mut bytes).unwrap();
    shared.received.lock().unwrap().push(Received { headers, bytes });
    shared.number.send_modify(|number| *number += 1);
    ExportTraceServiceResponse::default().encode_to_vec().into_response()
}

/// Spans as they came.
pub struct Exported {
    requests: Vec<ExportTraceServiceRequest>,
}

impl Exported {
    fn of(received: &[Received]) -> Self {
        let read =
            |received: &Received| ExportTraceServiceRequest::decode(received.bytes.as_slice()).unwrap();
        Self { requests: received.iter().map(read).collect() }
    }

    fn spans(&self) -> impl Iterator<Item = &Span> {
        let resources = self.requests.iter().flat_map(|request| &request.resource_spans);
        resources.flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans)
    }

    /// The spans of calls to an endpoint.
    pub fn calls(&self, endpoint: &str) -> Vec<&Span> {
        self.spans().filter(|span| self.attribute(span, "katonic.endpoint") == endpoint).collect()
    }

    /// The first of them.
    pub fn call(&self, endpoint: &str) -> Option<&Span> {
        self.calls(endpoint).into_iter().next()
    }

    /// The spans right under one.
    pub fn children(&self, parent: &Span) -> Vec<&Span> {
        let is_child =
            |span: &&Span| span.parent_span_id == parent.span_id && span.trace_id == parent.trace_id;
        self.spans().filter(is_child).collect()
    }

    /// An attribute's value; null where there is none.
    pub fn attribute(&self, span: &Span, name: &str) -> Value {
        find(&span.attributes, name)
    }

    /// An attribute of the resource.
    pub fn resource(&self, name: &str) -> Value {
        find(&self.requests[0].resource_spans[0].resource.as_ref().unwrap().attributes, name)
    }

    pub fn hex(&self, id: &[u8]) -> String {
        contract::version::hex(id)
    }
}

fn find(attributes: &[KeyValue], name: &str) -> Value {
    let found = attributes.iter().find(|attribute| attribute.key == name);
    found.and_then(|attribute| attribute.value.as_ref()).map_or(Value::Null, plain)
}

fn plain(value: &AnyValue) -> Value {
    match value.value.as_ref().unwrap() {
        Any::StringValue(text) => json!(text),
        Any::BoolValue(flag) => json!(flag),
        Any::IntValue(count) => json!(count),
        Any::DoubleValue(number) => json!(number),
        Any::ArrayValue(list) => list.values.iter().map(plain).collect(),
        other => panic!("{other:?}"),
    }
}
