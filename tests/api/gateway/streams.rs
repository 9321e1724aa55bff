//! Streams: faithful where nothing goes wrong, and never silent where something does.

use super::{Gateway, content, data, question, streamed};
use crate::scripted::{Reply, Step, chunk, event};
use crate::support::Answered;
use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};

const RAILS_OFF: &str = "[completions]\nrails = false\n";

#[tokio::test]
async fn without_rails_every_event_leaves_as_it_came() {
    let odd = "{\"id\":\"a\",  \"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}],\"x\":1e3}";
    let end = event(&chunk(json!({}), Some("stop")));
    let gateway = Gateway::start_with(
        vec![Reply::stream(format!(": hello\r\n\r\ndata: {odd}\r\n\r\n{end}data: [DONE]\n\n"))],
        RAILS_OFF,
    )
    .await;
    let text = gateway.stream(&streamed()).await;
    assert_eq!(text, format!("data: {odd}\n\n{end}data: [DONE]\n\n"));
}

#[tokio::test]
async fn usage_is_metered_though_nobody_asked_and_told_only_to_who_did() {
    let gateway = Gateway::start(vec![Reply::streams("One two three.")]).await;
    let response = gateway.call("/chat/completions", &streamed()).send().await.unwrap();
    let trace_id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    assert_eq!(content(&text), "One two three.");
    assert!(!text.contains("usage"), "{text}");
    assert_eq!(gateway.provider.last().body["stream_options"]["include_usage"], true);
    assert_eq!(gateway.trace_of(&trace_id).await["usage"]["tokens"], 18);
    let mut body = streamed();
    body["stream_options"] = json!({"include_usage": true});
    let chunks = data(&gateway.stream(&body).await);
    let last = chunks.last().unwrap();
    assert_eq!((&last["choices"], &last["usage"]["total_tokens"]), (&json!([]), &json!(18)));
}

