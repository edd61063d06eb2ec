// Investments: what is held in each account, as the bank had it last.

import { get } from "../../api/request.js";
import { briefDateText } from "../../page/dates.js";
import { element } from "../../page/dom.js";
import { decimalText, moneyText, priceText, totals } from "../../page/money.js";
import { table } from "../../page/table.js";
import { nothing, section } from "./sections.js";

export default async function holdings() {
  const [{ data: held }, { data: accounts }] = await Promise.all([get("/v1/holdings"), get("/v1/accounts")]);
  const parts = accounts.map((account) => [account, held.filter(({ account_id: id }) => id === account.id)]);
  return section("Investments",
    held.length === 0 && nothing("No bank of yours has told of any."),
    parts.filter(([, own]) => own.length > 0).map(([account, own]) => part(account, own)));
}

function part({ name }, own) {
  const worth = totals(own.map(({ value }) => value).filter(Boolean)).map(moneyText).join(" · ");
  return element("section", { class: "stack tight", "aria-label": name },
    element("div", { class: "row apart" }, element("h2", {}, name), element("strong", { class: "figure" }, worth)),
    table(`${name}: what is held`, ["Security", "Quantity", "Price", "Value", "Paid"], own.map(cells)));
}

function cells({ security, quantity, price, price_as_of: day, value, cost_basis: paid, currency }) {
  const name = security.name ?? security.ticker ?? security.isin ?? "Without a name";
  const mark = security.ticker && security.ticker !== name && ` (${security.ticker})`;
  return [
    [name, mark, element("span", { class: "quiet small kind" }, security.type)],
    quantity === null ? "–" : decimalText(quantity),
    price === null ? "–" : [priceText(price, currency), day && element("span", { class: "quiet small kind" }, briefDateText(day))],
    value ? moneyText(value) : "–",
    paid ? moneyText(paid) : "–",
  ];
}
