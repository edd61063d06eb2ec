// Payments that come again and again, as Plaid found them.

import { get } from "../../api/request.js";
import { accountNames } from "../../banking/accounts.js";
import { dateText } from "../../page/dates.js";
import { element } from "../../page/dom.js";
import { moneyText } from "../../page/money.js";
import { nothing, section } from "./sections.js";

const FREQUENCIES = {
  WEEKLY: "every week", BIWEEKLY: "every two weeks", SEMI_MONTHLY: "twice a month", MONTHLY: "every month", ANNUALLY: "every year",
};

export default async function recurring() {
  const [{ data: streams }, { data: accounts }] = await Promise.all([get("/v1/recurring"), get("/v1/accounts")]);
  const names = accountNames(accounts);
  const [going, ended] = [streams.filter(({ active }) => active), streams.filter(({ active }) => !active)];
  const ofDirection = (wanted) => going.filter(({ direction }) => direction === wanted);
  return section("Recurring payments",
    streams.length === 0 && nothing("None has been found yet. It takes some months of transactions to see them."),
    part("Going out", ofDirection("out"), names),
    part("Coming in", ofDirection("in"), names),
    part("No longer", ended, names));
}

function part(title, streams, names) {
  if (streams.length === 0) return null;
  // What is due first comes first; what has no date, last.
  const due = ({ next_date: next }) => next ?? "9999";
  const sorted = [...streams].sort((one, other) => due(one).localeCompare(due(other)));
  return element("section", { class: "stack tight", "aria-label": title }, element("h2", {}, title),
    element("ul", { class: "listing" }, sorted.map((stream) => row(stream, names))));
}

function row({ account_id: account, description, merchant_name: merchant, frequency, last_date: last, next_date: next, average_amount: average, last_amount: latest, active }, names) {
  const time = active && next ? `next ${dateText(next)}` : `last ${dateText(last)}`;
  const figure = latest ?? average;
  const details = [FREQUENCIES[frequency] ?? "now and then", time, names.get(account)];
  return element("li", {},
    element("span", {}, merchant ?? description),
    element("span", { class: "amount" }, figure ? amountText(figure) : "–"),
    element("span", { class: "quiet small" }, details.filter(Boolean).join(" · ")),
    average && element("span", { class: "amount quiet small" }, `${amountText(average)} on average`));
}

/** Which way it goes, the heading says. */
const amountText = (money) => moneyText({ ...money, minor_units: Math.abs(money.minor_units) });
