// A conversation with an agent, as somebody: each event is shown as it arrives.

import { events, list, may } from "../api.js";
import { count, h, head, ms, panel, usd } from "../dom.js";

function rails(check) {
  const bad = check.rails.filter((rail) => !["pass"].includes(rail.result));
  const words = bad.map((rail) => `${rail.name}: ${rail.result}${rail.reason ? ` (${rail.reason})` : ""}`);
  return h("p", { className: check.passed === check.total ? "soft" : "bad" },
    `Rails, ${check.phase}: ${check.passed}/${check.total}${words.length ? ` · ${words.join(", ")}` : ""} · ${count(check.latency_us)} µs`);
}

const call = (data) => h("details", {}, h("summary", {}, `Calls ${data.tool}`), h("pre", {}, JSON.stringify(data.arguments, null, 2)));

const result = (data) => h("details", {}, h("summary", { className: data.ok ? "" : "bad" }, `${data.tool}: ${data.summary ?? (data.ok ? "done" : "refused")} · ${ms(data.latency_ms)}`),
  h("pre", {}, JSON.stringify(data.results ?? data, null, 2)));

/// Shows the events of an answer in their place.
function shower(place) {
  const answer = h("p", { className: "said" });
  const thinking = h("details", { hidden: true }, h("summary", {}, "Thinking"), h("p", { className: "said soft" }));
  const sources = h("ol", {});
  place.append(thinking, answer, sources);
  return (name, data) => {
    switch (name) {
      case "guardrails.check": place.insertBefore(rails(data), data.phase === "output" ? null : thinking); break;
      case "tool.call": place.insertBefore(call(data), answer); break;
      case "tool.result": place.insertBefore(result(data), answer); break;
      case "approval.required": place.insertBefore(h("p", { className: "warned" }, "Waits for a person: ", h("a", { href: "#/operations" }, "approvals")), answer); break;
      case "thinking.delta": thinking.hidden = false; thinking.lastChild.textContent += data.text; break;
      case "completion.delta": answer.textContent += data.text; break;
      case "citation": sources.append(h("li", { value: data.index }, h("strong", {}, data.doc_id), ` ${data.title ?? ""} ${data.section ? `§ ${data.section}` : ""} ${data.page ? `p. ${data.page}` : ""}`, data.quote && h("p", { className: "soft" }, `“${data.quote}”`))); break;
      case "agent.complete":
        if (!answer.textContent) answer.textContent = data.answer;
        place.append(h("p", { className: "soft" }, `${data.status}${data.refused ? ", refused" : ""} · ${count(data.usage.tokens)} tokens · ${usd(data.usage.cost_usd)} · ${ms(data.usage.latency_ms)} · `,
          h("a", { href: `#/traces/${data.trace_id}` }, "trace")));
        break;
      case "error": place.append(h("p", { className: "error" }, data.error?.message ?? "It failed.")); break;
      default: break;
    }
  };
}

export default async function playground({ signal }) {
  const agents = (await list("/public/v1/agents", { limit: 200 })).data.filter((agent) => !agent.archived);
  const users = may("ListUsers") ? await list("/admin/v1/users") : null;
  const agent = h("select", { name: "agent", ariaLabel: "Agent" }, agents.map((one) => h("option", {}, one.id)));
  const environment = h("select", { ariaLabel: "Environment" }, ["prod", "test"].map((name) => h("option", {}, name)));
  const names = h("datalist", { id: "users" }, (users?.users ?? []).map((user) => h("option", { value: user.email })));
  const user = h("input", { type: "email", placeholder: "as nobody", ariaLabel: "Acts for" });
  user.setAttribute("list", "users");
  const log = h("div", { className: "stack", ariaLive: "polite" });
  const question = h("textarea", { name: "question", required: true, ariaLabel: "Question", placeholder: "What's the remote work policy?" });
  const send = h("button", { className: "primary" }, "Ask");
  const said = [];
  let stop = null;
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      const text = question.value.trim();
      if (!text) return;
      said.push({ role: "user", content: text });
      question.value = "";
      const place = h("div", { className: "turn" });
      log.append(h("div", { className: "turn user" }, h("p", { className: "said" }, text)), place);
      const show = shower(place);
      stop = new AbortController();
      signal.addEventListener("abort", () => stop.abort());
      send.disabled = true;
      try {
        const headers = user.value ? { "x-user-email": user.value } : {};
        const body = { agent_id: agent.value, environment: environment.value, messages: said };
        for await (const [name, data] of events("POST", "/public/v1/chat", body, headers, stop.signal)) {
          show(name, data);
          if (name === "agent.complete") said.push({ role: "assistant", content: data.answer });
        }
      } catch (error) {
        said.pop();
        place.append(h("p", { className: "error", role: "alert" }, error.message), error.trace && h("p", { className: "soft mono" }, `trace ${error.trace}`));
      }
      send.disabled = false;
      question.focus();
    },
    onkeydown: (event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && form.requestSubmit(),
  }, question, h("div", { className: "bar" }, h("small", { className: "soft" }, "Ctrl+Enter asks."),
    h("div", {}, h("button", { type: "button", onclick: () => { stop?.abort(); said.length = 0; log.replaceChildren(); } }, "Clear"), send)));
  if (!agents.length) return [head("Playground"), panel(null, h("p", {}, "There is no agent yet: katonic agents apply agents/hr.yml"))];
  return [head("Playground", "Ask an agent as somebody, and see all that happens.", agent, environment, user, names), panel(null, log, form)];
}
