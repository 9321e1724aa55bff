// Events of `POST /public/v1/chat`, beside a client that @hey-api/openapi-ts generated.
//
//   for await (const { name, data } of chatStream({ url, key, user: "sarah@example.org" }, { agent_id: "hr-assistant", messages }))
//     if (name === "completion.delta") process.stdout.write(data.text);

import type { AgentStart, ApprovalRequired, ChatAnswer, ChatRequest, CitationEvent, ErrorEnvelope, GuardrailsCheck, TextDelta, ToolCall, ToolResult } from "./katonic";

export type ChatEvent =
  | { name: "agent.start"; data: AgentStart }
  | { name: "guardrails.check"; data: GuardrailsCheck }
  | { name: "tool.call"; data: ToolCall }
  | { name: "tool.result"; data: ToolResult }
  | { name: "approval.required"; data: ApprovalRequired }
  | { name: "thinking.delta" | "completion.delta"; data: TextDelta }
  | { name: "citation"; data: CitationEvent }
  | { name: "agent.complete"; data: ChatAnswer };

/** Yields each event, up to `agent.complete`. A failure throws; leaving the loop cancels the call. */
export async function* chatStream(to: { url: string; key: string; user: string }, body: ChatRequest): AsyncGenerator<ChatEvent> {
  const headers = { Authorization: `Bearer ${to.key}`, "X-User-Email": to.user, "Content-Type": "application/json", Accept: "text/event-stream" };
  const answer = await fetch(`${to.url}/public/v1/chat`, { method: "POST", headers, body: JSON.stringify({ ...body, stream: true }) });
  if (!answer.ok || !answer.body) throw new Error(((await answer.json()) as ErrorEnvelope).error.message);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (rest + part.value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const lines = block.split("\n");
        const field = (name: string) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join("\n");
        if (field("data") === "") continue;
        const event = { name: field("event"), data: JSON.parse(field("data")) };
        if (event.name === "error") throw new Error((event.data as ErrorEnvelope).error.message);
        yield event as ChatEvent;
        if (event.name === "agent.complete") return;
      }
    }
    throw new Error("the stream ended before its answer did");
  } finally {
    await reader.cancel();
  }
}
