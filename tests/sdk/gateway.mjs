// The official Node SDK against the daemon, in front of a scripted provider.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const baseURL = `${process.env.KATONIC_URL}/public/v1`;
const client = new OpenAI({ baseURL, apiKey: process.env.KATONIC_API_KEY, maxRetries: 0 });
const messages = [{ role: "user", content: "Say hello." }];
const weather = { type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } };
const chat = (model, more = {}, options = {}) => client.chat.completions.create({ model, messages, ...more }, options);

const tests = {
  async chat() {
    const answer = await chat("scripted/m");
    assert.equal(answer.choices[0].message.content, "Hello from the provider.");
    assert.equal(answer._request_id.length, 32);
  },
  async stream() {
    let text = "";
    let last;
    for await (const chunk of await chat("scripted/m", { stream: true, stream_options: { include_usage: true } })) {
      text += chunk.choices[0]?.delta.content ?? "";
      last = chunk;
    }
    assert.equal(text, "Hello from the provider.");
    assert.equal(last.usage.total_tokens, 18);
  },
  async parallelToolCallsInAStream() {
    const runner = client.chat.completions.stream({ model: "scripted/m", messages, tools: [weather] });
    const { message } = (await runner.finalChatCompletion()).choices[0];
    assert.deepEqual(
      message.tool_calls.map((call) => [call.id, call.function.arguments]),
      [
        ["call_0", '{"city": "Rome"}'],
        ["call_1", '{"city": "Oslo"}'],
      ],
    );
  },
  async structuredOutput() {
    const format = zodResponseFormat(z.object({ city: z.string(), people: z.number() }), "city");
    const parsed = await client.chat.completions.parse({ model: "scripted/m", messages, response_format: format });
    assert.deepEqual(parsed.choices[0].message.parsed, { city: "Rome", people: 3 });
  },
  async embeddings() {
    const vectors = await client.embeddings.create({ model: "scripted/e", input: ["a", "b"] });
    assert.deepEqual(vectors.data.map((row) => [...row.embedding]), [[0.5, -1.25], [0.5, -1.25]]);
  },
  async models() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.ok(ids.includes("fast") && ids.includes("scripted/m"));
  },
  async rawResponse() {
    const { data, response } = await chat.call(null, "scripted/m").withResponse();
    assert.equal(response.headers.get("x-katonic-provider"), "scripted");
    assert.equal(data.choices[0].finish_reason, "stop");
  },
  async errors() {
    const fails = (promise, kind) => assert.rejects(promise, (error) => error instanceof kind || assert.fail(error));
    await fails(chat("scripted/bad-request"), OpenAI.BadRequestError);
    await fails(new OpenAI({ baseURL, apiKey: "kapi_live_wrong", maxRetries: 0 }).models.list(), OpenAI.AuthenticationError);
    const narrow = new OpenAI({ baseURL, apiKey: process.env.NARROW_KEY, maxRetries: 0 });
    await fails(narrow.chat.completions.create({ model: "fast", messages }), OpenAI.PermissionDeniedError);
    await fails(chat("nobody/nothing"), OpenAI.NotFoundError);
    await fails(chat("scripted/broken"), OpenAI.InternalServerError);
    await fails(chat("scripted/slow", {}, { timeout: 200 }), OpenAI.APIConnectionTimeoutError);
    await fails((async () => { for await (const _ of await chat("scripted/breaks", { stream: true })); })(), OpenAI.APIError);
  },
  async responses() {
    const first = await client.responses.create({ model: "scripted/m", input: "Say hello." });
    assert.equal(first.output_text, "Hello from the provider.");
    const stream = client.responses.stream({ model: "scripted/m", input: "Again.", previous_response_id: first.id });
    let text = "";
    for await (const event of stream) if (event.type === "response.output_text.delta") text += event.delta;
    assert.equal(text, (await stream.finalResponse()).output_text);
  },
};

for (const [name, test] of Object.entries(tests)) {
  await test();
  console.log("ok", name);
}
