// What one call did: each stage in time, what was decided, found and said of it.

import { get, may, post } from "../api.js";
import { ago, ask, count, field, h, head, ms, panel, status, table, usd } from "../dom.js";
import { paged } from "../paged.js";

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

function rails(check) {
  const found = check.rails.filter((rail) => rail.result !== "pass");
  return h("div", { className: "group" },
    h("p", { className: found.length ? "warned" : "good" }, `${check.phase}: ${check.passed}/${check.total} pass · ${ms(check.latency_us / 1000)}`),
    found.map((rail) => h("p", {}, `${rail.name}: ${rail.result}`, rail.reason && h("span", { className: "soft" }, ` ${rail.reason}`))));
}

function search(one) {
  const rewritten = one.question && one.question !== one.query ? `, for “${one.question}” (${one.rewritten_by})` : "";
  return h("div", { className: "group" },
    h("p", {}, `“${one.query}”${rewritten}`),
    h("p", { className: "soft" }, `${one.mode ?? "lexical"} · ${one.considered} considered, ${one.filtered === undefined ? "" : `${one.filtered} not for this reader, `}${one.used} used`),
    table([
      ["document", (row) => row.doc_id], ["section", (row) => row.section ?? "–"], ["page", (row) => row.page ?? "–", "number"],
      ["by words", (row) => row.ranks?.lexical ?? "–", "number"], ["by meaning", (row) => row.ranks?.dense ?? "–", "number"], ["", (row) => row.used && "used"],
    ], one.candidates ?? [], { none: "Nothing was found." }));
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
    status: trace.status, key: trace.key, user: trace.user ?? "–", team: trace.team, model: trace.model ?? "–",
    tokens: count(trace.usage.tokens), cost: usd(trace.usage.cost_usd), latency: ms(trace.usage.latency_ms), "audit row": trace.audit_seq ?? "–", at: new Date(trace.created_at).toLocaleString(),
  });
  return [
    head("Trace", h("code", {}, id), may("GiveFeedback") && h("button", { onclick: rate }, "Give feedback"), h("a", { href: "#/traces" }, "All calls")),
    panel(null, h("div", { className: "tiles" }, facts.map(([name, value]) => h("div", { className: "group" }, h("small", { className: "soft" }, name), h("span", {}, value))))),
    panel("Where the time went", waterfall(trace.spans)),
    h("div", { className: "grid2" },
      panel("What was decided", table([["stage", (row) => row[0]], ["decision", (row) => String(row[1]), "wide"]], Object.entries(trace.policy))),
      panel("Guardrails", trace.guardrails.length ? trace.guardrails.map(rails) : h("p", { className: "soft" }, "No rail looked at it."))),
    panel("Retrieval", trace.retrieval.length ? trace.retrieval.map(search) : h("p", { className: "soft" }, "Nothing was searched for.")),
    trace.tools.length > 0 && panel("Tools", h("pre", {}, JSON.stringify(trace.tools, null, 2))),
    panel("Feedback", trace.feedback.length ? h("pre", {}, JSON.stringify(trace.feedback, null, 2)) : h("p", { className: "soft" }, "Nobody has said anything yet.")),
  ].filter(Boolean);
}

export default async function traces({ rest }) {
  if (rest[0]) return one(rest[0]);
  const [place, draw] = await paged("/public/v1/analytics/audit", [
    ["when", (row) => ago(row.at)], ["endpoint", (row) => row.endpoint], ["", (row) => status(row.decision)], ["user", (row) => row.user ?? "–"],
    ["model", (row) => row.model ?? "–"], ["rails", (row) => row.guardrails ?? "–"], ["latency", (row) => ms(row.latency_ms), "number"],
    ["trace", (row) => h("a", { href: `#/traces/${row.trace_id}`, className: "mono" }, row.trace_id.slice(0, 12))],
  ], { none: "No call is like that.", open: (row) => { location.hash = `#/traces/${row.trace_id}`; } });
  const look = (event) => {
    event.preventDefault();
    const { trace_id: id, ...wanted } = Object.fromEntries(new FormData(form));
    if (/^[0-9a-f]{32}$/.test(id)) location.hash = `#/traces/${id}`;
    else draw(wanted);
  };
  const form = h("form", { onsubmit: look, onchange: look }, h("div", { className: "fields" },
    field("Trace id", "trace_id"), field("User", "user", { type: "email" }), field("Endpoint, such as Chat", "endpoint"),
    h("label", {}, "Decision", h("select", { name: "decision" }, h("option", { value: "" }, "any"), h("option", {}, "allowed"), h("option", {}, "denied")))));
  return [head("Traces", "Every call, and what it did."), panel(null, form, place)];
}
