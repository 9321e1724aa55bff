//! Where a call's time goes, as its own trace tells.

use crate::load::Target;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Calls whose traces are read.
const CALLS: usize = 200;

/// The medians of each stage's microseconds over some calls, one after the other, in the order of the stages.
pub async fn of(target: &Target, secret: &str) -> Vec<(String, u64)> {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
    let base = format!("http://127.0.0.1:{}/public/v1", target.port);
    let question =
        json!({"model": "mock/mock", "messages": [{"role": "user", "content": "Say hello to the bench."}]});
    let mut stages: BTreeMap<(u64, String), Vec<u64>> = BTreeMap::new();
    for _ in 0..CALLS {
        let call = client.post(format!("{base}/chat/completions")).bearer_auth(secret).json(&question);
        let answer = call.send().await.unwrap();
        let id = answer.headers()["x-trace-id"].to_str().unwrap().to_owned();
        answer.bytes().await.unwrap();
        let trace = client.get(format!("{base}/analytics/traces/{id}")).bearer_auth(secret);
        let trace: Value = trace.send().await.unwrap().json().await.unwrap();
        for (place, span) in (0..).zip(trace["spans"].as_array().unwrap()) {
            let name = span["name"].as_str().unwrap().to_owned();
            stages.entry((place, name)).or_default().push(span["duration_us"].as_u64().unwrap());
        }
    }
    let median = |mut times: Vec<u64>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    stages.into_iter().map(|((_, name), times)| (name, median(times))).collect()
}
