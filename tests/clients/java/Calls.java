// Makes all 39 calls by the client that openapi-generator made, and asserts on their answers.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AgentsApi;
import org.openapitools.client.api.AnalyticsApi;
import org.openapitools.client.api.ChatApi;
import org.openapitools.client.api.DataFlywheelApi;
import org.openapitools.client.api.EvaluationsApi;
import org.openapitools.client.api.KnowledgeApi;
import org.openapitools.client.api.PromptOptimisationApi;
import org.openapitools.client.api.SessionsApi;
import org.openapitools.client.api.ToolsAndModelsApi;
import org.openapitools.client.model.*;

public final class Calls {
    private static final String SARAH = "sarah@example.org";
    private static final String QUESTION = "How many sick days do I have each year?";
    private static final String MESSAGES = "\"messages\": [{\"role\": \"user\", \"content\": \"" + QUESTION + "\"}]";

    private final ApiClient client;
    private final ObjectMapper mapper;

    private Calls(ApiClient client) {
        this.client = client;
        this.mapper = client.getObjectMapper();
    }

    public static void main(String[] args) throws Exception {
        var client = new ApiClient();
        client.updateBaseUri(System.getenv("KATONIC_URL"));
        String key = System.getenv("KATONIC_API_KEY");
        client.setRequestInterceptor(call -> call.header("Authorization", "Bearer " + key));
        var calls = new Calls(client);
        String trace = calls.chats();
        calls.agents();
        calls.sessions();
        calls.knowledge();
        calls.evaluations();
        calls.prompts();
        calls.flywheel(trace);
        calls.tools();
        calls.analytics(trace);
        new AgentsApi(client).archiveAgent("by-java", SARAH);
        System.out.println("java: all calls made");
    }

    /** A body that is written as JSON. */
    private <T> T body(Class<T> type, String text) throws Exception {
        return mapper.readValue(text, type);
    }

    private static void check(boolean holds, Object said) {
        if (!holds) {
            throw new AssertionError(said);
        }
    }

    private String chats() throws Exception {
        var api = new ChatApi(client);
        var request = body(ChatRequest.class, "{\"agent_id\": \"hr-assistant\", \"stream\": false, " + MESSAGES + "}");
        ChatAnswer answer = api.chat(request, SARAH);
        check(answer.getStatus() == ChatStatus.COMPLETED, answer);
        check(answer.getCitations().get(0).getDocId().equals("HR-2024-02"), answer);
        var text = new StringBuilder();
        List<String> names = new ArrayList<>();
        ChatStream.ask(client, request, SARAH, (name, data) -> {
            names.add(name);
            text.append(name.equals("completion.delta") ? data.get("text").asText() : "");
        });
        check(text.toString().equals(answer.getAnswer()) && names.contains("agent.complete"), names);
        var completion = body(ChatCompletionRequest.class, "{\"model\": \"agent/hr-assistant\", \"stop\": [\"###\"], " + MESSAGES + "}");
        check(api.chatCompletions(completion, SARAH).getChoices().get(0).getMessage().getContent().contains("ten paid sick days"), completion);
        var response = body(ResponseRequest.class, "{\"model\": \"agent/hr-assistant\", \"input\": \"" + QUESTION + "\"}");
        check(api.responses(response, SARAH).getOutput().get(0).getContent().get(0).getText().contains("ten paid sick days"), response);
        // Without a provider there are no embeddings.
        var embedding = body(EmbeddingRequest.class, "{\"model\": \"embedding\", \"input\": [\"leave\"]}");
        try {
            throw new AssertionError(api.embeddings(embedding, SARAH));
        } catch (ApiException refused) {
            var envelope = body(ErrorEnvelope.class, refused.getResponseBody());
            check(refused.getCode() == 503 && envelope.getError().getCode().equals("no_provider_configured"), envelope);
        }
        return answer.getTraceId();
    }

    private void agents() throws Exception {
        var api = new AgentsApi(client);
        check(api.listAgents(10L, null, null, SARAH).getData().size() > 0, "no agents");
        var definition = body(AgentDefinition.class, "{\"apiVersion\": \"katonic/v1\", \"kind\": \"Agent\", \"metadata\": {\"id\": \"by-java\"},"
                + " \"spec\": {\"model\": \"balanced\", \"instructions\": \"Answer from the documents.\", \"knowledge\": {\"collections\": [\"hr-policies\"]}}}");
        AppliedAgent applied = api.applyAgent(definition, null, null, SARAH);
        AgentDetail detail = api.getAgent("by-java", SARAH);
        check(detail.getVersions().get(0).getVersion().equals(applied.getVersion()), detail);
        var promote = body(PromoteRequest.class, "{\"environment\": \"test\", \"override\": {\"reason\": \"a client is tried\"}}");
        check(api.promoteAgent("by-java", promote, null, SARAH).getPromoted(), promote);
    }

    private void sessions() throws Exception {
        var api = new SessionsApi(client);
        var create = body(CreateSessionRequest.class, "{\"agent_id\": \"hr-assistant\", \"title\": \"by java\"}");
        String session = api.createSession(create, "by-java-1", SARAH).getId();
        check(api.createSession(create, "by-java-1", SARAH).getId().equals(session), session);
        check(api.listSessions(null, null, SARAH).getData().size() > 0, "no sessions");
        check(api.getSession(session, null, null, SARAH).getTitle().equals("by java"), session);
        api.deleteSession(session, SARAH);
    }

