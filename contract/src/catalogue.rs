//! The 39 endpoints of the public API, in reading order.

use crate::agent::AgentDefinition;
use crate::endpoint::PUBLIC;
use crate::endpoints;
use crate::wire::{
    Object,
    agents::*,
    analytics::*,
    chat::*,
    documents::*,
    evaluations::*,
    events::*,
    flywheel::*,
    knowledge::*,
    models::*,
    openai::*,
    page::{ListQuery, Page},
    prompts::*,
    sessions::*,
    tools::*,
    usage::*,
};

endpoints! {
    PUBLIC;

    /// Talk to a published agent. Streams typed events by default; `"stream": false` returns the final object.
    Chat: Post "/chat", Chat, "chat", ChatRequest => 200 ChatAnswer, Events<ChatEvent> where AsksModels, Question, Names;
    /// OpenAI Chat Completions, drop-in: stream, tools, JSON schema, usage in streams.
    ChatCompletions: Post "/chat/completions", Chat, "completions/chat", Object as ChatCompletionRequest => 200 Object as ChatCompletion, Events<CompletionEvent> where AsksModels, Question, Names;
    /// OpenAI Responses: text, tools, streaming events, `previous_response_id`.
    Responses: Post "/responses", Chat, "completions/responses", Object as ResponseRequest => 200 Object as ModelResponse, Events<ModelResponseEvent> where AsksModels, Question, Names;
    /// OpenAI Embeddings, float and base64.
    Embeddings: Post "/embeddings", Chat, "completions/embeddings", Object as EmbeddingRequest => 200 Object as EmbeddingList where AsksModels, Question, Names;

    /// List agents, with the version live in each environment.
    ListAgents: Get "/agents", Agents, "agents/read", ListAgentsQuery => 200 Page<AgentSummary>;
    /// Apply a definition (YAML or JSON). Same content, same version. `?dry_run=true` only validates.
    ApplyAgent: Post "/agents", Agents, "agents/write", ApplyAgentRequest as AgentDefinition => 201 | 200 AppliedAgent, Definition;
    /// One agent: definition, versions, environments, promotions.
    GetAgent: Get "/agents/{agent_id}", Agents, "agents/read", AgentPath => 200 AgentDetail;
    /// Archive: it stops answering, its history stays.
    ArchiveAgent: Delete "/agents/{agent_id}", Agents, "agents/write", AgentPath => 204 ();
    /// Promote a version to `test` or `prod` through the eval gate.
    PromoteAgent: Post "/agents/{agent_id}/promote", Agents, "agents/promote", PromoteRequest => 200 | 202 PromotionOutcome where Waits;

    /// Open a conversation with an agent, for one user.
    CreateSession: Post "/sessions", Sessions, "chat", CreateSessionRequest => 201 Session where Names;
    /// List the caller's conversations.
    ListSessions: Get "/sessions", Sessions, "chat", ListQuery => 200 Page<Session>;
    /// One conversation with its messages, citations and trace ids.
    GetSession: Get "/sessions/{session_id}", Sessions, "chat", SessionPath => 200 SessionDetail;
    /// Delete a conversation and its messages (audit rows stay).
    DeleteSession: Delete "/sessions/{session_id}", Sessions, "chat", DeleteSessionPath => 204 ();

    /// Permission-aware hybrid search: only what the user may read.
    Search: Post "/search", Knowledge, "search", SearchRequest => 200 SearchAnswer where Question;
    /// Ingest a document (multipart file or JSON text) with its access list.
    AddDocument: Post "/knowledge/documents", Knowledge, "knowledge/write", AddDocumentRequest => 201 | 202 Document, Upload where Waits, Names;
    /// List documents the user may read.
    ListDocuments: Get "/knowledge/documents", Knowledge, "knowledge/read", ListDocumentsQuery => 200 Page<Document>;
    /// One document: sections, pages, access list, ingest status.
    GetDocument: Get "/knowledge/documents/{doc_id}", Knowledge, "knowledge/read", DocumentPath => 200 DocumentDetail;
    /// Remove a document and every passage of it.
    DeleteDocument: Delete "/knowledge/documents/{doc_id}", Knowledge, "knowledge/write", DocumentPath => 204 ();

    /// Store a suite (YAML or JSON), versioned by content.
    PutSuite: Put "/evaluations/suites/{suite_id}", Evaluations, "evaluations", PutSuiteRequest as SuiteDocument => 200 | 201 AppliedSuite, Definition;
    /// List suites with versions and case counts.
    ListSuites: Get "/evaluations/suites", Evaluations, "evaluations", ListQuery => 200 Page<SuiteSummary>;
    /// Start a run of a suite against an agent version.
    StartRun: Post "/evaluations/run", Evaluations, "evaluations", StartRunRequest => 202 | 200 Run where Waits, Names;
    /// List runs, by agent, suite, version, status.
    ListRuns: Get "/evaluations/runs", Evaluations, "evaluations", ListRunsQuery => 200 Page<Run>;
    /// One run with every case and score; as an event stream it reports progress.
    GetRun: Get "/evaluations/runs/{run_id}", Evaluations, "evaluations", RunPath => 200 RunDetail, Events<RunEvent>;
    /// A run against a baseline run, or against what is live in an environment.
    CompareRuns: Post "/evaluations/compare", Evaluations, "evaluations", CompareRequest => 200 Comparison where Question, Names;

    /// Search for better instructions and examples, scored on a suite, within a budget.
    OptimisePrompt: Post "/prompts/optimise", PromptOptimisation, "prompts", OptimiseRequest => 202 Optimisation where Names;
    /// Progress, candidates, scores, cost.
    GetOptimisation: Get "/prompts/optimisations/{optimisation_id}", PromptOptimisation, "prompts", OptimisationPath => 200 Optimisation, Events<OptimisationEvent>;
    /// Turn the winning candidate into a new agent version.
    ApplyOptimisation: Post "/prompts/optimisations/{optimisation_id}/apply", PromptOptimisation, "agents/write", ApplyOptimisationRequest => 201 AppliedOptimisation;

    /// Rate, correct or comment on a trace.
    GiveFeedback: Post "/feedback", DataFlywheel, "feedback", FeedbackRequest => 201 Feedback where Names;
    /// Production traces worth learning from, ranked, with the reason.
    ListCandidates: Get "/flywheel/candidates", DataFlywheel, "flywheel", ListCandidatesQuery => 200 Page<Candidate>;
    /// Curate a dataset version from traces by rules: dedupe, redact, split.
    CurateDataset: Post "/flywheel/datasets", DataFlywheel, "flywheel", CurateRequest => 202 Dataset where Waits;
    /// A dataset; `?format=` exports it (fine-tuning JSONL, preference pairs, eval suite).
    GetDataset: Get "/flywheel/datasets/{dataset_id}", DataFlywheel, "flywheel", DatasetPath => 200 DatasetDetail, File["application/x-ndjson", "application/yaml", "text/csv"];

    /// Tools the caller may use, with JSON Schemas and risk levels.
    ListTools: Get "/tools", ToolsAndModels, "tools", ListQuery => 200 Page<Tool>;
    /// Run one governed tool: policy, approval, audit, then the result.
    InvokeTool: Post "/tools/{tool_name}/invoke", ToolsAndModels, "tools", InvokeToolRequest => 200 | 202 InvokedTool;
    /// Models and tiers this key may use, in OpenAI's list format with prices and limits.
    ListModels: Get "/models", ToolsAndModels, "models", ListQuery => 200 Page<Model>;
    /// One model or tier.
    GetModel: Get "/models/{model_id}", ToolsAndModels, "models", ModelPath => 200 Model;
    /// Write a document and return the file: DOCX, PDF, PPTX, XLSX, HTML or Markdown.
    GenerateDocument: Post "/documents/generate", ToolsAndModels, "documents", GenerateDocumentRequest => 200 GeneratedDocument, File["application/pdf", "text/html", "text/markdown", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] where AsksModels, Names;

    /// Calls, errors, latency percentiles, tokens and cost, by key, team, agent, model, day.
    GetUsage: Get "/analytics/usage", Analytics, "analytics", UsageQuery => 200 Page<UsageRow>, File["text/csv"];
    /// Everything one call did: policy, retrieval, tools, rails, model, cost.
    GetTrace: Get "/analytics/traces/{trace_id}", Analytics, "analytics", TracePath => 200 Trace;
    /// The audit log, filtered and paged, with chain verification.
    ListAudit: Get "/analytics/audit", Analytics, "analytics", ListAuditQuery => 200 AuditPage where Names;
}

#[cfg(test)]
mod tests {
    use super::CATALOGUE;
    use std::collections::BTreeSet;

    #[test]
    fn the_catalogue_holds_39_distinct_endpoints() {
        assert_eq!(CATALOGUE.len(), 39);
        let places: BTreeSet<_> = CATALOGUE.iter().map(|e| (e.method.as_str(), e.path)).collect();
        let names: BTreeSet<_> = CATALOGUE.iter().map(|e| e.name).collect();
        assert_eq!((places.len(), names.len()), (39, 39));
    }

    #[test]
    fn every_endpoint_says_what_it_does() {
        for endpoint in CATALOGUE {
            assert!(endpoint.doc.trim().ends_with('.'), "{}: {:?}", endpoint.name, endpoint.doc);
        }
    }
}
