// Elements, made of data as text only: nothing that comes from the daemon is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.startsWith("aria-") && element.namespaceURI !== SVG) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
export const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

export const head = (title, lead, ...tools) =>
  h("div", { className: "bar" }, h("div", { className: "group" }, h("h1", {}, title), lead && h("p", { className: "lead" }, lead)), h("div", {}, tools));

export const panel = (title, ...children) => h("section", { className: "panel" }, title && h("h2", {}, title), children);

export const empty = (text, more) => h("div", { className: "empty" }, h("p", {}, text), more && h("p", {}, more));

export const failed = (error) =>
  h("div", { className: "panel", role: "alert" }, h("p", { className: "error" }, error.message),
    error.trace && h("p", { className: "soft mono" }, `trace ${error.trace}`));

/// A table of rows; a column is [title, cell of a row, class].
export function table(columns, rows, { none = "Nothing here yet.", open } = {}) {
  if (!rows.length) return empty(none);
  const cells = (row) => columns.map(([, cell, className]) => h("td", { className }, cell(row)));
  const row = (one) => open
    ? h("tr", { className: "link", tabIndex: 0, onclick: () => open(one), onkeydown: (e) => e.key === "Enter" && open(one) }, cells(one))
    : h("tr", {}, cells(one));
  return h("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "Table" },
    h("table", {}, h("thead", {}, h("tr", {}, columns.map(([title, , className]) => h("th", { scope: "col", className }, title)))),
      h("tbody", {}, rows.map(row))));
}

const STATUS = {
  active: ["●", "good"], rotating: ["○", "warned"], revoked: ["✕", "bad"], expired: ["✕", "soft"], promoted: ["●", "good"], refused: ["✕", "bad"],
  pending: ["○", "warned"], overridden: ["!", "warned"], finished: ["●", "good"], failed: ["✕", "bad"], running: ["○", "warned"], queued: ["○", "soft"],
  allowed: ["●", "good"], denied: ["✕", "bad"], approved: ["●", "good"],
};

export function status(word) {
  const [mark, className] = STATUS[word] ?? ["·", "soft"];
  return h("span", { className: `status ${className}` }, `${mark} ${String(word).toUpperCase()}`);
}

export const chips = (words) => words.map((word) => h("span", { className: "chip" }, word));

export function ago(time) {
  if (!time) return "never";
  const seconds = Math.round((Date.now() - new Date(time)) / 1000);
  const [count, unit] = seconds < 60 ? [seconds, "s"] : seconds < 3600 ? [seconds / 60, "m"] : seconds < 86400 ? [seconds / 3600, "h"] : [seconds / 86400, "d"];
  return seconds < 0 ? new Date(time).toLocaleString() : h("time", { dateTime: time, title: new Date(time).toLocaleString() }, `${Math.floor(count)}${unit} ago`);
}

export const short = (id) => (id ? h("code", { title: id }, id.slice(0, 12)) : "–");
export const count = (n) => Number(n ?? 0).toLocaleString();
export const ms = (n) => (n === null || n === undefined ? "–" : n >= 1000 ? `${(n / 1000).toFixed(2)} s` : `${n.toFixed(n < 10 ? 1 : 0)} ms`);
export const usd = (n) => `$${Number(n ?? 0).toFixed(n && n < 1 ? 4 : 2)}`;

/// A dialog with a form; resolves to its values, or null.
export function ask(title, fields, { act = "Save", danger = false, note } = {}) {
  return new Promise((resolve) => {
    const form = h("form", { method: "dialog" }, fields,
      h("div", { className: "bar" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
        h("button", { className: danger ? "danger" : "primary", value: "yes" }, act)));
    const dialog = h("dialog", { ariaLabel: title }, h("h2", {}, title), note && h("p", { className: "soft" }, note), form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? Object.fromEntries(new FormData(form)) : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/// Shows something until it is closed.
export function show(title, ...children) {
  const dialog = h("dialog", { ariaLabel: title }, h("h2", {}, title), children, h("button", { onclick: () => dialog.close() }, "Close"));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export const field = (label, name, attributes = {}) => h("label", {}, label, h("input", { name, ...attributes }));

export function copy(text, label = "Copy") {
  const button = h("button", {
    type: "button", onclick: async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    },
  }, label);
  return button;
}
