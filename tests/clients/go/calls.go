// Makes all 39 calls by the client that openapi-generator made, and asserts on their answers.

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"example.org/clients/katonic"
)

const sarah = "sarah@example.org"

// body reads a body that is written as JSON.
func body[T any](text string) T {
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic(fmt.Sprint(text, ": ", err))
	}
	return value
}

// must gives what a call answered, which must have the status.
func must[T any](status int) func(T, *http.Response, error) T {
	return func(answer T, response *http.Response, err error) T {
		if err != nil || response.StatusCode != status {
			said := ""
			if failure, is := err.(*katonic.GenericOpenAPIError); is {
				said = string(failure.Body())
			}
			panic(fmt.Sprintf("%T: %v %s", answer, err, said))
		}
		return answer
	}
}

// gone is the same of a call that answers nothing.
func gone(response *http.Response, err error) {
	if err != nil || response.StatusCode != http.StatusNoContent {
		panic(fmt.Sprint("not gone: ", err))
	}
}

func check(holds bool, what ...any) {
	if !holds {
		panic(fmt.Sprint(what...))
	}
}

func main() {
	url, key := os.Getenv("KATONIC_URL"), os.Getenv("KATONIC_API_KEY")
	configuration := katonic.NewConfiguration()
	configuration.Servers = katonic.ServerConfigurations{{URL: url}}
	client := katonic.NewAPIClient(configuration)
	ctx := context.WithValue(context.Background(), katonic.ContextAccessToken, key)

	trace := chats(ctx, client, url, key)
	agents(ctx, client)
	sessions(ctx, client)
	knowledge(ctx, client)
	evaluations(ctx, client)
	prompts(ctx, client)
	flywheel(ctx, client, trace)
	tools(ctx, client)
	analytics(ctx, client, trace)
	gone(client.AgentsAPI.ArchiveAgent(ctx, "by-go").XUserEmail(sarah).Execute())
	fmt.Println("go: all calls made")
}

const question = "How many sick days do I have each year?"

func chats(ctx context.Context, client *katonic.APIClient, url, key string) string {
	api := client.ChatAPI
	messages := `"messages": [{"role": "user", "content": "` + question + `"}]`
	request := body[katonic.ChatRequest](`{"agent_id": "hr-assistant", "stream": false, ` + messages + `}`)
	answer := must[*katonic.ChatAnswer](200)(api.Chat(ctx).ChatRequest(request).XUserEmail(sarah).Execute())
	check(answer.Status == katonic.CHATSTATUS_COMPLETED && answer.Citations[0].DocId == "HR-2024-02", answer)
	text, last := "", ""
	err := chatStream(ctx, url, key, sarah, request, func(name string, data json.RawMessage) error {
		if name == "completion.delta" {
			text += body[katonic.TextDelta](string(data)).Text
		}
		last = name
		return nil
	})
	check(err == nil && text == answer.Answer && last == "agent.complete", err, text, last)
	completion := body[katonic.ChatCompletionRequest](`{"model": "agent/hr-assistant", "stop": ["###"], ` + messages + `}`)
	completed := must[*katonic.ChatCompletion](200)(api.ChatCompletions(ctx).ChatCompletionRequest(completion).XUserEmail(sarah).Execute())
	check(strings.Contains(completed.Choices[0].Message.GetContent(), "ten paid sick days"), completed)
	response := body[katonic.ResponseRequest](`{"model": "agent/hr-assistant", "input": "` + question + `"}`)
	responded := must[*katonic.ModelResponse](200)(api.Responses(ctx).ResponseRequest(response).XUserEmail(sarah).Execute())
	check(strings.Contains(responded.Output[0].Content[0].GetText(), "ten paid sick days"), responded)
	// Without a provider there are no embeddings.
	embedding := body[katonic.EmbeddingRequest](`{"model": "embedding", "input": ["leave"]}`)
	_, refused, err := api.Embeddings(ctx).EmbeddingRequest(embedding).XUserEmail(sarah).Execute()
	failure, is := err.(*katonic.GenericOpenAPIError)
	check(is && refused.StatusCode == 503, err)
	check(failure.Model().(katonic.ErrorEnvelope).Error.Code == "no_provider_configured", failure.Model())
	return answer.TraceId
}

