//! Spans of calls, as a collector gets them by OTLP over HTTP.

use crate::api::gateway::{Gateway, question, streamed};
use crate::collector::{Collector, Exported};
use crate::scripted::{Reply, Step, chunk, event};
use crate::support::{Answered, Daemon};
use axum::http::StatusCode;
use futures::StreamExt;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use reqwest::Method;
use serde_json::json;

const GIVEN: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn kind(span: &Span) -> SpanKind {
    SpanKind::try_from(span.kind).unwrap()
}

/// Whether a span lies within another's time.
fn is_within(span: &Span, whole: &Span) -> bool {
    whole.start_time_unix_nano <= span.start_time_unix_nano
        && span.start_time_unix_nano <= span.end_time_unix_nano
        && span.end_time_unix_nano <= whole.end_time_unix_nano
}

async fn gateway(collector: &Collector, replies: Vec<Reply>) -> Gateway {
    Gateway::start_with(replies, &format!("[routing]\nretries = 1\nbackoff_ms = 1\n{}", collector.settings()))
        .await
}

#[tokio::test]
async fn a_call_is_a_tree_of_spans_under_its_clients_and_the_provider_stands_under_the_models() {
    let mut collector = Collector::start().await;
    let failed = Reply::json(503, &json!({"error": {"message": "Say something. I am busy", "code": "busy"}}));
    let gateway = gateway(&collector, vec![failed, Reply::says("Hello, friend.")]).await;
    let mut body = question();
    body["temperature"] = 0.5.into();
    body["max_tokens"] = 64.into();
    let call = gateway.call("/chat/completions", &body).header("traceparent", GIVEN);
    call.header("tracestate", "vendor=1").header("tracestate", "b=2").answer().await.expect(200);
    let provider = gateway.provider.last();
    let exported = collector.until(|exported| exported.call("ChatCompletions").is_some()).await;
    let root = exported.call("ChatCompletions").unwrap();
    assert_eq!((root.name.as_str(), kind(root)), ("POST /public/v1/chat/completions", SpanKind::Server));
    assert_eq!(exported.hex(&root.trace_id), &GIVEN[3..35]);
    assert_eq!(exported.hex(&root.parent_span_id), &GIVEN[36..52]);
    assert_eq!(root.trace_state, "vendor=1,b=2");
    let children = exported.children(root);
    let names: Vec<&str> = children.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["gate", "body", "guardrails.input", "chat m", "guardrails.output", "settlement"]);
    assert!(children.iter().all(|span| is_within(span, root)), "{children:?}");
    assert!(children.windows(2).all(|two| two[0].end_time_unix_nano <= two[1].start_time_unix_nano + 1000));
    let model = children[3];
    assert_eq!(kind(model), SpanKind::Client);
    assert_eq!(
        provider.headers["traceparent"].to_str().unwrap(),
        format!("00-{}-{}-01", &GIVEN[3..35], exported.hex(&model.span_id))
    );
    assert_eq!(provider.headers["tracestate"], "vendor=1,b=2");
    let port = gateway.provider.url.rsplit(':').next().unwrap();
    for (name, value) in [
        ("gen_ai.operation.name", json!("chat")),
        ("gen_ai.provider.name", json!("local")),
        ("gen_ai.request.model", json!("m")),
        ("gen_ai.request.temperature", json!(0.5)),
        ("gen_ai.request.max_tokens", json!(64)),
        ("gen_ai.response.id", json!("chatcmpl-1")),
        ("gen_ai.response.model", json!("scripted")),
        ("gen_ai.response.finish_reasons", json!(["stop"])),
        ("gen_ai.usage.input_tokens", json!(11)),
        ("gen_ai.usage.output_tokens", json!(7)),
        ("server.address", json!("127.0.0.1")),
        ("server.port", json!(port.parse::<u64>().unwrap())),
    ] {
        assert_eq!(exported.attribute(model, name), value, "{name}");
    }
    assert_eq!(model.events.len(), 1, "the attempt that failed before");
    assert!(model.status.is_none());
    assert_eq!(exported.attribute(root, "http.response.status_code"), 200);
    assert_eq!(exported.attribute(children[0], "katonic.gate.scope"), "completions/chat");
    assert_eq!(exported.resource("service.name"), "katonic");
    let requests = collector.requests();
    assert_eq!(requests[0].headers["x-api-key"], "collector-secret");
    for text in ["Say something", "Hello, friend", "collector-secret", gateway.key.as_str()] {
        assert!(requests.iter().all(|request| !request.holds(text)), "{text}");
    }
}

