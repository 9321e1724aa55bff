// A list of the daemon, a page at a time, in one table that grows.

import { list } from "./api.js";
import { h, table } from "./dom.js";

/// The table of what a path lists: [element, draw again with these parameters].
export async function paged(path, columns, options = {}, parameters = {}) {
  const place = h("div", { className: "stack" });
  const draw = async (wanted) => {
    let rows = [];
    const more = h("button", { onclick: () => next() }, "More");
    let page = null;
    const next = async () => {
      page = await list(path, { limit: 50, ...wanted, after: page?.next });
      rows = [...rows, ...page.data];
      place.replaceChildren(table(columns, rows, options), ...(page.has_more ? [more] : []));
    };
    await next();
  };
  await draw(parameters);
  return [place, draw];
}
