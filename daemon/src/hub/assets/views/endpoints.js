// All endpoints of the public API, from its own document: what they take, say and need, and a try.

import { get, list, may, raw } from "../api.js";
import { field, h, head, panel, table } from "../dom.js";
import { LANGUAGES, snippet } from "./snippets.js";

const COMMANDS = {
  Chat: "katonic chat hr-assistant 'What is the remote work policy?'", Search: "katonic search 'remote work'", ListAgents: "katonic agents list",
  GetAgent: "katonic agents get hr-assistant", ApplyAgent: "katonic agents apply agents/hr.yml", PromoteAgent: "katonic agents promote hr-assistant --env=prod",
  ListModels: "katonic models list", StartRun: "katonic eval run --agent hr-assistant --suite hr-eval-v3 --wait", CompareRuns: "katonic eval compare RUN --baseline=prod",
  ListRuns: "katonic eval list", GetRun: "katonic eval show RUN", PutSuite: "katonic eval apply suites/hr-eval-v3.yml", GetUsage: "katonic usage",
  GetTrace: "katonic trace TRACE_ID", ListAudit: "katonic audit list", ListDocuments: "katonic documents list", AddDocument: "katonic documents add policies/ --collection hr-policies",
  ListSessions: "katonic sessions list", GetSession: "katonic sessions show SESSION", DeleteSession: "katonic sessions delete SESSION", ListTools: "katonic tools list",
};

const resolve = (schema, all) => (schema?.$ref ? all.components.schemas[schema.$ref.split("/").pop()] : schema) ?? {};

/// What a body might look like: its required fields, or the first few.
function example(schema, all, depth = 0) {
  const found = resolve(schema, all);
  if (found.examples?.length) return found.examples[0];
  if (found.const !== undefined) return found.const;
  if (found.enum) return found.enum[0];
  if (found.anyOf || found.oneOf) return example((found.anyOf ?? found.oneOf).find((one) => one.type !== "null"), all, depth);
  if (found.allOf) return Object.assign({}, ...found.allOf.map((one) => example(one, all, depth)));
  const type = [found.type].flat().find((one) => one !== "null");
  if (type === "object" || found.properties) {
    if (depth > 3) return {};
    const names = found.required ?? Object.keys(found.properties ?? {}).slice(0, 3);
    return Object.fromEntries(names.map((name) => [name, example(found.properties?.[name], all, depth + 1)]));
  }
  return { array: [], string: "text", integer: 1, number: 0.5, boolean: true }[type] ?? null;
}

function fields(schema, all) {
  const found = resolve(schema, all);
  const parts = [found, ...(found.allOf ?? []).map((one) => resolve(one, all))];
  const rows = parts.flatMap((part) => Object.entries(part.properties ?? {}).map(([name, one]) => ({ name, one, needed: part.required?.includes(name) })));
  const type = ({ one }) => {
    if (one.$ref) return one.$ref.split("/").pop();
    return [one.type ?? (one.anyOf ? one.anyOf.map((each) => each.type ?? each.$ref?.split("/").pop()) : "")].flat(2).filter((each) => each && each !== "null").join(" or ");
  };
  return table([["field", (row) => h("code", {}, row.name)], ["type", type], ["", (row) => row.needed && "required"], ["", (row) => row.one.description ?? "", "wide"]],
    rows, { none: "No fields." });
}

function tryIt(endpoint, body) {
  const place = h("div", { className: "events" });
  const text = h("textarea", { name: "body", ariaLabel: "Body", spellcheck: false }, body ? JSON.stringify(body, null, 2) : "");
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(form));
      const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ""));
      const headers = values.user ? { "x-user-email": values.user } : {};
      if (values.stream) headers.accept = "text/event-stream";
      place.replaceChildren(h("p", { className: "soft" }, "Sent…"));
      const began = performance.now();
      try {
        const sent = body && text.value.trim() ? JSON.parse(text.value) : undefined;
        const answer = await raw(endpoint.method, path, sent, headers);
        const out = h("pre", {});
        place.replaceChildren(h("p", {}, `${answer.status} · ${Math.round(performance.now() - began)} ms · trace ${answer.headers.get("x-trace-id") ?? "–"}`), out);
        const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
        const isJson = answer.headers.get("content-type")?.includes("application/json");
        let all = "";
        for (let part = await reader?.read(); part && !part.done; part = await reader.read()) {
          all += part.value;
          out.textContent = all.slice(0, 200000);
        }
        if (isJson) out.textContent = JSON.stringify(JSON.parse(all), null, 2).slice(0, 200000);
      } catch (error) {
        place.replaceChildren(h("p", { className: "error" }, error.message), error.trace && h("p", { className: "soft mono" }, `trace ${error.trace}`));
      }
    },
  },
  h("div", { className: "fields" }, endpoint.parameters.map((name) => field(name, name, { required: true })), field("Act for", "user", { type: "email", placeholder: "sarah@example.org" })),
  body && h("label", {}, "Body", text),
  h("div", { className: "bar" }, h("div", {}, h("button", { className: "primary" }, "Send"), endpoint.streams && h("label", {}, h("span", {}, h("input", { type: "checkbox", name: "stream" }), " as events"))),
    h("small", { className: "soft" }, "A real call, with your rights: it has its audit row.")));
  return panel("Try it", form, place);
}