/// The first delta leaves when it has come, not when the stream ends.
#[tokio::test]
async fn the_first_delta_leaves_at_once() {
    let first = event(&chunk(json!({"content": "Well. And then"}), None));
    let reply =
        Reply::stream(first).then(Step::Wait).then(Step::Send(event(&chunk(json!({}), Some("stop"))).into()));
    for settings in [RAILS_OFF, ""] {
        let gateway = Gateway::start_with(vec![reply.clone()], settings).await;
        let response = gateway.call("/chat/completions", &streamed()).send().await.unwrap();
        let mut body = response.bytes_stream();
        let seen = body.next().await.unwrap().unwrap();
        assert!(String::from_utf8_lossy(&seen).contains("Well. "), "{seen:?}");
        gateway.provider.go_on.notify_one();
        while body.next().await.is_some() {}
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_ends_with_an_error_event() {
    let first = event(&chunk(json!({"content": "Well. "}), None));
    let broken = [
        Reply::stream(first.clone()).then(Step::Wait).then(Step::Break),
        Reply::stream(first.clone()),
        Reply::stream(first.clone() + "data: {\"error\": {\"message\": \"too many\", \"code\": 429}}\n\n"),
        Reply::stream(first.clone() + "data: this is no JSON\n\n"),
        Reply::stream(first + "data: \u{fffd}").then(Step::Send(vec![0xff, 0xfe, b'\n', b'\n'])),
    ];
    for reply in broken {
        let gateway = Gateway::start(vec![reply.clone()]).await;
        let response = gateway.call("/chat/completions", &streamed()).send().await.unwrap();
        assert_eq!(response.status(), 200, "it had begun: {reply:?}");
        let trace_id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
        gateway.provider.go_on.notify_one();
        let text = response.text().await.unwrap();
        let last = data(&text).pop().unwrap();
        assert_eq!(last["error"]["type"], "upstream_error", "{reply:?}: {text}");
        assert_eq!(last["trace_id"], trace_id.as_str());
        assert!(!text.contains("[DONE]"), "{text}");
        let trace = gateway.trace_of(&trace_id).await;
        assert_eq!((&trace["status"], &trace["usage"]["estimated"]), (&json!("failed"), &json!(true)));
        assert_eq!(gateway.provider.calls(), 1, "after the first byte nobody else is asked");
    }
}

#[tokio::test]
async fn a_provider_that_fails_after_an_empty_prologue_has_not_begun() {
    let prologue = event(&chunk(json!({"role": "assistant", "content": ""}), None));
    let gateway = Gateway::start(vec![
        Reply::stream(
            prologue.clone() + "data: {\"error\": {\"message\": \"overloaded\", \"code\": 529}}\n\n",
        ),
        Reply::stream(prologue).then(Step::Break),
        Reply::streams("Here I am."),
    ])
    .await;
    assert_eq!(content(&gateway.stream(&streamed()).await), "Here I am.");
    assert_eq!(gateway.provider.calls(), 3);
}

#[tokio::test]
async fn a_missing_done_is_no_error_where_the_answer_had_ended() {
    let text = event(&chunk(json!({"content": "All."}), None)) + &event(&chunk(json!({}), Some("stop")));
    let gateway = Gateway::start(vec![Reply::stream(text)]).await;
    let text = gateway.stream(&streamed()).await;
    assert!(text.ends_with("data: [DONE]\n\n") && content(&text) == "All.", "{text}");
}

#[tokio::test]
async fn a_provider_that_sends_json_to_a_call_for_a_stream_is_streamed_all_the_same() {
    let gateway = Gateway::start(vec![Reply::says("Hello there.")]).await;
    let text = gateway.stream(&streamed()).await;
    assert_eq!(content(&text), "Hello there.");
    assert!(data(&text).iter().any(|chunk| chunk["choices"][0]["finish_reason"] == "stop"), "{text}");
}

#[tokio::test]
async fn characters_split_between_two_packets_stay_whole() {
    let text = event(&chunk(json!({"content": "Grüße 🙂."}), None)) + &event(&chunk(json!({}), Some("stop")));
    let bytes = text.as_bytes();
    let at = text.find('🙂').unwrap() + 2;
    let reply = Reply::stream(&bytes[..at]).then(Step::Wait).then(Step::Send(bytes[at..].to_vec()));
    let gateway = Gateway::start(vec![reply]).await;
    gateway.provider.go_on.notify_one();
    assert_eq!(content(&gateway.stream(&streamed()).await), "Grüße 🙂.");
}

#[tokio::test]
async fn a_client_that_leaves_cancels_the_provider_and_what_came_is_counted() {
    let first = event(&chunk(json!({"content": "One. Two. "}), None));
    let mut gateway = Gateway::start(vec![Reply::stream(first).then(Step::Wait)]).await;
    let response = gateway.call("/chat/completions", &streamed()).send().await.unwrap();
    let trace_id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
    let mut body = response.bytes_stream();
    body.next().await.unwrap().unwrap();
    drop(body);
    gateway.provider.dropped.wait_for(|dropped| *dropped == 1).await.unwrap();
    let trace = gateway.trace_of(&trace_id).await;
    assert_eq!(trace["status"], "cancelled");
    assert!(trace["usage"]["output_tokens"].as_u64().unwrap() >= 4, "{trace}");
    assert_eq!(trace["usage"]["estimated"], true);
}

/// litellm PR#36008, bifrost#3357: cancelled work was billed twice, as a whole, or not at all.
#[tokio::test]
async fn wherever_a_client_leaves_it_is_billed_once_for_what_came() {
    let prices = "[models.\"local/m\"]\ninput_usd_per_mtok = 1000\noutput_usd_per_mtok = 1000\n";
    let mut gateway = Gateway::start_with(vec![], &format!("{RAILS_OFF}{prices}")).await;
    let budget = json!({"name": "all", "subject": "team", "period": "day", "limit_usd": 1000});
    gateway.daemon.admin(Method::POST, "/budgets", budget).await.expect(201);
    let (mut billed, mut outputs) = (0.0, Vec::new());
    for came in 1..=4 {
        let pieces: String =
            (0..came).map(|n| event(&chunk(json!({"content": format!("Piece {n}. ")}), None))).collect();
        gateway.provider.next(vec![Reply::stream(pieces).then(Step::Wait)]);
        let response = gateway.call("/chat/completions", &streamed()).send().await.unwrap();
        let trace_id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
        let (mut body, mut seen) = (response.bytes_stream(), String::new());
        while !seen.contains(&format!("Piece {}", came - 1)) {
            seen.push_str(&String::from_utf8_lossy(&body.next().await.unwrap().unwrap()));
        }
        drop(body);
        gateway.provider.dropped.wait_for(|dropped| *dropped == came).await.unwrap();
        let usage = gateway.trace_of(&trace_id).await["usage"].clone();
        billed += usage["cost_usd"].as_f64().unwrap();
        outputs.push(usage["output_tokens"].as_u64().unwrap());
        let path = format!("/analytics/audit?trace_id={trace_id}");
        let rows = gateway.daemon.operator(Method::GET, &path).answer().await.expect(200);
        assert_eq!(rows["data"].as_array().unwrap().len(), 1, "{rows}");
    }
    assert!(outputs.is_sorted_by(|a, b| a < b), "{outputs:?}");
    let budget = gateway.daemon.admin(Method::GET, "/budgets/all", json!({})).await.expect(200);
    assert_eq!((&budget["spent_usd"], &budget["held_usd"]), (&json!(billed), &json!(0.0)));
}

/// litellm PR#35290: of reasoning up to 90 % and more went uncounted.
#[tokio::test]
async fn reasoning_is_counted_whether_the_provider_counts_it_or_not() {
    let says = |delta: Value| event(&chunk(delta, None));
    let thought = says(
        json!({"reasoning_content": "It is a long way to the answer, step by step by step. ".repeat(20)}),
    );
    let answer = says(json!({"content": "Yes."})) + &event(&chunk(json!({}), Some("stop")));
    let mut usage = chunk(json!({}), None);
    usage["choices"] = json!([]);
    usage["usage"] = json!({"prompt_tokens": 11, "completion_tokens": 900, "total_tokens": 911,
                            "completion_tokens_details": {"reasoning_tokens": 890}});
    for (last, expected) in [(String::new(), 200..400), (event(&usage), 900..901)] {
        let text = format!("{thought}{answer}{last}data: [DONE]\n\n");
        let gateway = Gateway::start(vec![Reply::stream(text)]).await;
        let response = gateway.call("/chat/completions", &streamed()).send().await.unwrap();
        let trace_id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
        response.text().await.unwrap();
        let output = gateway.trace_of(&trace_id).await["usage"]["output_tokens"].as_u64().unwrap();
        assert!(expected.contains(&output), "{output} of {expected:?}");
    }
}

#[tokio::test]
async fn parallel_tool_calls_keep_their_numbers_and_ids() {
    let call = |value: Value| event(&chunk(json!({"tool_calls": [value]}), None));
    let begin = |n: u64, id: &str| {
        call(
            json!({"index": n, "id": id, "type": "function", "function": {"name": "weather", "arguments": ""}}),
        )
    };
    let piece = |n: u64, text: &str| call(json!({"index": n, "function": {"arguments": text}}));
    let text = [
        begin(0, "call_a"),
        piece(0, "{\"city\":"),
        begin(1, "call_b"),
        piece(1, "{\"city\":\"Oslo\"}"),
        piece(0, "\"Rome\"}"),
        event(&chunk(json!({}), Some("tool_calls"))),
    ];
    for settings in [RAILS_OFF, ""] {
        let gateway = Gateway::start_with(vec![Reply::stream(text.concat())], settings).await;
        let mut calls = [(Vec::new(), String::new()), (Vec::new(), String::new())];
        for chunk in data(&gateway.stream(&streamed()).await) {
            for call in chunk["choices"][0]["delta"]["tool_calls"].as_array().into_iter().flatten() {
                let (ids, arguments) = &mut calls[usize::try_from(call["index"].as_u64().unwrap()).unwrap()];
                ids.extend(call["id"].as_str().map(str::to_owned));
                arguments.push_str(call["function"]["arguments"].as_str().unwrap());
            }
        }
        assert_eq!(calls[0], (vec!["call_a".to_owned()], "{\"city\":\"Rome\"}".to_owned()));
        assert_eq!(calls[1], (vec!["call_b".to_owned()], "{\"city\":\"Oslo\"}".to_owned()));
    }
}

#[tokio::test]
async fn a_secret_split_over_two_deltas_never_leaves() {
    let secret = format!("{}_{}", "ghp", "Zq7xW2mK9pLr4TvB8nYd3Hc6FsJg5RtAeUoS");
    let (one, two) = secret.split_at(7);
    let says = |text: &str| event(&chunk(json!({"content": text}), None));
    let text = says("All is well. The key is ") + &says(one) + &says(two) + &says(". Keep it.");
    let mut gateway = Gateway::start(vec![Reply::stream(text).then(Step::Wait)]).await;
    let text = gateway.stream(&streamed()).await;
    assert_eq!(content(&text), "All is well. ");
    assert!(
        text.contains("\"finish_reason\":\"content_filter\"") && text.ends_with("data: [DONE]\n\n"),
        "{text}"
    );
    gateway.provider.dropped.wait_for(|dropped| *dropped == 1).await.unwrap();
}

/// A provider that is silent gets a time-out, not a client that waits for ever.
#[tokio::test]
async fn a_silent_provider_is_a_504() {
    let timeouts = "[timeouts]\nconnect_seconds = 1\nfirst_byte_seconds = 0.02\nidle_seconds = 0.02\ntotal_seconds = 5\n\
                    [routing]\nretries = 0\nbackoff_ms = 1\n";
    let silent = Reply::stream("").then(Step::Wait);
    let gateway = Gateway::start_with(vec![silent], timeouts).await;
    let answer = gateway.chat(&question()).await;
    assert_eq!((answer.status, answer.code()), (504, "upstream_timeout"), "{}", answer.body);
    let begun = Reply::stream(event(&chunk(json!({"content": "Well. "}), None))).then(Step::Wait);
    gateway.provider.next(vec![begun]);
    let text = gateway.stream(&streamed()).await;
    assert_eq!(data(&text).pop().unwrap()["error"]["code"], "upstream_timeout", "{text}");
}

#[tokio::test]
async fn an_error_before_the_first_byte_has_its_own_status() {
    let gateway =
        Gateway::start(vec![Reply::json(500, &json!({"error": {"message": "secret inside"}}))]).await;
    let answer = gateway.call("/chat/completions", &streamed()).answer().await;
    assert_eq!((answer.status, answer.code()), (502, "upstream_failed"));
    assert!(!answer.body.to_string().contains("secret inside"), "{}", answer.body);
}