    private void knowledge() throws Exception {
        var api = new KnowledgeApi(client);
        var document = body(AddDocumentRequest.class,
                "{\"doc_id\": \"BY-JAVA\", \"text\": \"# Parking\\n\\nMopeds stand in the yard.\", \"collection\": \"hr-policies\", \"public\": true}");
        check(api.addDocument(document, null, null, SARAH).getStatus().equals("ready"), document);
        SearchAnswer found = api.search(body(SearchRequest.class, "{\"query\": \"mopeds yard\", \"top_k\": 3}"), SARAH);
        check(found.getData().get(0).getDocId().equals("BY-JAVA"), found);
        check(api.listDocuments(null, null, "hr-policies", null, SARAH).getData().size() > 0, "no documents");
        check(api.getDocument("BY-JAVA", SARAH).getOutline().get(0).getTitle().equals("Parking"), "no outline");
        api.deleteDocument("BY-JAVA", SARAH);
    }

    private void evaluations() throws Exception {
        var api = new EvaluationsApi(client);
        var suite = body(SuiteDocument.class, "{\"apiVersion\": \"katonic/v1\", \"kind\": \"EvalSuite\", \"metadata\": {\"id\": \"by-java\"}, \"spec\": {\"cases\":"
                + " [{\"id\": \"sick-days\", \"input\": \"" + QUESTION + "\", \"as_user\": \"sarah@example.org\", \"expect\": {\"facts\": [\"ten\"]}}]}}");
        check(api.putSuite("by-java", suite, null, SARAH).getCases() == 1, suite);
        check(api.listSuites(null, null, SARAH).getData().size() > 1, "no suites");
        var start = body(StartRunRequest.class, "{\"agent\": \"hr-assistant\", \"suite\": \"hr-eval-v3\"}");
        Run run = api.startRun(start, null, "wait=120", SARAH);
        check(run.getStatus() == RunStatus.FINISHED && run.getPassed() > 0, run);
        check(api.listRuns(null, null, "hr-assistant", null, null, null, SARAH).getData().size() > 0, "no runs");
        check(api.getRun(run.getRunId(), SARAH).getData().size() == run.getCases(), run);
        var compare = body(CompareRequest.class, "{\"run_id\": \"" + run.getRunId() + "\", \"baseline\": \"" + run.getRunId() + "\"}");
        check(api.compareRuns(compare, SARAH).getVerdict().equals("unchanged"), compare);
    }

    private void prompts() throws Exception {
        var api = new PromptOptimisationApi(client);
        var wanted = body(OptimiseRequest.class, "{\"agent\": \"hr-assistant\", \"suite\": \"hr-eval-v3\", \"algorithm\": \"random\","
                + " \"budget\": {\"calls\": 200}, \"search\": [\"retrieval\"]}");
        Optimisation optimisation = api.optimisePrompt(wanted, null, SARAH);
        while (optimisation.getStatus() == RunStatus.QUEUED || optimisation.getStatus() == RunStatus.RUNNING) {
            Thread.sleep(200);
            optimisation = api.getOptimisation(optimisation.getOptimisationId(), SARAH);
        }
        var apply = new ApplyOptimisationRequest().candidateId(optimisation.getCandidates().get(1).getCandidateId());
        AppliedOptimisation turned = api.applyOptimisation(optimisation.getOptimisationId(), apply, null, SARAH);
        check(turned.getDefinition().getMetadata().getId().equals("hr-assistant"), turned);
    }

    private void flywheel(String trace) throws Exception {
        var api = new DataFlywheelApi(client);
        var said = body(FeedbackRequest.class, "{\"trace_id\": \"" + trace + "\", \"rating\": \"up\", \"correction\": \"Ten a year.\"}");
        check(api.giveFeedback(said, null, SARAH).getRating() == Rating.UP, said);
        check(api.listCandidates(null, null, "hr-assistant", null, null, SARAH).getObject().equals("list"), "no candidates");
        var curate = body(CurateRequest.class, "{\"name\": \"by-java\", \"split\": {\"train\": 0.5, \"test\": 0.5}}");
        Dataset dataset = api.curateDataset(curate, null, "wait=30", SARAH);
        check(api.getDataset(dataset.getDatasetId(), null, null, null, null, null, SARAH).getName().equals("by-java"), dataset);
    }

    private void tools() throws Exception {
        var api = new ToolsAndModelsApi(client);
        check(api.listTools(null, null, SARAH).getData().size() > 0, "no tools");
        InvokedTool invoked = api.invokeTool("calculator", body(InvokeToolRequest.class, "{\"arguments\": {\"expression\": \"6 * 7\"}}"), null, SARAH);
        check(invoked.getOk() && invoked.getResult().toString().contains("42"), invoked);
        check(api.listModels(null, null, SARAH).getData().size() > 0, "no models");
        check(!api.getModel("balanced", SARAH).getOwnedBy().isEmpty(), "no owner");
        var generate = body(GenerateDocumentRequest.class, "{\"format\": \"markdown\", \"content\": \"# Leave\\n\\nTen days.\"}");
        check(api.generateDocument(generate, SARAH).getMediaType().startsWith("text/markdown"), generate);
    }

    private void analytics(String trace) throws Exception {
        // The operator's own view is everybody's.
        var api = new AnalyticsApi(client);
        check(api.getUsage(null, null, GroupBy.ENDPOINT, null, null, null).getData().get(0).getCalls() > 0, "no usage");
        check(api.getTrace(trace, SARAH).getStatus().equals("completed"), trace);
        AuditPage audit = api.listAudit(5L, null, null, null, null, null, null, null, null, null, true, null, null);
        check(audit.getChain().getOk() && !audit.getData().get(0).getEndpoint().isEmpty(), audit);
    }
}
