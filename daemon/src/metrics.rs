//! Figures for Prometheus. Labels are endpoints, kinds of status and directions only: their number is bounded, and no
//! customer is named.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// The first border of the latencies' buckets, in seconds, how much each next is larger, and how many there are: half a
/// millisecond to a minute.
const BUCKETS: (f64, f64, u16) = (0.0005, 2.0, 18);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    endpoint: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Endpoint {
    endpoint: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Direction {
    direction: &'static str,
}

/// What a call adds to the figures.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) endpoint: &'static str,
    pub(crate) status: u16,
    pub(crate) seconds: f64,
    pub(crate) input_tokens: u64,
    pub(crate) output_tokens: u64,
    pub(crate) cost_usd: f64,
    pub(crate) is_blocked: bool,
}

/// The figures since the daemon started.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    calls: Family<Call, Counter>,
    seconds: Family<Endpoint, Histogram, fn() -> Histogram>,
    tokens: Family<Direction, Counter>,
    cost: Counter<f64, AtomicU64>,
    blocked: Counter,
    /// Seconds until a call's audit row was stored, with all that is stored with it.
    pub(crate) commit_seconds: Histogram,
    /// Calls whose answer has not begun.
    pub(crate) waiting: Gauge,
    /// What became of the spans that are sent to a collector.
    pub(crate) spans: SpanCounts,
}

/// What became of the spans that are sent to a collector.
#[derive(Clone, Debug, Default)]
pub(crate) struct SpanCounts {
    /// Those that it took.
    pub(crate) sent: Counter,
    /// Those that found no room, or that it did not take.
    pub(crate) dropped: Counter,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// All at nothing.
    pub(crate) fn new() -> Self {
        let histogram: fn() -> Histogram =
            || Histogram::new(exponential_buckets(BUCKETS.0, BUCKETS.1, BUCKETS.2));
        let calls = Family::default();
        let seconds = Family::new_with_constructor(histogram);
        let (tokens, cost, blocked, waiting) =
            (Family::default(), Counter::default(), Counter::default(), Gauge::default());
        let commit_seconds = histogram();
        let mut registry = Registry::with_prefix("katonic");
        registry.register("calls", "Calls that ended", calls.clone());
        registry.register("call_seconds", "Seconds that calls took", seconds.clone());
        registry.register("tokens", "Tokens of models, read and written", tokens.clone());
        registry.register("cost_usd", "Dollars that models cost", cost.clone());
        registry.register("blocked", "Calls that a rail stopped", blocked.clone());
        let committed = "Seconds that calls waited for their audit rows to be stored";
        registry.register("audit_commit_seconds", committed, commit_seconds.clone());
        registry.register("waiting_calls", "Calls whose answer has not begun", waiting.clone());
        let spans = SpanCounts::default();
        registry.register("spans_sent", "Spans that the collector took", spans.sent.clone());
        let dropped = "Spans that found no room, or that the collector did not take";
        registry.register("spans_dropped", dropped, spans.dropped.clone());
        Self {
            registry: Arc::new(registry),
            calls,
            seconds,
            tokens,
            cost,
            blocked,
            commit_seconds,
            waiting,
            spans,
        }
    }

    /// Counts a call.
    pub(crate) fn count(&self, call: &Ended) {
        let status = match call.status {
            ..400 => "2xx",
            401 => "401",
            403 => "403",
            404 => "404",
            429 => "429",
            499 => "499",
            400..500 => "4xx",
            _ => "5xx",
        };
        let endpoint = call.endpoint;
        self.calls.get_or_create(&Call { endpoint, status }).inc();
        self.seconds.get_or_create(&Endpoint { endpoint }).observe(call.seconds);
        for (direction, tokens) in [("input", call.input_tokens), ("output", call.output_tokens)] {
            if tokens > 0 {
                self.tokens.get_or_create(&Direction { direction }).inc_by(tokens);
            }
        }
        if call.cost_usd > 0.0 {
            self.cost.inc_by(call.cost_usd);
        }
        if call.is_blocked {
            self.blocked.inc();
        }
    }

    /// The figures in Prometheus' text format.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_counted_by_endpoint_and_kind_of_status() {
        let metrics = Metrics::new();
        let call = |status| Ended {
            endpoint: "Chat",
            status,
            seconds: 0.01,
            input_tokens: 3,
            output_tokens: 0,
            cost_usd: 0.5,
            is_blocked: status == 400,
        };
        [200, 201, 400].iter().for_each(|status| metrics.count(&call(*status)));
        let text = metrics.text();
        for line in [
            "katonic_calls_total{endpoint=\"Chat\",status=\"2xx\"} 2",
            "katonic_tokens_total{direction=\"input\"} 9",
            "katonic_cost_usd_total 1.5",
            "katonic_blocked_total 1",
            "katonic_call_seconds_count{endpoint=\"Chat\"} 3",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
