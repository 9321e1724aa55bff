// API keys: who holds what, how much of it is used, and their secrets, shown once.

import { call, may, post } from "../api.js";
import { ago, ask, chips, copy, field, h, head, panel, show, status } from "../dom.js";
import { paged } from "../paged.js";

const words = (text) => (text ?? "").split(/[\s,]+/).filter(Boolean);
const number = (text) => (text ? Number(text) : undefined);

function rate(key) {
  const [most, used, unit] = key.limits.per_minute
    ? [key.limits.per_minute, key.used.minute, "min"] : key.limits.per_hour
      ? [key.limits.per_hour, key.used.hour, "h"] : [key.limits.per_day, key.used.day, "day"];
  if (!most) return h("span", { className: "soft" }, "unlimited");
  const fill = h("i");
  fill.style.width = `${Math.min(100, (used / most) * 100)}%`;
  return h("div", { className: "group" }, `${used} of ${most}/${unit}`, h("div", { className: "track", title: `${Math.round((used / most) * 100)} %` }, fill));
}

function left(key) {
  const old = key.secrets?.find((secret) => secret.status === "rotating" && secret.expires_at);
  if (!old) return null;
  const minutes = Math.max(0, Math.round((new Date(old.expires_at) - Date.now()) / 60000));
  return h("small", { className: "warned line-of-its-own" }, `old secret ends in ${minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`}`);
}

function secret(key) {
  const curl = `curl ${location.origin}/public/v1/models -H "Authorization: Bearer ${key.secret}"`;
  show(`${key.name}: its secret, this once`, h("p", { className: "soft" }, "It is kept as a hash alone: what you don't copy now is gone."),
    h("div", { className: "secret" }, h("pre", {}, key.secret), copy(key.secret)), h("p", {}, "Try it:"), h("pre", {}, curl), copy(curl, "Copy the command"));
}

const limits = (values) => ({
  per_minute: number(values.per_minute), per_hour: number(values.per_hour), per_day: number(values.per_day),
});

const shared = (key = {}) => [
  field("Scopes, such as chat, search", "scopes", { value: (key.scopes ?? ["chat", "search"]).join(", "), required: true }),
  field("May act for, such as *@example.org", "act_as", { value: (key.act_as ?? []).join(", ") }),
  h("div", { className: "fields" },
    field("Calls a minute", "per_minute", { type: "number", min: 1, value: key.limits?.per_minute ?? "" }),
    field("Calls an hour", "per_hour", { type: "number", min: 1, value: key.limits?.per_hour ?? "" }),
    field("Calls a day", "per_day", { type: "number", min: 1, value: key.limits?.per_day ?? "" })),
];

export default async function keys() {
  const again = () => window.dispatchEvent(new HashChangeEvent("hashchange"));
  const told = (work) => async (...given) => {
    try {
      await work(...given);
    } catch (error) {
      show("That was refused", h("p", { className: "error" }, error.message));
    }
  };
  const create = told(async () => {
    const values = await ask("Create a key", [field("Name", "name", { required: true, maxLength: 100 }), shared()], { act: "Create" });
    if (!values) return;
    const key = await post("/admin/v1/keys", { name: values.name, scopes: words(values.scopes), act_as: words(values.act_as), limits: limits(values) });
    again();
    secret(key);
  });
  const edit = told(async (key) => {
    const values = await ask(`Edit ${key.name}`, shared(key));
    if (!values) return;
    await call("PATCH", `/admin/v1/keys/${key.id}`, { scopes: words(values.scopes), act_as: words(values.act_as), limits: limits(values) });
    again();
  });
  const rotate = told(async (key) => {
    const values = await ask(`Rotate ${key.name}`, [field("The old secret works on for", "overlap", { value: "24h", required: true, pattern: "[0-9]+[mhd]" })],
      { act: "Rotate", note: "A new secret is made under the same key; limits, budgets and the audit log go on." });
    if (!values) return;
    const rotated = await post(`/admin/v1/keys/${key.id}/rotate`, { overlap: values.overlap });
    again();
    secret(rotated);
  });
  const revoke = told(async (key) => {
    const values = await ask(`Revoke ${key.name}`, [field(`Type ${key.name} to confirm`, "name", { required: true, autocomplete: "off" })],
      { act: "Revoke", danger: true, note: "Its calls are refused from now on. This can't be undone." });
    if (!values) return;
    if (values.name !== key.name) return show("Nothing was revoked", h("p", {}, "The name was not the key's."));
    await post(`/admin/v1/keys/${key.id}/revoke`);
    again();
  });
  const isLive = (key) => may("UpdateKey") && ["active", "rotating"].includes(key.status);
  const columns = [
    ["name", (key) => h("div", {}, h("strong", {}, key.name), left(key)), "middle"],
    ["key", (key) => h("code", {}, key.prefix)],
    ["scopes", (key) => chips(key.scopes), "wide"],
    ["team", (key) => key.team],
    ["rate", rate, "middle"],
    ["last used", (key) => ago(key.last_used_at)],
    ["status", (key) => status(key.status)],
    ["", (key) => isLive(key) && h("div", { className: "actions" },
      h("button", { className: "plain", onclick: () => edit(key), ariaLabel: `Edit ${key.name}` }, "Edit"),
      h("button", { className: "plain", onclick: () => rotate(key), ariaLabel: `Rotate ${key.name}` }, "Rotate"),
      h("button", { className: "plain danger", onclick: () => revoke(key), ariaLabel: `Revoke ${key.name}` }, "Revoke"))],
  ];
  const [place] = await paged("/admin/v1/keys", columns, { none: "There is no key yet. Create one, and call an agent with it." });
  const make = may("CreateKey") && h("button", { className: "primary", onclick: create }, "Create a key");
  return [head("Keys", "What applications call with.", make), panel(null, place)];
}
