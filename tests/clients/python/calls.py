"""Makes all 39 calls by the client that openapi-python-client generated, and asserts on their answers."""

import importlib
import json
import os
import time

from chat_stream import chat_stream
from katonic_client import AuthenticatedClient, models
from katonic_client.types import UNSET

URL, TOKEN = os.environ["KATONIC_URL"], os.environ["KATONIC_API_KEY"]
SARAH = "sarah@example.org"
client = AuthenticatedClient(base_url=URL, token=TOKEN, timeout=120, headers={"Accept": "application/json"})


def call(group: str, operation: str, status: int = 200, **arguments):
    """One operation of the generated client; its parsed answer."""
    module = importlib.import_module(f"katonic_client.api.{group}.{operation}")
    answer = module.sync_detailed(client=client, **{"x_user_email": SARAH, **arguments})
    assert answer.status_code == status, (operation, answer.status_code, answer.content[:500])
    return answer.parsed


def definition(kind: str, id: str, spec: dict) -> dict:
    return {"apiVersion": "katonic/v1", "kind": kind, "metadata": {"id": id}, "spec": spec}


# Chat, and OpenAI's endpoints.
question = [{"role": "user", "content": "How many sick days do I have each year?"}]
asked = {"agent_id": "hr-assistant", "messages": question}
answer = call("chat", "chat", body=models.ChatRequest.from_dict({**asked, "stream": False}))
assert answer.status == models.ChatStatus.COMPLETED and answer.citations[0].doc_id == "HR-2024-02", answer
trace = answer.trace_id
events = list(chat_stream(client, asked, SARAH))
assert [events[0][0], events[-1][0]] == ["agent.start", "agent.complete"], events
text = "".join(data["text"] for name, data in events if name == "completion.delta")
assert text == events[-1][1]["answer"] == answer.answer
agent = {"model": "agent/hr-assistant"}
body = models.ChatCompletionRequest.from_dict({**agent, "messages": question, "stop": ["###"]})
completion = call("chat", "chat_completions", body=body)
assert "ten paid sick days" in completion.choices[0].message.content
response = call("chat", "responses", body=models.ResponseRequest.from_dict({**agent, "input": question[0]["content"]}))
assert "ten paid sick days" in response.output[0].content[0].text
# Without a provider there are no embeddings.
body = models.EmbeddingRequest.from_dict({"model": "embedding", "input": ["leave"]})
assert call("chat", "embeddings", 503, body=body).error.code == "no_provider_configured"

# Agents.
assert "hr-assistant" in [row.id for row in call("agents", "list_agents", limit=10).data]
spec = {"model": "balanced", "instructions": "Answer from the documents.", "knowledge": {"collections": ["hr-policies"]}}
applied = call("agents", "apply_agent", 201, body=models.AgentDefinition.from_dict(definition("Agent", "by-python", spec)))
assert applied.new and call("agents", "get_agent", agent_id="by-python").versions[0].version == applied.version
body = models.PromoteRequest.from_dict({"environment": "test", "override": {"reason": "a client is tried"}})
assert call("agents", "promote_agent", agent_id="by-python", body=body).promoted

# Sessions.
body = models.CreateSessionRequest.from_dict({"agent_id": "hr-assistant", "title": "by python"})
session = call("sessions", "create_session", 201, body=body, idempotency_key="by-python-1").id
assert call("sessions", "create_session", 201, body=body, idempotency_key="by-python-1").id == session
assert session in [row.id for row in call("sessions", "list_sessions").data]
assert call("sessions", "get_session", session_id=session).title == "by python"
call("sessions", "delete_session", 204, session_id=session)

# Knowledge.
document = {"doc_id": "BY-PYTHON", "text": "# Parking\n\nBicycles stand in the yard.", "collection": "hr-policies", "public": True}
assert call("knowledge", "add_document", 201, body=models.AddDocumentRequest.from_dict(document)).status == "ready"
found = call("knowledge", "search", body=models.SearchRequest.from_dict({"query": "bicycles yard", "top_k": 3}))
assert "BY-PYTHON" in [passage.doc_id for passage in found.data], found
assert call("knowledge", "list_documents", collection="hr-policies", limit=200).data
assert call("knowledge", "get_document", doc_id="BY-PYTHON").outline[0].title == "Parking"
call("knowledge", "delete_document", 204, doc_id="BY-PYTHON")

