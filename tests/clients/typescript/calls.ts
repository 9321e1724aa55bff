// Makes all 39 calls by the client that @hey-api/openapi-ts generated, and asserts on their answers.

import assert from "node:assert/strict";
import { chatStream } from "./chat_stream";
import * as api from "./katonic";
import { client } from "./katonic/client.gen";

const url = process.env.KATONIC_URL ?? "";
const key = process.env.KATONIC_API_KEY ?? "";
const sarah = "sarah@example.org";
client.setConfig({ baseUrl: url, auth: key, headers: { Accept: "application/json" } });
const headers = { "X-User-Email": sarah };

/** The body of an answer that must have a status. */
async function body<T>(status: number, asked: Promise<{ data?: T; error?: unknown; response?: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  assert.equal(response?.status, status, JSON.stringify(error));
  return data as T;
}

async function main() {
  // Chat, and OpenAI's endpoints.
  const input = "How many sick days do I have each year?";
  const messages = [{ role: "user", content: input }];
  const answer = await body(200, api.chat({ headers, body: { agent_id: "hr-assistant", messages, stream: false } }));
  assert.equal(answer.status, "completed");
  assert.equal(answer.citations[0].doc_id, "HR-2024-02");
  let [text, last] = ["", ""];
  for await (const { name, data } of chatStream({ url, key, user: sarah }, { agent_id: "hr-assistant", messages })) {
    if (name === "completion.delta") text += data.text;
    last = name;
  }
  assert.deepEqual([text, last], [answer.answer, "agent.complete"]);
  const completion = await body(200, api.chatCompletions({ headers, body: { model: "agent/hr-assistant", messages, stop: ["###"] } }));
  assert.match(completion.choices[0].message.content ?? "", /ten paid sick days/);
  const response = await body(200, api.responses({ headers, body: { model: "agent/hr-assistant", input } }));
  assert.match(response.output[0].content?.[0].text ?? "", /ten paid sick days/);
  // Without a provider there are no embeddings.
  const embedded = await api.embeddings({ headers, body: { model: "embedding", input: ["leave"] } });
  assert.equal(embedded.response?.status, 503);
  assert.equal(embedded.error?.error.code, "no_provider_configured");

  // Agents.
  const agents = await body(200, api.listAgents({ headers, query: { limit: 10 } }));
  assert.ok(agents.data.some((row) => row.id === "hr-assistant"));
  const agent_id = "by-typescript";
  const spec = { model: "balanced", instructions: "Answer from the documents.", knowledge: { collections: ["hr-policies"] } };
  const definition: api.AgentDefinition = { apiVersion: "katonic/v1", kind: "Agent", metadata: { id: agent_id }, spec };
  const applied = await body(201, api.applyAgent({ headers, body: definition }));
  const detail = await body(200, api.getAgent({ headers, path: { agent_id } }));
  assert.equal(detail.versions[0].version, applied.version);
  const promotion = { environment: "test", override: { reason: "a client is tried" } };
  assert.ok((await body(200, api.promoteAgent({ headers, path: { agent_id }, body: promotion }))).promoted);

  // Sessions.
  const opened = { headers: { ...headers, "Idempotency-Key": "by-typescript-1" }, body: { agent_id: "hr-assistant", title: "by typescript" } };
  const { id: session_id } = await body(201, api.createSession(opened));
  assert.equal((await body(201, api.createSession(opened))).id, session_id);
  assert.ok((await body(200, api.listSessions({ headers }))).data.some((row) => row.id === session_id));
  assert.equal((await body(200, api.getSession({ headers, path: { session_id } }))).title, "by typescript");
  await body(204, api.deleteSession({ headers, path: { session_id } }));

  // Knowledge.
  const doc_id = "BY-TYPESCRIPT";
  const document = { doc_id, text: "# Parking\n\nScooters stand in the yard.", collection: "hr-policies", public: true };
  assert.equal((await body(201, api.addDocument({ headers, body: document }))).status, "ready");
  const found = await body(200, api.search({ headers, body: { query: "scooters yard", top_k: 3 } }));
  assert.ok(found.data.some((passage) => passage.doc_id === doc_id));
  assert.ok((await body(200, api.listDocuments({ headers, query: { collection: "hr-policies" } }))).data.length > 0);
  assert.equal((await body(200, api.getDocument({ headers, path: { doc_id } }))).outline[0].title, "Parking");
  await body(204, api.deleteDocument({ headers, path: { doc_id } }));

  // Evaluations.
  const cases = [{ id: "sick-days", input, as_user: sarah, expect: { facts: ["ten"] } }];
  const suite = { apiVersion: "katonic/v1", kind: "EvalSuite", metadata: { id: agent_id }, spec: { cases } };
  assert.equal((await body(201, api.putSuite({ headers, path: { suite_id: agent_id }, body: suite }))).cases, 1);
  assert.ok((await body(200, api.listSuites({ headers }))).data.some((row) => row.id === agent_id));
  const run = await body(200, api.startRun({ headers: { ...headers, Prefer: "wait=120" }, body: { agent: "hr-assistant", suite: "hr-eval-v3" } }));
  assert.equal(run.status, "finished");
  const { run_id } = run;
  assert.ok((await body(200, api.listRuns({ headers, query: { agent: "hr-assistant" } }))).data.some((row) => row.run_id === run_id));
  assert.equal((await body(200, api.getRun({ headers, path: { run_id } }))).data.length, run.cases);
  assert.equal((await body(200, api.compareRuns({ headers, body: { run_id, baseline: run_id } }))).verdict, "unchanged");

  // Prompt optimisation.
  const wanted: api.OptimiseRequest = { agent: "hr-assistant", suite: "hr-eval-v3", algorithm: "random", budget: { calls: 200 }, search: ["retrieval"] };
  let optimisation = await body(202, api.optimisePrompt({ headers, body: wanted }));
  const path = { optimisation_id: optimisation.optimisation_id };
  while (["queued", "running"].includes(optimisation.status)) {
    await new Promise((resume) => setTimeout(resume, 200));
    optimisation = await body(200, api.getOptimisation({ headers, path }));
  }
  const turned = await body(201, api.applyOptimisation({ headers, path, body: { candidate_id: optimisation.candidates[1].candidate_id } }));
  assert.equal(turned.definition.metadata.id, "hr-assistant");

  // Data flywheel.
  const said = { trace_id: answer.trace_id, rating: "up" as const, correction: "Ten a year." };
  assert.equal((await body(201, api.giveFeedback({ headers, body: said }))).rating, "up");
  assert.equal((await body(200, api.listCandidates({ headers, query: { agent: "hr-assistant" } }))).object, "list");
  const curated = { name: agent_id, split: { train: 0.5, test: 0.5 } };
  const { dataset_id } = await body(202, api.curateDataset({ headers: { ...headers, Prefer: "wait=30" }, body: curated }));
  assert.equal((await body(200, api.getDataset({ headers, path: { dataset_id } }))).name, agent_id);

  // Tools, models, documents.
  assert.ok((await body(200, api.listTools({ headers }))).data.some((tool) => tool.name === "calculator"));
  const invoked = await body(200, api.invokeTool({ headers, path: { tool_name: "calculator" }, body: { arguments: { expression: "6 * 7" } } }));
  assert.ok(invoked.ok && JSON.stringify(invoked.result).includes("42"));
  assert.ok((await body(200, api.listModels({ headers }))).data.some((model) => model.id === "balanced"));
  assert.ok((await body(200, api.getModel({ headers, path: { model_id: "balanced" } }))).owned_by);
  const written = await body(200, api.generateDocument({ headers, body: { format: "markdown", content: "# Leave\n\nTen days." } }));
  assert.match(written.media_type, /^text\/markdown/);

  // Analytics: the operator's own view is everybody's.
  assert.ok((await body(200, api.getUsage({ query: { group_by: "endpoint" } }))).data[0].calls > 0);
  assert.equal((await body(200, api.getTrace({ headers, path: { trace_id: answer.trace_id } }))).status, "completed");
  const audit = await body(200, api.listAudit({ query: { verify: true, limit: 5 } }));
  assert.ok(audit.chain?.ok && audit.data[0].endpoint);
  await body(204, api.archiveAgent({ headers, path: { agent_id } }));
  console.log("typescript: all calls made");
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
