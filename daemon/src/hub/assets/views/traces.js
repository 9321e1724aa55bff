// What one call did: each stage in time, what was decided, found and said of it.

import { get, list, post } from "../api.js";
import { ago, ask, chips, count, field, h, head, ms, panel, status, table, usd } from "../dom.js";

function waterfall(spans) {
  const end = Math.max(...spans.map((span) => span.start_us + span.duration_us), 1);
  return h("div", { className: "bars" }, spans.map((span) => {
    const bar = h("i");
    bar.style.left = `${(span.start_us / end) * 100}%`;
    bar.style.right = "auto";
    bar.style.width = `${Math.max(0.4, (span.duration_us / end) * 100)}%`;
    return h("div", {}, h("span", { title: span.name }, span.name), h("div", { className: "track" }, bar), h("span", { className: "number" }, ms(span.duration_us / 1000)));
  }));
}

async function one(id) {
  const trace = await get(`/public/v1/analytics/traces/${id}`);
  const rate = async () => {
    const values = await ask("Say what you think of this answer", [
      h("label", {}, "Was it good?", h("select", { name: "rating" }, h("option", { value: "up" }, "yes"), h("option", { value: "down" }, "no"))),
      h("label", {}, "What it should have said", h("textarea", { name: "correction" })), field("Comment", "comment"),
    ], { act: "Send" });
    if (!values) return;
    await post("/public/v1/feedback", { trace_id: id, rating: values.rating, correction: values.correction || undefined, comment: values.comment || undefined });
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  };
  const facts = Object.entries({
    status: trace.status, key: trace.key, user: trace.user ?? "–", team: trace.team, model: trace.model?.model ?? trace.model?.name ?? "–",
    tokens: count(trace.usage.tokens), cost: usd(trace.usage.cost_usd), latency: ms(trace.usage.latency_ms), "audit row": trace.audit_seq ?? "–", at: new Date(trace.created_at).toLocaleString(),
  });
  return [
    head("Trace", h("code", {}, id), h("button", { onclick: rate }, "Give feedback"), h("a", { href: "#/traces" }, "All calls")),
    panel(null, h("div", { className: "tiles" }, facts.map(([name, value]) => h("div", { className: "group" }, h("small", { className: "soft" }, name), h("span", {}, value))))),
    panel("Where the time went", waterfall(trace.spans)),
    h("div", { className: "grid2" },
      panel("What was decided", table([["stage", (row) => row[0]], ["decision", (row) => String(row[1]), "wide"]], Object.entries(trace.policy))),
      panel("Guardrails", trace.guardrails.length ? h("pre", {}, JSON.stringify(trace.guardrails, null, 2)) : h("p", { className: "soft" }, "No rail looked at it."))),
    panel("Retrieval", trace.retrieval.length ? h("pre", {}, JSON.stringify(trace.retrieval, null, 2)) : h("p", { className: "soft" }, "Nothing was searched for.")),
    trace.tools.length > 0 && panel("Tools", h("pre", {}, JSON.stringify(trace.tools, null, 2))),
    panel("Feedback", trace.feedback.length ? h("pre", {}, JSON.stringify(trace.feedback, null, 2)) : h("p", { className: "soft" }, "Nobody has said anything yet.")),
  ].filter(Boolean);
}

export default async function traces({ rest }) {
  if (rest[0]) return one(rest[0]);
  const place = h("div", {});
  const form = h("form", { onsubmit: (event) => { event.preventDefault(); draw(); }, onchange: () => draw() }, h("div", { className: "fields" },
    field("Trace id", "trace_id"), field("User", "user", { type: "email" }), field("Endpoint, such as Chat", "endpoint"),
    h("label", {}, "Decision", h("select", { name: "decision" }, h("option", { value: "" }, "any"), h("option", {}, "allowed"), h("option", {}, "denied")))));
  const draw = async (after) => {
    const values = Object.fromEntries(new FormData(form));
    if (/^[0-9a-f]{32}$/.test(values.trace_id)) {
      location.hash = `#/traces/${values.trace_id}`;
      return;
    }
    const page = await list("/public/v1/analytics/audit", { limit: 50, after, user: values.user, endpoint: values.endpoint, decision: values.decision });
    place.replaceChildren(table([
      ["when", (row) => ago(row.at)], ["endpoint", (row) => row.endpoint], ["", (row) => status(row.decision)], ["user", (row) => row.user ?? "–"],
      ["model", (row) => row.model ?? "–"], ["rails", (row) => row.guardrails ?? "–"], ["latency", (row) => ms(row.latency_ms), "number"],
      ["trace", (row) => h("a", { href: `#/traces/${row.trace_id}`, className: "mono" }, row.trace_id.slice(0, 12))],
    ], page.data, { none: "No call is like that.", open: (row) => { location.hash = `#/traces/${row.trace_id}`; } }),
    page.has_more ? h("button", { onclick: () => draw(page.next) }, "Older") : "");
  };
  await draw();
  return [head("Traces", "Every call, and what it did."), panel(null, form, place)];
}
