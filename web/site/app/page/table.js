// Tables of figures. On a phone each row is a block, in which every cell says what it is; the roles
// are said as well, since a browser may take them from what is laid out as no table.

import { element } from "./dom.js";

/** `heads` and rows of cells; the first cell of a row names it. */
export function table(caption, heads, rows) {
  const cell = (content, index) => element("td", { role: "cell", "data-head": heads[index + 1] }, element("div", {}, content));
  return element("div", { class: "table" }, element("table", { class: "figures", role: "table" },
    element("caption", { class: "unseen" }, caption),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" },
      heads.map((head) => element("th", { role: "columnheader", scope: "col" }, head)))),
    element("tbody", { role: "rowgroup" }, rows.map(([name, ...cells]) =>
      element("tr", { role: "row" }, element("th", { role: "rowheader", scope: "row" }, name), cells.map(cell))))));
}
