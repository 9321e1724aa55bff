// Agents: versions, what is live, and what the gate said.

import { get, may, post } from "../api.js";
import { ago, ask, chips, field, h, head, panel, short, show, status, table } from "../dom.js";
import { paged } from "../paged.js";

const rules = (gate) => table([
  ["", (rule) => h("span", { className: rule.ok ? "good" : "bad" }, rule.ok ? "✓" : "✗")], ["rule", (rule) => rule.rule],
  ["value", (rule) => rule.value?.toFixed(3) ?? "–", "number"], ["bound", (rule) => rule.bound?.toFixed(3) ?? "–", "number"], ["", (rule) => rule.detail, "wide"],
], gate, { none: "The gate had nothing to say." });

const side = (counts) => `${counts.calls} calls, ${counts.failed} failed, ${counts.blocked} blocked, ${counts.disliked} disliked`;

// What a part of the calls goes to beside what is live.
const canaries = (agent, end) => {
  const rows = Object.entries(agent.environments).filter(([, live]) => live.canary).map(([environment, live]) => ({ environment, ...live.canary }));
  return rows.length ? panel("Canaries", table([
    ["in", (one) => one.environment], ["version", (one) => short(one.version)], ["of 100 calls", (one) => one.percent, "number"], ["since", (one) => ago(one.since)],
    ["the canary's", (one) => side(one.canary)], ["what is live", (one) => side(one.live)],
    ["", (one) => may("PromoteAgent") && h("button", { className: "plain", onclick: () => end(one) }, "End")],
  ], rows)) : null;
};

const mean = (one) => one ? `${one.mean.toFixed(3)} (${one.n})` : "–";

// How answers in prod do that were drawn to be scored.
const quality = (told) => panel("In prod", table([
  ["figure", (one) => one.name], ["in its evaluation", (one) => one.evaluated?.toFixed(3) ?? "–", "number"], ["before", (one) => mean(one.before), "number"],
  ["newest 100", (one) => mean(one.recent), "number"], ["change", (one) => one.delta?.toFixed(3) ?? "–", "number"],
  ["", (one) => one.drifted && status("drifted")],
], told.samples ? told.figures : [], { none: "No answers of prod are scored: evaluation.online of the agent says how many are." }));

async function one(id) {
  const [agent, told] = await Promise.all([get(`/public/v1/agents/${id}`), may("GetQuality") && get(`/admin/v1/quality/${id}`)]);
  const promote = async (version) => {
    const values = await ask(`Promote ${version.slice(0, 12)}`, [
      h("label", {}, "To", h("select", { name: "environment" }, h("option", {}, "test"), h("option", {}, "prod"))),
      field("Only for so many of 100 calls at first, 1 to 50 (a canary)", "percent"),
      field("Override the gate, for this reason (operators; the log keeps it)", "reason"),
    ], { act: "Promote", note: "The gate judges it first; cases that broke are asked again." });
    if (!values) return;
    try {
      const canary = values.percent ? { canary: { percent: Number(values.percent) } } : {};
      const body = { environment: values.environment, version, ...canary, ...(values.reason ? { override: { reason: values.reason } } : {}) };
      const outcome = await post(`/public/v1/agents/${id}/promote`, body, { prefer: "wait=30" });
      const waits = outcome.approval_id && h("p", {}, `Another person must approve it (${outcome.approval_id}, under Approvals). Promote it again then.`);
      show(`${version.slice(0, 12)}: ${outcome.status}`, waits, rules(outcome.gate));
    } catch (error) {
      show("The gate refuses it", h("p", {}, error.message), error.gate && rules(error.gate));
    }
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  };
  const end = async (canary) => {
    await post(`/public/v1/agents/${id}/promote`, { environment: canary.environment, canary: { percent: 0 } });
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  };
  const live = (version) => Object.entries(agent.environments).filter(([, one]) => one.version === version).map(([name]) => name);
  return [
    head(agent.name ?? agent.id, agent.owner, h("a", { href: "#/playground" }, "Ask it"), h("a", { href: "#/agents" }, "All agents")),
    panel("Versions", table([
      ["version", (version) => short(version.version)], ["live in", (version) => chips(live(version.version))], ["by", (version) => version.created_by], ["", (version) => version.origin],
      ["made", (version) => ago(version.created_at)],
      ["", (version) => may("PromoteAgent") && h("button", { className: "plain", onclick: () => promote(version.version), ariaLabel: `Promote ${version.version.slice(0, 12)}` }, "Promote")],
    ], agent.versions)),
    canaries(agent, end),
    told && quality(told),
    panel("Promotions", table([
      ["when", (one) => ago(one.at)], ["to", (one) => one.environment], ["from", (one) => short(one.from)], ["version", (one) => short(one.to)], ["by", (one) => one.by],
      ["", (one) => status(one.status)],
    ], agent.promotions, { none: "Nothing was promoted yet.", open: (one) => show(`${one.status} · ${one.environment}`, one.reason && h("p", {}, `Overridden: ${one.reason}`), rules(one.gate)) })),
    panel("Definition", h("pre", {}, JSON.stringify(agent.definition, null, 2))),
  ];
}

export default async function agents({ rest }) {
  if (rest[0]) return one(rest[0]);
  const [place] = await paged("/public/v1/agents", [
    ["agent", (agent) => h("a", { href: `#/agents/${agent.id}` }, agent.id)], ["name", (agent) => agent.name ?? ""], ["owner", (agent) => agent.owner ?? ""],
    ["versions", (agent) => agent.versions, "number"], ["test", (agent) => short(agent.environments.test?.version)], ["prod", (agent) => short(agent.environments.prod?.version)],
    ["", (agent) => agent.archived && "archived"],
  ], { none: "There is no agent yet: katonic agents apply agents/hr.yml", open: (agent) => { location.hash = `#/agents/${agent.id}`; } });
  return [head("Agents", "Defined in git, promoted through the gate."), panel(null, place)];
}