#[tokio::test]
async fn a_failed_call_and_a_refused_one_say_what_went_wrong() {
    let mut collector = Collector::start().await;
    let gateway = gateway(&collector, vec![Reply::json(500, &json!({"error": {"message": "down"}}))]).await;
    gateway.chat(&question()).await.expect(502);
    gateway.daemon.call(Method::POST, "/search").bearer_auth("kapi_nonsense").answer().await.expect(401);
    let exported = collector
        .until(|exported| exported.call("ChatCompletions").and(exported.call("Search")).is_some())
        .await;
    let failed = exported.call("ChatCompletions").unwrap();
    assert_eq!(
        (failed.status.as_ref().unwrap().code, exported.attribute(failed, "error.type")),
        (2, json!("502"))
    );
    let model = exported.children(failed).into_iter().find(|span| kind(span) == SpanKind::Client).unwrap();
    assert_eq!(exported.attribute(model, "error.type"), "upstream_failed");
    assert_eq!(exported.attribute(model, "gen_ai.request.model"), "m");
    assert_eq!(model.status.as_ref().unwrap().code, 2);
    let refused = exported.call("Search").unwrap();
    assert!(refused.status.is_none(), "that a key is refused is no fault of the server");
    assert_eq!(exported.attribute(refused, "katonic.outcome"), "denied");
    assert_ne!(exported.attribute(exported.children(refused)[0], "katonic.gate.authenticate"), "pass");
}

#[tokio::test]
async fn a_streams_span_ends_with_it_however_it_ends() {
    let mut collector = Collector::start().await;
    let first = event(&chunk(json!({"content": "One. Two. "}), None));
    let cut = Reply::stream(first.clone());
    let mut gateway = gateway(
        &collector,
        vec![Reply::streams("One two three."), cut, Reply::stream(first).then(Step::Wait)],
    )
    .await;
    gateway.stream(&streamed()).await;
    gateway.stream(&streamed()).await;
    let mut body = gateway.call("/chat/completions", &streamed()).send().await.unwrap().bytes_stream();
    body.next().await.unwrap().unwrap();
    drop(body);
    gateway.provider.dropped.wait_for(|dropped| *dropped == 1).await.unwrap();
    let exported = collector.until(|exported| exported.calls("ChatCompletions").len() == 3).await;
    let ended = |outcome: &str| {
        let calls = exported.calls("ChatCompletions").into_iter();
        let call =
            calls.into_iter().find(|call| exported.attribute(call, "katonic.outcome") == outcome).unwrap();
        let model = exported.children(call).into_iter().find(|span| kind(span) == SpanKind::Client).unwrap();
        assert!(is_within(model, call), "{model:?}");
        model
    };
    let whole = ended("completed");
    assert_eq!(exported.attribute(whole, "gen_ai.request.stream"), true);
    assert!(exported.attribute(whole, "gen_ai.response.time_to_first_chunk").as_f64().unwrap() > 0.0);
    assert_eq!(exported.attribute(whole, "gen_ai.usage.output_tokens"), 7);
    let broken = ended("failed");
    assert_eq!(exported.attribute(broken, "error.type"), "upstream_failed");
    assert_eq!(broken.status.as_ref().unwrap().code, 2);
    let left = ended("cancelled");
    assert_eq!(exported.attribute(left, "error.type"), "client_left");
    assert!(left.status.is_none(), "that the client left is no error of the model");
}

