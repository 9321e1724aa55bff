// Runs of suites: scores, what failed, and what changed against what is live.

import { get, list, post } from "../api.js";
import { bars, line } from "../chart.js";
import { ago, chips, h, head, ms, panel, short, status, table, usd } from "../dom.js";

const percent = (share) => `${(share * 100).toFixed(1)} %`;

async function compared(run, place) {
  place.replaceChildren(h("p", { className: "soft" }, "Comparing…"));
  try {
    const against = await post("/public/v1/evaluations/compare", { run_id: run.run_id, baseline: "prod" });
    const signed = (value) => `${value >= 0 ? "+" : ""}${value.toFixed(3)}`;
    place.replaceChildren(
      h("p", { className: against.verdict === "regressed" ? "bad" : against.verdict === "improved" ? "good" : "" },
        `${against.verdict}: ${signed(against.delta)} in pass rate over ${against.cases_compared} cases, 95 % interval ${signed(against.ci95[0])} to ${signed(against.ci95[1])}`),
      table([["evaluator", ([name]) => name], ["baseline", ([, one]) => one.baseline.toFixed(3), "number"], ["now", ([, one]) => one.candidate.toFixed(3), "number"],
        ["difference", ([, one]) => signed(one.delta), "number"], ["95 % interval", ([, one]) => `${signed(one.ci95[0])} to ${signed(one.ci95[1])}`, "number"]], Object.entries(against.evaluators), { none: "Nothing to compare with." }),
      h("p", {}, "Broken: ", against.broken.length ? chips(against.broken) : "none"), h("p", {}, "Mended: ", against.mended.length ? chips(against.mended) : "none"),
      ...against.notes.map((note) => h("p", { className: "soft" }, note)));
  } catch (error) {
    place.replaceChildren(h("p", { className: "error" }, error.message));
  }
}

async function one(id) {
  const run = await get(`/public/v1/evaluations/runs/${id}`);
  const cases = [...run.data].sort((a, b) => a.passed - b.passed);
  const place = h("div", { className: "stack" }, h("button", { onclick: () => compared(run, place) }, "Compare with what is live in prod"));
  return [
    head(`${run.agent} on ${run.suite}`, h("code", {}, run.run_id), h("a", { href: "#/evaluations" }, "All runs")),
    h("div", { className: "tiles" },
      h("div", { className: "panel tile" }, h("span", {}, "Passed"), h("b", {}, percent(run.pass_rate)), h("small", {}, `${run.passed} of ${run.cases}, ${percent(run.pass_rate_ci95[0])} to ${percent(run.pass_rate_ci95[1])}`)),
      h("div", { className: "panel tile" }, h("span", {}, "In error"), h("b", {}, run.errors), h("small", {}, run.status)),
      h("div", { className: "panel tile" }, h("span", {}, "Latency, p95"), h("b", {}, ms(run.usage.p95_ms)), h("small", {}, usd(run.usage.cost_usd)))),
    h("div", { className: "grid2" }, panel("Evaluators", bars(Object.entries(run.evaluators).map(([name, one]) => ({ name, value: one.mean })), (mean) => mean.toFixed(3))), panel("Against prod", place)),
    panel("Cases", cases.slice(0, 500).map((one) => h("details", { open: !one.passed && cases.length < 60 },
      h("summary", {}, h("span", { className: one.passed ? "good" : "bad" }, one.passed ? "✓ " : "✗ "), one.case_id),
      h("p", { className: "soft" }, Object.entries(one.scores).filter(([, score]) => score !== null).map(([name, score]) => `${name} ${score.toFixed(2)}`).join(" · ")),
      one.error && h("p", { className: "error" }, one.error), h("p", { className: "said" }, one.answer),
      one.trace_id && h("a", { href: `#/traces/${one.trace_id}` }, "trace")))),
  ];
}

export default async function evaluations({ rest }) {
  if (rest[0]) return one(rest[0]);
  const page = await list("/public/v1/evaluations/runs", { limit: 100 });
  const over = page.data.filter((run) => run.finished_at).reverse();
  return [
    head("Evaluations", "Seven evaluators, a gate that reads them, and intervals that admit what they can't tell."),
    over.length > 1 && panel("Pass rate over runs", line(over.map((run) => ({ at: run.created_at, value: run.pass_rate })), { format: percent, label: "Pass rate" })),
    panel("Runs", table([
      ["run", (run) => h("a", { href: `#/evaluations/${run.run_id}`, className: "mono" }, run.run_id.slice(0, 16))], ["agent", (run) => run.agent], ["version", (run) => short(run.agent_version)],
      ["suite", (run) => run.suite], ["", (run) => status(run.status)], ["passed", (run) => `${run.passed}/${run.cases}`, "number"], ["started", (run) => ago(run.created_at)],
    ], page.data, { none: "No suite was run yet: katonic eval run --agent A --suite S --wait", open: (run) => { location.hash = `#/evaluations/${run.run_id}`; } })),
  ].filter(Boolean);
}
