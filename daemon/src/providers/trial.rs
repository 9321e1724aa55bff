//! One real call to a provider, for an operator who wants to know whether it works.

use super::catalogue;
use super::exchange::Reply;
use super::failure;
use super::flavours::Operation;
use super::route::{Providers, Route};
use super::spending::Free;
use super::walk::{Ask, By};
use crate::error::{Error, Kind};
use contract::wire::admin::ProviderTest;
use serde_json::json;
use std::time::Instant;

impl Providers {
    /// Calls a model of a provider: the one that is named, else the cheapest that is known.
    ///
    /// # Errors
    /// If the provider can't be called at all, or no model of it is known.
    pub(crate) async fn test(
        &self,
        team: &str,
        provider: &str,
        model: Option<&str>,
    ) -> Result<ProviderTest, Error> {
        let upstream = self.available(team, provider).ok_or_else(|| {
            let message =
                format!("The provider `{provider}` has no key. Run `katonic providers add {provider}`.");
            Error::new(Kind::NotFound, "provider_not_found", message)
        })?;
        let model = model.map(str::to_owned).or_else(|| cheapest(&upstream.name)).ok_or_else(|| {
            Error::invalid("model", format!("No model of `{provider}` is known. Name one: `--model`."))
        })?;
        let name = format!("{}/{model}", upstream.name);
        let Route::Targets(plan) = self.route(team, &name)? else {
            return Err(Error::internal("a provider's model is no target"));
        };
        let body =
            json!({"messages": [{"role": "user", "content": "Answer with the word ok."}], "max_tokens": 16});
        let body = body.as_object().cloned().unwrap_or_default();
        let began = Instant::now();
        let ask = Ask {
            operation: Operation::Chat,
            body: &body,
            stream: false,
            by: By { team, spending: &Free, trace: None },
        };
        let (ok, detail) = match self.ask(&plan, ask).await {
            Ok(answered) => (true, said(&answered.reply)),
            Err(error) => (false, what_failed(&error)),
        };
        Ok(ProviderTest {
            provider: upstream.name.clone(),
            model: name,
            ok,
            detail,
            latency_ms: began.elapsed().as_secs_f64() * 1000.0,
        })
    }
}

/// Also in the provider's words: the request that it speaks of is this file's own.
fn what_failed(error: &Error) -> String {
    let what = error.cause.as_ref().unwrap_or(&error.message);
    failure::said(error).map_or_else(|| what.clone(), |said| format!("{what}: {said}"))
}

fn said(reply: &Reply) -> String {
    let text = match reply {
        Reply::Whole(answer) => {
            answer.pointer("/choices/0/message/content").and_then(serde_json::Value::as_str)
        }
        Reply::Stream(_) => None,
    };
    text.unwrap_or_default().chars().take(200).collect()
}

fn cheapest(provider: &str) -> Option<String> {
    let models = catalogue::models(provider);
    let chats =
        models.iter().filter(|model| model.kind == "chat" && !model.deprecated && model.endpoint.is_none());
    let priced =
        chats.filter_map(|model| Some((model.input_usd_per_mtok.filter(|price| *price > 0.0)?, &model.id)));
    let cheapest = priced.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id)| id.clone());
    cheapest.or_else(|| models.iter().find(|model| model.kind == "chat").map(|model| model.id.clone()))
}
