// Agents: versions, what is live, and what the gate said.

import { get, may, post } from "../api.js";
import { ago, ask, chips, field, h, head, panel, short, show, status, table } from "../dom.js";
import { paged } from "../paged.js";

const rules = (gate) => table([
  ["", (rule) => h("span", { className: rule.ok ? "good" : "bad" }, rule.ok ? "✓" : "✗")], ["rule", (rule) => rule.rule],
  ["value", (rule) => rule.value?.toFixed(3) ?? "–", "number"], ["bound", (rule) => rule.bound?.toFixed(3) ?? "–", "number"], ["", (rule) => rule.detail, "wide"],
], gate, { none: "The gate had nothing to say." });

async function one(id) {
  const agent = await get(`/public/v1/agents/${id}`);
  const promote = async (version) => {
    const values = await ask(`Promote ${version.slice(0, 12)}`, [
      h("label", {}, "To", h("select", { name: "environment" }, h("option", {}, "test"), h("option", {}, "prod"))),
      field("Override the gate, for this reason (operators; the log keeps it)", "reason"),
    ], { act: "Promote", note: "The gate judges it first; cases that broke are asked again." });
    if (!values) return;
    try {
      const body = { environment: values.environment, version, ...(values.reason ? { override: { reason: values.reason } } : {}) };
      const outcome = await post(`/public/v1/agents/${id}/promote`, body, { prefer: "wait=30" });
      const waits = outcome.approval_id && h("p", {}, `Another person must approve it (${outcome.approval_id}, under Approvals). Promote it again then.`);
      show(`${version.slice(0, 12)}: ${outcome.status}`, waits, rules(outcome.gate));
    } catch (error) {
      show("The gate refuses it", h("p", {}, error.message), error.gate && rules(error.gate));
    }
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
