// What happens: tiles, charts over time, and who uses how much.

import { events, list, may } from "../api.js";
import { bars, line, spark } from "../chart.js";
import { ago, count, h, head, ms, panel, status, table, usd } from "../dom.js";

const RANGES = { "1 hour": [1, "minute"], "24 hours": [24, "hour"], "30 days": [720, "day"] };
const GROUPS = ["key", "team", "agent", "model", "endpoint", "user"];

const from = (hours) => new Date(Date.now() - hours * 3600e3).toISOString();

const usage = async (hours, parameters) => (await list("/public/v1/analytics/usage", { from: from(hours), ...parameters })).data;

/// The buckets of a time, also those without a call.
function byTime(rows, hours, bucket) {
  const step = { minute: 60e3, hour: 3600e3, day: 86400e3 }[bucket];
  const points = new Map();
  for (let at = Math.floor((Date.now() - hours * 3600e3) / step) * step; at <= Date.now(); at += step) {
    points.set(at, { at, calls: 0, errors: 0, cost: 0, tokens: 0, p95: 0 });
  }
  for (const row of rows) {
    const point = points.get(new Date(row.bucket).getTime());
    if (!point) continue;
    point.calls += row.calls;
    point.errors += row.errors;
    point.cost += row.cost_usd;
    point.tokens += row.input_tokens + row.output_tokens;
    point.p95 = Math.max(point.p95, row.p95_ms ?? 0);
  }
  return [...points.values()];
}

const tile = (name, value, note, values) =>
  h("div", { className: "panel tile" }, h("span", {}, name), h("b", {}, value), h("small", {}, note), values && spark(values));

async function figures(range, keys) {
  const [hours, bucket] = RANGES[range];
  const rows = await usage(hours, { bucket });
  const points = byTime(rows, hours, bucket);
  const sum = (name) => points.reduce((total, point) => total + point[name], 0);
  const calls = sum("calls");
  const live = keys?.data.filter((key) => ["active", "rotating"].includes(key.status)) ?? [];
  const rotating = live.filter((key) => key.status === "rotating").length;
  const of = (name) => points.map((point) => point[name]);
  const worst = Math.max(0, ...of("p95"));
  const chart = (title, name, format) => panel(title, line(points.map((point) => ({ at: point.at, value: point[name] })), { format, label: title }));
  return [
    h("div", { className: "tiles" },
      tile("Active keys", keys ? count(live.length) : "–", keys ? `${rotating} rotating` : "not yours to see"),
      tile("Calls", count(calls), range, of("calls")),
      tile("Errors per thousand", calls ? ((sum("errors") / calls) * 1000).toFixed(1) : "0", `${count(sum("errors"))} errors`, of("errors")),
      tile("Latency, p95", ms(worst), "worst of the time", of("p95")),
      tile("Cost", usd(sum("cost")), `${count(sum("tokens"))} tokens`, of("cost"))),
    h("div", { className: "grid2" }, chart("Calls", "calls", count), chart("Errors", "errors", count), chart("Latency, p95", "p95", ms), chart("Cost", "cost", usd)),
  ];
}

async function groups(range, group, names) {
  const rows = await usage(RANGES[range][0], { group_by: group });
  const of = (name) => rows.map((row) => ({ name: names.get(row.group) ?? row.group, value: row[name] }));
  return [panel(`Calls by ${group}`, bars(of("calls"), count)), panel(`Cost by ${group}`, bars(of("cost_usd"), usd))];
}

const COLUMNS = [
  ["when", (row) => ago(row.at)], ["endpoint", (row) => row.endpoint], ["", (row) => status(row.decision)],
  ["status", (row) => row.status, "number"], ["latency", (row) => ms(row.latency_ms), "number"],
  ["trace", (row) => h("a", { href: `#/traces/${row.trace_id}`, className: "mono" }, row.trace_id.slice(0, 12))],
];

/// The newest calls, as they happen.
async function live(signal) {
  if (!may("TailLogs")) return null;
  const page = await list("/admin/v1/logs", { limit: 12 });
  let rows = page.data;
  const place = h("div", {}, table(COLUMNS, rows));
  (async () => {
    for await (const [name, row] of events("GET", "/admin/v1/logs", undefined, {}, signal)) {
      // What this page itself asks would only show itself.
      if (row.object !== "audit.row" || row.endpoint === "TailLogs" || name === "error") continue;
      rows = [row, ...rows].slice(0, 12);
      place.replaceChildren(table(COLUMNS, rows));
    }
  })().catch(() => {});
  return panel("Calls as they happen", place);
}

export default async function overview({ signal }) {
  const budgets = may("ListBudgets") ? await list("/admin/v1/budgets", { limit: 50 }) : null;
  const top = h("div", { className: "stack" });
  const bottom = h("div", { className: "grid2" });
  const choose = (label, options, chosen) => {
    const select = h("select", { ariaLabel: label, onchange: () => draw() }, options.map((name) => h("option", { selected: name === chosen }, name)));
    return select;
  };
  const range = choose("Time", Object.keys(RANGES), "24 hours");
  const group = choose("By", GROUPS, "key");
  const all = (endpoint, what) => (may(endpoint) ? list(`/admin/v1/${what}`, { limit: 200 }) : null);
  const [keys, operators] = await Promise.all([all("ListKeys", "keys"), all("ListOperators", "operators")]);
  const names = new Map([...(keys?.data ?? []), ...(operators?.data ?? [])].map((one) => [one.id, one.name]));
  const draw = async () => {
    top.replaceChildren(...(await figures(range.value, keys)));
    bottom.replaceChildren(...(await groups(range.value, group.value, names)));
  };
  await draw();
  const spent = budgets?.data.length
    ? panel("Budgets", bars(budgets.data.map((one) => ({ name: one.name, value: one.limit_usd ? one.spent_usd / one.limit_usd : 0 })), (share) => `${Math.round(share * 100)} %`))
    : null;
  return [head("Overview", "What your keys, agents and models do.", range, group), top, bottom, spent, await live(signal)].filter(Boolean);
}
