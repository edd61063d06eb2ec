// What came in and went out, by month and category: the person's own where she gave one.

import { get } from "../../api/request.js";
import { accountChoice } from "../../banking/accounts.js";
import { byCategory, byCurrency } from "../../money/flow.js";
import { categoryText } from "../../banking/categories.js";
import { announce } from "../../page/announce.js";
import { monthName } from "../../page/dates.js";
import { element, fill } from "../../page/dom.js";
import { bar } from "../../page/drawing.js";
import { alertBox } from "../../page/form.js";
import { moneyText } from "../../page/money.js";
import { table } from "../../page/table.js";
import { nothing, section } from "./sections.js";

export default async function cashFlow() {
  const [{ data: accounts }, { data: months }] = await Promise.all([get("/v1/accounts"), get("/v1/cash-flow")]);
  const choice = accountChoice(accounts);
  const alert = alertBox();
  const shown = element("div", { class: "stack" }, whole(months));
  choice.input.addEventListener("change", async () => {
    const { value: account } = choice.input;
    try {
      const { data } = await get(`/v1/cash-flow?${new URLSearchParams(account && { account })}`);
      // A slower reply to an earlier choice is of no use.
      if (account !== choice.input.value) return;
      fill(alert);
      fill(shown, whole(data));
      announce(`${data.length} months.`);
    } catch (problem) {
      fill(alert, problem.message);
    }
  });
  return section("Cash flow",
    element("p", { class: "quiet" }, "The last twelve months. What is still pending counts too."),
    choice.node, alert, shown);
}

function whole(months) {
  const filled = months.filter(({ totals }) => totals.length > 0);
  if (filled.length === 0) return nothing("Nothing has come in or gone out yet.");
  const sums = filled.map(({ totals }) => byCurrency(totals));
  const most = new Map();
  for (const { currency, into, out } of sums.flat()) most.set(currency, Math.max(most.get(currency) ?? 0, into, out));
  return filled.map((one, index) => month(one, sums[index], most, index === 0));
}

/** One month; the newest is open. */
function month({ month: name, totals }, sums, most, open) {
  const title = monthName(`${name}-01`);
  return element("details", { class: "card month-flow", open },
    element("summary", {}, title, " ", element("span", { class: "quiet small figure" }, sums.map(sumText).join("; "))),
    element("div", { class: "stack tight" }, sums.map((sum) => [
      flow("In", sum, sum.into, most.get(sum.currency), "in"),
      flow("Out", sum, sum.out, most.get(sum.currency), "out"),
    ]).flat()),
    sums.map(({ currency }) => categories(title, totals.filter((total) => total.currency === currency))));
}

/** What a month that is closed shows. */
function sumText({ currency, scale, into, out }) {
  const text = (units) => moneyText({ minor_units: units, currency, scale });
  return `${text(into)} in, ${text(out)} out`;
}

function flow(label, { currency, scale }, units, most, look) {
  return element("div", { class: "flow" }, element("span", {}, label),
    element("span", { class: "amount" }, moneyText({ minor_units: units, currency, scale })), bar(units, most, look));
}

function categories(title, totals) {
  const rows = byCategory(totals);
  const most = Math.max(...rows.map(({ into, out }) => Math.max(into, out)));
  return table(`${title}, by category`, ["Category", "In", "Out", "Transactions"], rows.map((row) => [
    element("span", {}, row.category === null ? "Without a category" : categoryText(row.category), bar(Math.max(row.into, row.out), most, row.out >= row.into ? "out" : "in")),
    amount(row, row.into), amount(row, row.out), String(row.count),
  ]));
}

const amount = ({ currency, scale }, units) => (units === 0 ? "–" : moneyText({ minor_units: units, currency, scale }));