async function one(endpoint, all) {
  const schema = endpoint.operation.requestBody?.content?.["application/json"]?.schema;
  const body = schema ? example(schema, all) : null;
  const answer = Object.entries(endpoint.operation.responses).find(([code]) => code.startsWith("2"))?.[1]?.content?.["application/json"]?.schema;
  const keys = may("ListKeys") ? (await list("/admin/v1/keys", { limit: 200 })).data.filter((key) => key.status === "active") : [];
  const key = h("select", { ariaLabel: "Key" }, h("option", { value: "kapi_live_…" }, "a key"), keys.map((each) => h("option", { value: each.prefix }, each.name)));
  const language = h("select", { ariaLabel: "Language" }, LANGUAGES.map((name) => h("option", {}, name)));
  const code = h("pre", {});
  const draw = () => { code.textContent = snippet(language.value, { ...endpoint, body, command: COMMANDS[endpoint.name] }, key.value); };
  key.onchange = language.onchange = draw;
  draw();
  return [
    head(h("span", {}, h("span", { className: "method" }, endpoint.method), " ", endpoint.path), endpoint.operation.description ?? endpoint.operation.summary,
      h("a", { href: "#/endpoints" }, "All endpoints")),
    panel(null, h("p", {}, "Needs the scope ", h("span", { className: "chip" }, endpoint.scope ?? "–"))),
    panel("Call it", h("div", { className: "bar" }, h("div", {}, language, key)), code),
    tryIt(endpoint, body),
    schema && panel("What it takes", fields(schema, all)),
    answer && panel("What it says", fields(answer, all)),
    panel("Errors", h("p", { className: "soft" }, "Each has `type`, `code`, `message`, `param` and the trace id, in one envelope: 400 wrong, 401 nobody, 403 not allowed, 404 not there, 409 against what is there, 429 too often, 5xx ours.")),
  ].filter(Boolean);
}

export default async function endpoints({ rest }) {
  const all = await get("/public/v1/openapi.json");
  const found = Object.entries(all.paths).flatMap(([path, methods]) => Object.entries(methods).filter(([method]) => method !== "parameters").map(([method, operation]) => ({
    path, method: method.toUpperCase(), operation, name: operation.operationId, group: operation.tags?.[0] ?? "", scope: operation["x-katonic-scope"],
    parameters: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
    streams: Object.values(operation.responses).some((response) => response.content?.["text/event-stream"]),
  })));
  const chosen = found.find((endpoint) => endpoint.name === rest[0]);
  if (chosen) return one(chosen, all);
  const place = h("div", { className: "stack" });
  const draw = (wanted) => {
    const matching = found.filter((endpoint) => `${endpoint.method} ${endpoint.path} ${endpoint.operation.summary} ${endpoint.group} ${endpoint.scope}`.toLowerCase().includes(wanted));
    const groups = [...new Set(matching.map((endpoint) => endpoint.group))];
    place.replaceChildren(...groups.map((group) => panel(group, table([
      ["", (endpoint) => h("span", { className: "method" }, endpoint.method)], ["path", (endpoint) => h("a", { href: `#/endpoints/${endpoint.name}`, className: "mono" }, endpoint.path)],
      ["", (endpoint) => endpoint.operation.summary, "wide"], ["scope", (endpoint) => h("span", { className: "chip" }, endpoint.scope ?? "–")],
    ], matching.filter((endpoint) => endpoint.group === group)))));
  };
  draw("");
  const search = h("input", { type: "search", placeholder: "Search", ariaLabel: "Search endpoints", oninput: () => draw(search.value.toLowerCase()) });
  return [head("Endpoints", `${found.length} endpoints, as the daemon documents them.`, search, h("a", { href: "/public/v1/openapi.json", className: "button" }, "OpenAPI 3.1")), place];
}
