//! Azure OpenAI: OpenAI's shape, by deployment and version of the API.

use super::{Call, Flavour, Operation, Outgoing, Problem, Reader, openai};
use crate::error::Error;
use serde_json::Value;

/// The version of the data plane's API: the newest that is generally available and has structured outputs.
const API_VERSION: &str = "2024-10-21";

pub(super) struct Azure;

impl Flavour for Azure {
    fn serves(&self, operation: Operation) -> bool {
        operation != Operation::Responses
    }

    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        let resource = match call.operation {
            Operation::Embeddings => "embeddings",
            Operation::Chat | Operation::Responses => "chat/completions",
        };
        let deployment: String = form_urlencoded::byte_serialize(call.model.as_bytes()).collect();
        let path = format!("/deployments/{deployment}/{resource}?api-version={API_VERSION}");
        Ok(Outgoing { path, headers: Vec::new(), body: openai::body(call)? })
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        openai::OpenAi.answer(call, answer)
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        openai::OpenAi.reader(call)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{chat, collect};
    use super::*;
    use serde_json::json;

    #[test]
    fn the_model_is_a_deployment() {
        let body = json!({"messages": []});
        let outgoing = Azure.outgoing(&chat(&body, "my gpt")).unwrap();
        assert_eq!(outgoing.path, "/deployments/my+gpt/chat/completions?api-version=2024-10-21");
    }

    /// Azure opens a stream with the results of its own filter and no choice.
    #[test]
    fn the_filter_results_before_the_first_choice_are_no_error() {
        let stream =
            b"data: {\"choices\":[],\"id\":\"\",\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n\
            data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n\
            data: [DONE]\n\n";
        assert_eq!(collect(&Azure, &json!({}), stream).unwrap().len(), 2);
    }
}
