// A transaction in the list of its month.

import { dayName, monthName } from "../page/dates.js";
import { element } from "../page/dom.js";
import { movementText } from "../page/money.js";
import { categoryShown, categoryText } from "./categories.js";

/** How it is called. */
export const titleOf = ({ merchant_name: merchant, name }) => merchant ?? name;

/** Puts a row under its month, which is the last one or a new one. */
export function place(months, { date }, made) {
  const month = date.slice(0, 7);
  let section = months.lastElementChild;
  if (section?.dataset.month !== month) {
    section = element("section", { class: "month", "data-month": month },
      element("h3", {}, monthName(date)), element("ol", { class: "listing" }));
    months.append(section);
  }
  section.lastElementChild.append(made);
}

/** `open` is called when the row is chosen. */
export function row(transaction, account, open) {
  const { date, amount, pending, note, tags } = transaction;
  const category = categoryShown(transaction);
  const details = [dayName(date), category && categoryText(category), account];
  return element("li", {},
    element("span", {},
      element("button", { type: "button", class: "open", onclick: open }, titleOf(transaction)),
      pending && [" ", element("span", { class: "tag" }, "pending")],
      tags.map((tag) => [" ", element("span", { class: "tag own" }, tag)]).flat()),
    element("span", { class: `amount ${amount.minor_units < 0 ? "in" : ""}` }, movementText(amount)),
    element("span", { class: "quiet small" }, details.filter(Boolean).join(" · ")),
    note && element("span", { class: "note small" }, note));
}