# Evaluations.
case = {"id": "sick-days", "input": question[0]["content"], "as_user": SARAH, "expect": {"facts": ["ten"]}}
suite = models.SuiteDocument.from_dict(definition("EvalSuite", "by-python", {"cases": [case]}))
assert call("evaluations", "put_suite", 201, suite_id="by-python", body=suite).cases == 1
assert "by-python" in [row.id for row in call("evaluations", "list_suites").data]
body = models.StartRunRequest.from_dict({"agent": "hr-assistant", "suite": "hr-eval-v3"})
run = call("evaluations", "start_run", body=body, prefer="wait=120")
assert run.status == models.RunStatus.FINISHED and run.passed > 0, run
assert run.run_id in [row.run_id for row in call("evaluations", "list_runs", agent="hr-assistant").data]
assert len(call("evaluations", "get_run", run_id=run.run_id).data) == run.cases
body = models.CompareRequest.from_dict({"run_id": run.run_id, "baseline": run.run_id})
assert call("evaluations", "compare_runs", body=body).verdict == "unchanged"

# Prompt optimisation.
wanted = {"agent": "hr-assistant", "suite": "hr-eval-v3", "algorithm": "random", "budget": {"calls": 200}, "search": ["retrieval"]}
optimisation = call("prompt_optimisation", "optimise_prompt", 202, body=models.OptimiseRequest.from_dict(wanted))
while optimisation.status in (models.RunStatus.QUEUED, models.RunStatus.RUNNING):
    time.sleep(0.2)
    optimisation = call("prompt_optimisation", "get_optimisation", optimisation_id=optimisation.optimisation_id)
body = models.ApplyOptimisationRequest.from_dict({"candidate_id": optimisation.candidates[1].candidate_id})
turned = call("prompt_optimisation", "apply_optimisation", 201, optimisation_id=optimisation.optimisation_id, body=body)
assert turned.version and turned.definition.metadata.id == "hr-assistant"

# Data flywheel.
body = models.FeedbackRequest.from_dict({"trace_id": trace, "rating": "up", "correction": "Ten a year."})
assert call("data_flywheel", "give_feedback", 201, body=body).rating == models.Rating.UP
assert call("data_flywheel", "list_candidates", agent="hr-assistant").object_ == "list"
body = models.CurateRequest.from_dict({"name": "by-python", "split": {"train": 0.5, "test": 0.5}})
dataset = call("data_flywheel", "curate_dataset", 202, body=body, prefer="wait=30")
assert call("data_flywheel", "get_dataset", dataset_id=dataset.dataset_id).name == "by-python"

# Tools, models, documents.
assert "calculator" in [tool.name for tool in call("tools_and_models", "list_tools").data]
body = models.InvokeToolRequest.from_dict({"arguments": {"expression": "6 * 7"}})
invoked = call("tools_and_models", "invoke_tool", tool_name="calculator", body=body)
assert invoked.ok and "42" in json.dumps(invoked.result), invoked
assert "balanced" in [model.id for model in call("tools_and_models", "list_models").data]
assert call("tools_and_models", "get_model", model_id="balanced").owned_by
body = models.GenerateDocumentRequest.from_dict({"format": "markdown", "content": "# Leave\n\nTen days."})
assert call("tools_and_models", "generate_document", body=body).media_type.startswith("text/markdown")

# Analytics: the operator's own view is everybody's.
assert call("analytics", "get_usage", group_by=models.GroupBy.ENDPOINT, x_user_email=UNSET).data[0].calls > 0
assert call("analytics", "get_trace", trace_id=trace).status == "completed"
audit = call("analytics", "list_audit", verify=True, limit=5, x_user_email=UNSET)
assert audit.chain.ok and audit.data[0].endpoint, audit
call("agents", "archive_agent", 204, agent_id="by-python")
print("python: all calls made")