func agents(ctx context.Context, client *katonic.APIClient) {
	api := client.AgentsAPI
	listed := must[*katonic.AgentSummaryPage](200)(api.ListAgents(ctx).Limit(10).XUserEmail(sarah).Execute())
	check(len(listed.Data) > 0, listed)
	definition := body[katonic.AgentDefinition](`{"apiVersion": "katonic/v1", "kind": "Agent", "metadata": {"id": "by-go"},
		"spec": {"model": "balanced", "instructions": "Answer from the documents.", "knowledge": {"collections": ["hr-policies"]}}}`)
	applied := must[*katonic.AppliedAgent](201)(api.ApplyAgent(ctx).AgentDefinition(definition).XUserEmail(sarah).Execute())
	detail := must[*katonic.AgentDetail](200)(api.GetAgent(ctx, "by-go").XUserEmail(sarah).Execute())
	check(detail.Versions[0].Version == applied.Version && *detail.Definition.Spec.Model.String == "balanced", detail)
	promote := body[katonic.PromoteRequest](`{"environment": "test", "override": {"reason": "a client is tried"}}`)
	check(must[*katonic.PromotionOutcome](200)(api.PromoteAgent(ctx, "by-go").PromoteRequest(promote).XUserEmail(sarah).Execute()).Promoted)
}

func sessions(ctx context.Context, client *katonic.APIClient) {
	api := client.SessionsAPI
	create := api.CreateSession(ctx).CreateSessionRequest(body[katonic.CreateSessionRequest](`{"agent_id": "hr-assistant", "title": "by go"}`))
	session := must[*katonic.Session](201)(create.XUserEmail(sarah).IdempotencyKey("by-go-1").Execute())
	again := must[*katonic.Session](201)(create.XUserEmail(sarah).IdempotencyKey("by-go-1").Execute())
	check(session.Id == again.Id, again)
	check(must[*katonic.SessionPage](200)(api.ListSessions(ctx).XUserEmail(sarah).Execute()).Data[0].Id != "")
	detail := must[*katonic.SessionDetail](200)(api.GetSession(ctx, session.Id).XUserEmail(sarah).Execute())
	check(detail.GetTitle() == "by go", detail)
	gone(api.DeleteSession(ctx, session.Id).XUserEmail(sarah).Execute())
}

func knowledge(ctx context.Context, client *katonic.APIClient) {
	api := client.KnowledgeAPI
	document := body[katonic.AddDocumentRequest](`{"doc_id": "BY-GO", "text": "# Parking\n\nTandems stand in the yard.", "collection": "hr-policies", "public": true}`)
	added := must[*katonic.Document](201)(api.AddDocument(ctx).AddDocumentRequest(document).XUserEmail(sarah).Execute())
	check(added.Status == "ready", added)
	search := body[katonic.SearchRequest](`{"query": "tandems yard", "top_k": 3}`)
	found := must[*katonic.SearchAnswer](200)(api.Search(ctx).SearchRequest(search).XUserEmail(sarah).Execute())
	check(found.Data[0].DocId == "BY-GO", found)
	listed := must[*katonic.DocumentPage](200)(api.ListDocuments(ctx).Collection("hr-policies").XUserEmail(sarah).Execute())
	check(len(listed.Data) > 0, listed)
	detail := must[*katonic.DocumentDetail](200)(api.GetDocument(ctx, "BY-GO").XUserEmail(sarah).Execute())
	check(detail.Outline[0].Title == "Parking", detail)
	gone(api.DeleteDocument(ctx, "BY-GO").XUserEmail(sarah).Execute())
}

func evaluations(ctx context.Context, client *katonic.APIClient) {
	api := client.EvaluationsAPI
	suite := body[katonic.SuiteDocument](`{"apiVersion": "katonic/v1", "kind": "EvalSuite", "metadata": {"id": "by-go"},
		"spec": {"cases": [{"id": "sick-days", "input": "` + question + `", "as_user": "sarah@example.org", "expect": {"facts": ["ten"]}}]}}`)
	stored := must[*katonic.AppliedSuite](201)(api.PutSuite(ctx, "by-go").SuiteDocument(suite).XUserEmail(sarah).Execute())
	check(stored.Cases == 1, stored)
	check(len(must[*katonic.SuiteSummaryPage](200)(api.ListSuites(ctx).XUserEmail(sarah).Execute()).Data) > 1)
	start := body[katonic.StartRunRequest](`{"agent": "hr-assistant", "suite": "hr-eval-v3"}`)
	run := must[*katonic.Run](200)(api.StartRun(ctx).StartRunRequest(start).Prefer("wait=120").XUserEmail(sarah).Execute())
	check(run.Status == katonic.RUNSTATUS_FINISHED && run.Passed > 0, run)
	check(len(must[*katonic.RunPage](200)(api.ListRuns(ctx).Agent("hr-assistant").XUserEmail(sarah).Execute()).Data) > 0)
	detail := must[*katonic.RunDetail](200)(api.GetRun(ctx, run.RunId).XUserEmail(sarah).Execute())
	check(int64(len(detail.Data)) == run.Cases, len(detail.Data))
	compare := body[katonic.CompareRequest](`{"run_id": "` + run.RunId + `", "baseline": "` + run.RunId + `"}`)
	compared := must[*katonic.Comparison](200)(api.CompareRuns(ctx).CompareRequest(compare).XUserEmail(sarah).Execute())
	check(compared.Verdict == "unchanged", compared)
}

