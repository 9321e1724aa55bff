// The documentation's page: light and dark, contents on a phone, search, copying of commands.

const root = document.documentElement;
root.classList.add("js");
const chosen = localStorage.getItem("theme");
if (chosen) root.dataset.theme = chosen;

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

/// An element with text.
function made(name, text, fields = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, fields);
}

function themes() {
  const button = document.querySelector(".theme");
  const say = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  button.onclick = () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    say();
  };
  say();
}

function contents() {
  const button = document.querySelector(".menu");
  const nav = document.getElementById("contents");
  button.onclick = () => button.setAttribute("aria-expanded", String(nav.classList.toggle("open")));
  const here = nav.querySelector("[aria-current]");
  if (here && nav.scrollHeight > nav.clientHeight) nav.scrollTop = here.offsetTop - nav.clientHeight / 2;
}

/// What of a block is to be copied: of a session its commands alone.
function commands(code) {
  if (!code.classList.contains("language-console")) return code.textContent;
  const lines = code.textContent.split("\n").filter((line) => line.startsWith("$ ") || line.startsWith("> "));
  return lines.map((line) => line.slice(2)).join("\n");
}

function copying() {
  for (const code of document.querySelectorAll("main pre > code")) {
    const pre = code.parentElement;
    pre.tabIndex = 0;
    const block = made("div", "", { className: "block" });
    const button = made("button", "Copy", { type: "button" });
    button.onclick = async () => {
      await navigator.clipboard.writeText(commands(code));
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    };
    pre.replaceWith(block);
    block.append(pre, button);
  }
}

// What the index file puts itself into.
window.search = {};
let index;

function script(path) {
  return new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), { src: document.body.dataset.root + path, onload: resolve, onerror: reject }));
  });
}

/// The index, fetched with the first letter that is typed.
function loaded() {
  index ??= Promise.all([script("elasticlunr.min.js"), script("searchindex.js")]).then(() => window.elasticlunr.Index.load(window.search.index));
  return index;
}

/// Some words around the first that was looked for, which are marked.
function teaser(body, words) {
  const lower = body.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((place) => place >= 0);
  const from = Math.max(0, (places.length ? Math.min(...places) : 0) - 60);
  const text = body.slice(from, from + 180);
  const shown = document.createElement("small");
  if (from > 0) shown.append("… ");
  for (const part of text.split(/(\s+)/)) {
    const isFound = words.some((word) => part.toLowerCase().includes(word));
    shown.append(isFound ? made("mark", part) : part);
  }
  return shown;
}

function searching() {
  const input = document.getElementById("query");
  const found = document.getElementById("found");
  const [status, list] = found.children;
  const close = () => { found.hidden = true; };
  async function look() {
    const query = input.value.trim();
    if (!query) return close();
    const all = await loaded();
    if (query !== input.value.trim()) return;
    const words = query.toLowerCase().split(/\s+/);
    const hits = all.search(query, window.search.search_options).slice(0, window.search.results_options.limit_results);
    status.textContent = hits.length ? `${hits.length} places` : "Nothing was found.";
    list.replaceChildren(...hits.map(({ ref, doc }) => {
      const link = made("a", "", { href: document.body.dataset.root + window.search.doc_urls[ref], onclick: close });
      link.append(made("b", doc.title), made("small", doc.breadcrumbs), teaser(doc.body, words));
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    found.hidden = false;
  }
  input.oninput = look;
  input.form.onsubmit = (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  };
  document.addEventListener("keydown", (event) => {
    const links = [input, ...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") close();
    else if (event.key === "/" && !["INPUT", "TEXTAREA"].includes(document.activeElement.tagName)) input.focus();
    else if (event.key === "ArrowDown" && !found.hidden && at >= 0) links[Math.min(at + 1, links.length - 1)].focus();
    else if (event.key === "ArrowUp" && !found.hidden && at > 0) links[at - 1].focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => { if (!found.contains(event.target) && event.target !== input) close(); });
}

document.addEventListener("DOMContentLoaded", () => {
  themes();
  contents();
  copying();
  searching();
});
