// What operators look after: calls that wait for a person, providers, tiers, datasets to review.

import { list, may, post } from "../api.js";
import { ago, ask, chips, field, h, head, panel, show, status, table } from "../dom.js";

const again = () => window.dispatchEvent(new HashChangeEvent("hashchange"));

async function decide(approval, verb) {
  const values = await ask(`${verb === "approve" ? "Approve" : "Deny"} ${approval.tool}`, [field("Why", "reason", { required: verb === "deny" })],
    { act: verb === "approve" ? "Approve" : "Deny", danger: verb === "deny", note: JSON.stringify(approval.arguments) });
  if (!values) return;
  try {
    await post(`/admin/v1/approvals/${approval.id}/${verb}`, values.reason ? { reason: values.reason } : {});
  } catch (error) {
    show("That was refused", h("p", { className: "error" }, error.message));
  }
  again();
}

function approvals(page) {
  return panel("Approvals", table([
    ["tool", (one) => one.tool], ["with", (one) => h("code", {}, JSON.stringify(one.arguments)), "wide"], ["for", (one) => one.asked_by], ["rule", (one) => one.rule],
    ["asked", (one) => ago(one.created_at)], ["", (one) => status(one.status)],
    ["", (one) => one.status === "pending" && may("ApproveToolCall") && h("div", { className: "actions" }, h("button", { className: "plain", onclick: () => decide(one, "approve") }, "Approve"),
      h("button", { className: "plain danger", onclick: () => decide(one, "deny") }, "Deny"))],
  ], page.data, { none: "No call waits for a person." }));
}

function providers(page) {
  const test = async (provider) => {
    const told = await post(`/admin/v1/providers/${provider.id}/test`).catch((error) => ({ ok: false, detail: error.message }));
    show(provider.name, h("p", { className: told.ok ? "good" : "error" }, told.detail));
  };
  return panel("Providers", table([
    ["provider", (one) => one.name], ["flavour", (one) => one.api], ["key", (one) => one.key ?? "–"], ["models", (one) => one.models, "number"],
    ["", (one) => may("TestProvider") && h("button", { className: "plain", onclick: () => test(one), ariaLabel: `Test ${one.name}` }, "Test")],
  ], page.data, { none: "No provider has a key: agents are answered by the built-in extractive answerer. katonic providers add openai" }));
}

const tiers = (page) => panel("Tiers", table([
  ["tier", (one) => h("strong", {}, one.name)], ["leads to", (one) => chips(one.targets.map((target) => target.model)), "wide"], ["how", (one) => one.strategy], ["set by", (one) => one.set_by],
], page.data));

const candidates = (page) => panel("Worth a look", h("p", { className: "soft" }, "Traces from which there is something to learn, with the reasons."), table([
  ["trace", (one) => h("a", { href: `#/traces/${one.trace_id}`, className: "mono" }, one.trace_id.slice(0, 12))], ["why", (one) => chips((one.reasons ?? []).map((reason) => reason.reason ?? reason)), "wide"],
  ["when", (one) => ago(one.at ?? one.created_at)],
], page.data, { none: "Nothing stands out." }));

const PARTS = [
  ["ListApprovals", "/admin/v1/approvals", approvals], ["ListCandidates", "/public/v1/flywheel/candidates", candidates],
  ["ListProviders", "/admin/v1/providers", providers], ["ListTiers", "/admin/v1/tiers", tiers],
];

export default async function operations() {
  const parts = PARTS.filter(([endpoint]) => may(endpoint)).map(async ([, path, draw]) => draw(await list(path, { limit: 50 })));
  return [head("Operations", "What waits for a person, and what stands behind the models."), ...(await Promise.all(parts))];
}