func prompts(ctx context.Context, client *katonic.APIClient) {
	api := client.PromptOptimisationAPI
	wanted := body[katonic.OptimiseRequest](`{"agent": "hr-assistant", "suite": "hr-eval-v3", "algorithm": "random", "budget": {"calls": 200}, "search": ["retrieval"]}`)
	optimisation := must[*katonic.Optimisation](202)(api.OptimisePrompt(ctx).OptimiseRequest(wanted).XUserEmail(sarah).Execute())
	for optimisation.Status == katonic.RUNSTATUS_QUEUED || optimisation.Status == katonic.RUNSTATUS_RUNNING {
		time.Sleep(200 * time.Millisecond)
		optimisation = must[*katonic.Optimisation](200)(api.GetOptimisation(ctx, optimisation.OptimisationId).XUserEmail(sarah).Execute())
	}
	apply := body[katonic.ApplyOptimisationRequest](`{"candidate_id": "` + optimisation.Candidates[1].CandidateId + `"}`)
	turned := must[*katonic.AppliedOptimisation](201)(api.ApplyOptimisation(ctx, optimisation.OptimisationId).ApplyOptimisationRequest(apply).XUserEmail(sarah).Execute())
	check(turned.Definition.Metadata.Id == "hr-assistant", turned)
}

func flywheel(ctx context.Context, client *katonic.APIClient, trace string) {
	api := client.DataFlywheelAPI
	said := body[katonic.FeedbackRequest](`{"trace_id": "` + trace + `", "rating": "up", "correction": "Ten a year."}`)
	feedback := must[*katonic.Feedback](201)(api.GiveFeedback(ctx).FeedbackRequest(said).XUserEmail(sarah).Execute())
	check(feedback.GetRating() == katonic.RATING_UP, feedback)
	check(must[*katonic.CandidatePage](200)(api.ListCandidates(ctx).Agent("hr-assistant").XUserEmail(sarah).Execute()).Object == "list")
	curate := body[katonic.CurateRequest](`{"name": "by-go", "split": {"train": 0.5, "test": 0.5}}`)
	dataset := must[*katonic.Dataset](202)(api.CurateDataset(ctx).CurateRequest(curate).Prefer("wait=30").XUserEmail(sarah).Execute())
	detail := must[*katonic.DatasetDetail](200)(api.GetDataset(ctx, dataset.DatasetId).XUserEmail(sarah).Execute())
	check(detail.Name == "by-go", detail)
}

func tools(ctx context.Context, client *katonic.APIClient) {
	api := client.ToolsAndModelsAPI
	check(len(must[*katonic.ToolPage](200)(api.ListTools(ctx).XUserEmail(sarah).Execute()).Data) > 0)
	invoke := body[katonic.InvokeToolRequest](`{"arguments": {"expression": "6 * 7"}}`)
	invoked := must[*katonic.InvokedTool](200)(api.InvokeTool(ctx, "calculator").InvokeToolRequest(invoke).XUserEmail(sarah).Execute())
	check(invoked.Ok && strings.Contains(fmt.Sprint(invoked.Result), "42"), invoked)
	check(len(must[*katonic.ModelPage](200)(api.ListModels(ctx).XUserEmail(sarah).Execute()).Data) > 0)
	check(must[*katonic.Model](200)(api.GetModel(ctx, "balanced").XUserEmail(sarah).Execute()).OwnedBy != "")
	generate := body[katonic.GenerateDocumentRequest](`{"format": "markdown", "content": "# Leave\n\nTen days."}`)
	written := must[*katonic.GeneratedDocument](200)(api.GenerateDocument(ctx).GenerateDocumentRequest(generate).XUserEmail(sarah).Execute())
	check(strings.HasPrefix(written.MediaType, "text/markdown"), written)
}

func analytics(ctx context.Context, client *katonic.APIClient, trace string) {
	// The operator's own view is everybody's.
	api := client.AnalyticsAPI
	usage := must[*katonic.UsageRowPage](200)(api.GetUsage(ctx).GroupBy(katonic.GROUPBY_ENDPOINT).Execute())
	check(usage.Data[0].Calls > 0, usage)
	check(must[*katonic.Trace](200)(api.GetTrace(ctx, trace).XUserEmail(sarah).Execute()).Status == "completed")
	audit := must[*katonic.AuditPage](200)(api.ListAudit(ctx).Verify(true).Limit(5).Execute())
	chain := audit.GetChain()
	check(chain.Ok && audit.Data[0].Endpoint != "", audit)
}
