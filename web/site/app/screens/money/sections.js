// What the money does and comes to: the sections.

import { element } from "../../page/dom.js";
import { besideMenu } from "../../page/menu.js";

export const SECTIONS = [
  { name: "money", title: "Cash flow", load: () => import("./cash-flow.js") },
  { name: "money/recurring", title: "Recurring payments", load: () => import("./recurring.js") },
  { name: "money/holdings", title: "Investments", load: () => import("./holdings.js") },
  { name: "money/debts", title: "Debts", load: () => import("./debts.js") },
  { name: "money/worth", title: "Net worth", load: () => import("./worth.js") },
];

/** A section's content beside the menu. */
export const section = (title, ...content) => besideMenu(SECTIONS, "Money", title, ...content);

/** What there is to say where there is nothing to show. */
export const nothing = (text) => element("p", { class: "quiet" }, text);
