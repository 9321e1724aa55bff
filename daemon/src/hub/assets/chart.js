// Charts as SVG: a line over time, and bars by name.

import { h, svg } from "./dom.js";

const [WIDTH, HEIGHT] = [600, 150];

/// A line over points of {at, value}.
export function line(points, { format = String, label }) {
  if (points.length < 2) return h("p", { className: "soft" }, points.length ? format(points[0].value) : "No calls in this time.");
  const most = Math.max(...points.map((point) => point.value), 1e-9);
  const x = (n) => (n / (points.length - 1)) * WIDTH;
  const y = (value) => HEIGHT - (value / most) * (HEIGHT - 8);
  const path = points.map((point, n) => `${n ? "L" : "M"}${x(n).toFixed(1)} ${y(point.value).toFixed(1)}`).join("");
  const first = new Date(points[0].at).toLocaleString();
  const last = new Date(points.at(-1).at).toLocaleString();
  const dots = points.map((point, n) => svg("circle", { cx: x(n), cy: y(point.value), r: 5, fill: "transparent" },
    svg("title", {}, `${new Date(point.at).toLocaleString()}: ${format(point.value)}`)));
  return h("div", {},
    svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": `${label}, at most ${format(most)}` },
      svg("path", { class: "axis", d: `M0 ${HEIGHT}H${WIDTH}` }), svg("path", { class: "area", d: `${path}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z` }),
      svg("path", { class: "line", d: path }), dots),
    h("div", { className: "bar soft" }, h("small", {}, first), h("small", {}, `at most ${format(most)}`), h("small", {}, last)));
}

/// A small line without words.
export function spark(values) {
  if (values.length < 2) return null;
  const most = Math.max(...values, 1e-9);
  const path = values.map((value, n) => `${n ? "L" : "M"}${(n / (values.length - 1)) * 120} ${24 - (value / most) * 22}`).join("");
  return svg("svg", { viewBox: "0 0 120 24", height: 24, preserveAspectRatio: "none", "aria-hidden": "true" }, svg("path", { class: "line", d: path }));
}

/// Bars of {name, value}, the longest first.
export function bars(rows, format = String) {
  const most = Math.max(...rows.map((row) => row.value), 1e-9);
  const ordered = [...rows].sort((a, b) => b.value - a.value).slice(0, 12);
  return h("div", { className: "bars" }, ordered.map((row) => {
    const fill = h("i");
    fill.style.width = `${(row.value / most) * 100}%`;
    return h("div", {}, h("span", { title: row.name }, row.name || "none"), h("div", { className: "track" }, fill), h("span", { className: "number" }, format(row.value)));
  }));
}
