//! A client that costs as little as it can: kept connections, one call at a time on each, answers read and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

/// Where calls go, and as what.
#[derive(Clone)]
pub struct Target {
    pub port: u16,
    whole: Arc<[u8]>,
    streamed: Arc<[u8]>,
}

impl Target {
    /// An address with a key and a model.
    pub fn new(port: u16, path: &str, key: &str, model: &str) -> Self {
        Self::asking(port, path, key, model, "Say hello to the bench.")
    }

    /// The same with a question.
    pub fn asking(port: u16, path: &str, key: &str, model: &str, question: &str) -> Self {
        let request = |stream: &str| {
            let body = format!(
                "{{\"model\":\"{model}\",{stream}\"temperature\":0,\"messages\":[{{\"role\":\"user\",\"content\":\"{question}\"}}]}}"
            );
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            Arc::from((head + &body).into_bytes())
        };
        Self { port, whole: request(""), streamed: request("\"stream\":true,") }
    }
}

/// Waits until somebody listens.
pub async fn until_open(port: u16) {
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        sleep(Duration::from_millis(5)).await;
    }
}

/// How fast it went.
pub struct Speed {
    pub per_second: f64,
}

/// Load on one target.
pub struct Load<'a> {
    target: &'a Target,
}

impl<'a> Load<'a> {
    pub fn new(target: &'a Target) -> Self {
        Self { target }
    }

    /// So many calls over so many connections, each as soon as the one before it has ended.
    pub async fn run(&self, calls: usize, connections: usize) -> Speed {
        let left = Arc::new(AtomicUsize::new(calls));
        let mut clients = JoinSet::new();
        let began = Instant::now();
        for _ in 0..connections {
            let (target, left) = (self.target.clone(), Arc::clone(&left));
            clients.spawn(async move {
                let mut client = Client::connect(&target).await;
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
                    client.call(&target.whole).await;
                }
            });
        }
        clients.join_all().await;
        Speed { per_second: calls as f64 / began.elapsed().as_secs_f64() }
    }

    /// So many calls at a rate; the median of their latencies, in milliseconds.
    pub async fn at_rate(&self, calls: usize, rate: f64) -> f64 {
        let mut client = Client::connect(self.target).await;
        client.call(&self.target.whole).await;
        let began = tokio::time::Instant::now();
        let mut latencies = Vec::with_capacity(calls);
        for n in 0..calls {
            sleep_until(began + Duration::from_secs_f64(n as f64 / rate)).await;
            let sent = Instant::now();
            client.call(&self.target.whole).await;
            latencies.push(sent.elapsed().as_secs_f64() * 1000.0);
        }
        latencies.sort_by(f64::total_cmp);
        latencies[latencies.len() / 2]
    }

    /// The median time to the first delta of so many streams, one after the other, each left there; in milliseconds.
    pub async fn first_delta(&self, streams: usize) -> f64 {
        let mut times = Vec::with_capacity(streams);
        for _ in 0..streams {
            let mut client = Client::connect(self.target).await;
            times.push(client.first_delta(&self.target.streamed).await);
        }
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }

    /// So many streams at once, each read to its end.
    pub async fn streams(&self, count: usize) {
        let mut clients = JoinSet::new();
        for _ in 0..count {
            let target = self.target.clone();
            clients.spawn(async move { Client::connect(&target).await.call(&target.streamed).await });
        }
        clients.join_all().await;
    }
}

struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(target: &Target) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", target.port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(16 * 1024) }
    }

    async fn first_delta(&mut self, request: &[u8]) -> f64 {
        let sent = Instant::now();
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        while !self.buffer.windows(6).any(|six| six == b"data: ") {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the connection ended: {}", String::from_utf8_lossy(&self.buffer));
        }
        sent.elapsed().as_secs_f64() * 1000.0
    }

    async fn call(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the connection ended: {}", String::from_utf8_lossy(&self.buffer));
            if is_whole(&self.buffer) {
                break;
            }
        }
        assert!(self.buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.buffer));
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    match length.and_then(|length| length.trim().parse::<usize>().ok()) {
        Some(length) => answer.len() >= end + 4 + length,
        None => answer.ends_with(b"\r\n0\r\n\r\n"),
    }
}