#[tokio::test]
async fn an_agents_call_names_agent_and_conversation_and_an_evaluations_calls_are_the_daemons_own() {
    let mut collector = Collector::start().await;
    let daemon = Daemon::start_with(&collector.settings()).await.with_hr().await;
    let key = daemon.chat_key().await;
    let session = json!({"agent_id": "hr-assistant"});
    let call =
        daemon.call(Method::POST, "/sessions").bearer_auth(&key).header("X-User-Email", "sarah@example.org");
    let session = call.json(&session).answer().await.expect(201)["id"].as_str().unwrap().to_owned();
    let body = json!({"agent_id": "hr-assistant", "session_id": session, "stream": false,
        "messages": [{"role": "user", "content": "What's the remote work policy?"}]});
    let call =
        daemon.call(Method::POST, "/chat").bearer_auth(&key).header("X-User-Email", "sarah@example.org");
    call.json(&body).answer().await.expect(200);
    let is_there =
        |exported: &Exported| exported.calls("Chat").iter().any(|span| kind(span) == SpanKind::Server);
    let exported = collector.until(is_there).await;
    let (asked, inner): (Vec<&Span>, Vec<&Span>) =
        exported.calls("Chat").into_iter().partition(|span| kind(span) == SpanKind::Server);
    assert_eq!(exported.attribute(asked[0], "gen_ai.agent.name"), "hr-assistant");
    assert_eq!(exported.attribute(asked[0], "gen_ai.conversation.id"), session.as_str());
    let children = exported.children(asked[0]);
    let retrieval = children.iter().find(|span| span.name == "retrieval").unwrap();
    assert!(exported.attribute(retrieval, "katonic.considered").as_u64().unwrap() > 0);
    let model = children.iter().find(|span| span.name == "chat extractive").unwrap();
    assert_eq!(kind(model), SpanKind::Internal, "nobody else is asked");
    assert!(inner.len() >= 100, "{}", inner.len());
    for case in inner {
        assert_eq!((case.name.as_str(), kind(case)), ("Chat", SpanKind::Internal));
        assert!(exported.attribute(case, "katonic.evaluation.case").is_string());
        assert!(case.parent_span_id.is_empty() && !exported.children(case).is_empty());
    }
    assert!(collector.requests().iter().all(|request| !request.holds("remote work")));
}

#[tokio::test]
async fn what_a_client_does_not_record_is_left_out_unless_it_is_wanted() {
    let unsampled = GIVEN.replace("-01", "-00");
    for (setting, is_sent) in [("", false), ("respect_sampling = false\n", true)] {
        let mut collector = Collector::start().await;
        let settings = format!("{}{setting}", collector.settings());
        let gateway = Gateway::start_with(vec![Reply::says("Hello.")], &settings).await;
        let call = || gateway.call("/chat/completions", &question());
        call().header("traceparent", &unsampled).answer().await.expect(200);
        let told = gateway.provider.last().headers["traceparent"].to_str().unwrap().to_owned();
        assert_eq!(told.ends_with("-01"), is_sent, "{told}");
        call().answer().await.expect(200);
        let exported = collector
            .until(|exported| exported.calls("ChatCompletions").iter().any(|s| s.parent_span_id.is_empty()))
            .await;
        assert_eq!(exported.calls("ChatCompletions").len(), 1 + usize::from(is_sent));
    }
}

#[tokio::test]
async fn a_collector_that_is_busy_is_asked_again_and_one_that_refuses_is_not() {
    let mut collector = Collector::start().await;
    collector.answers(&[StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS]);
    let gateway = gateway(&collector, vec![Reply::says("Hello.")]).await;
    gateway.chat(&question()).await.expect(200);
    collector.until(|exported| exported.call("ChatCompletions").is_some()).await;
    collector.answers(&[StatusCode::BAD_REQUEST]);
    gateway.chat(&question()).await.expect(200);
    while gateway.daemon.figure("katonic_spans_dropped_total").await < 7.0 {
        tokio::task::yield_now().await;
    }
    assert!(gateway.daemon.figure("katonic_spans_sent_total").await >= 7.0);
}

#[tokio::test]
async fn calls_never_wait_for_a_collector_and_what_finds_no_room_is_counted() {
    let collector = Collector::stuck().await;
    let settings = format!("{}queue = 1\n", collector.settings());
    let mut gateway = Gateway::start_with(vec![Reply::says("Hello.")], &settings).await;
    for _ in 0..8 {
        gateway.chat(&question()).await.expect(200);
    }
    assert!(gateway.daemon.figure("katonic_spans_dropped_total").await >= 7.0);
    collector.go_on();
    gateway.daemon.begin_to_stop();
    gateway.daemon.stopped().await;
}

#[tokio::test]
async fn what_waits_is_sent_before_the_daemon_stops_and_a_collector_that_is_away_does_not_hold_it() {
    let mut collector = Collector::start().await;
    let settings = collector.settings().replace("delay_ms = 1", "delay_ms = 600000");
    let mut gateway = Gateway::start_with(vec![Reply::says("Hello.")], &settings).await;
    gateway.chat(&question()).await.expect(200);
    assert!(collector.requests().is_empty());
    gateway.daemon.begin_to_stop();
    gateway.daemon.stopped().await;
    collector.until(|exported| exported.call("ChatCompletions").is_some()).await;

    let away = "[otlp]\nendpoint = \"http://127.0.0.1:1\"\ndelay_ms = 1\n";
    let mut gateway = Gateway::start_with(vec![Reply::says("Hello.")], away).await;
    gateway.chat(&question()).await.expect(200);
    gateway.daemon.begin_to_stop();
    gateway.daemon.stopped().await;
}
