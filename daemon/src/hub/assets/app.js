// The shell: who is signed in, where to go, and the view that is open.

import { Failed, may, signIn, signOut, whoAmI } from "./api.js";
import { failed, field, h } from "./dom.js";
import agents from "./views/agents.js";
import audit from "./views/audit.js";
import endpoints from "./views/endpoints.js";
import evaluations from "./views/evaluations.js";
import keys from "./views/keys.js";
import operations from "./views/operations.js";
import overview from "./views/overview.js";
import playground from "./views/playground.js";
import traces from "./views/traces.js";

// A view, and the endpoints of which it needs one.
const VIEWS = [
  ["overview", "Overview", overview, ["GetUsage"]], ["keys", "Keys", keys, ["ListKeys"]], ["endpoints", "Endpoints", endpoints, ["ListModels"]],
  ["playground", "Playground", playground, ["Chat"]], ["traces", "Traces", traces, ["ListAudit"]], ["audit", "Audit", audit, ["ListAudit"]],
  ["agents", "Agents", agents, ["ListAgents"]], ["evaluations", "Evaluations", evaluations, ["ListRuns"]],
  ["operations", "Operations", operations, ["ListApprovals", "ListCandidates", "ListProviders", "ListTiers"]],
];

const app = document.getElementById("app");
let leave = null;

function theme(next) {
  const root = document.documentElement;
  if (next) localStorage.setItem("theme", next);
  const chosen = localStorage.getItem("theme");
  if (chosen) root.dataset.theme = chosen;
  const isDark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  return isDark ? "dark" : "light";
}

function signInPage(problem) {
  const note = h("p", { className: "error", role: "alert" }, problem ?? "");
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        shell(await signIn({ token: new FormData(form).get("token").trim() }));
      } catch (error) {
        note.textContent = error.message;
      }
    },
  }, field("Operator's token", "token", { type: "password", required: true, autocomplete: "off", placeholder: "kop_…" }), h("button", { className: "primary" }, "Sign in"));
  app.replaceChildren(h("main", { className: "sign", id: "main" }, h("h1", {}, "Katonic Developer Hub"),
    h("p", { className: "lead" }, "Run ", h("code", {}, "katonic hub open"), " for a link that signs you in, or paste an operator's token."), form, note));
  form.querySelector("input").focus();
}

function shell(session) {
  const link = ([name, title]) => h("a", { href: `#/${name}`, id: `to-${name}` }, title);
  const toggle = h("button", { className: "plain", onclick: () => { toggle.textContent = theme(theme() === "dark" ? "light" : "dark") === "dark" ? "Light" : "Dark"; } },
    theme() === "dark" ? "Light" : "Dark");
  const out = h("button", { className: "plain", onclick: async () => { await signOut().catch(() => {}); signInPage(); } }, "Sign out");
  const docs = h("a", { href: "/docs/" }, "Documentation");
  const main = h("main", { id: "main", tabIndex: -1 });
  const views = VIEWS.filter(([, , , needs]) => needs.some(may));
  app.replaceChildren(h("div", { className: "shell" },
    h("nav", { className: "side", ariaLabel: "Hub" }, h("span", { className: "brand" }, "Katonic"), views.map(link),
      h("div", { className: "foot" }, h("span", {}, session.operator), h("span", {}, `${session.role}, ${session.team}`), docs, toggle, out)), main));
  const route = async () => {
    const [name, ...rest] = location.hash.replace(/^#\//, "").split("/");
    const [key, title, view] = views.find(([known]) => known === name) ?? views[0];
    for (const a of app.querySelectorAll(".side a")) a.ariaCurrent = a.id === `to-${key}` ? "page" : null;
    document.title = `${title} · Katonic`;
    leave?.abort();
    leave = new AbortController();
    const { signal } = leave;
    main.replaceChildren(h("p", { className: "loading" }, "Loading…"));
    try {
      const shown = await view({ rest: rest.map(decodeURIComponent), signal });
      if (!signal.aborted) main.replaceChildren(...[shown].flat().filter(Boolean));
    } catch (error) {
      if (!signal.aborted) main.replaceChildren(h("h1", {}, title), failed(error));
    }
  };
  window.onhashchange = route;
  route();
}

window.addEventListener("signed-out", () => signInPage("Your session has ended."));

async function begin() {
  theme();
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) history.replaceState(null, "", location.pathname);
  try {
    shell(code ? await signIn({ code }) : await whoAmI());
  } catch (error) {
    signInPage(error instanceof Failed && error.status === 401 && !code ? undefined : error.message);
  }
}

begin();
