// Net worth over time: what there is, less what is owed. Each currency by itself: nothing is converted.

import { get } from "../../api/request.js";
import { announce } from "../../page/announce.js";
import { dateText } from "../../page/dates.js";
import { element, fill } from "../../page/dom.js";
import { line } from "../../page/drawing.js";
import { alertBox } from "../../page/form.js";
import { decimal, moneyText } from "../../page/money.js";
import { table } from "../../page/table.js";
import { nothing, section } from "./sections.js";

/** How far back, in days, and by which steps. */
const SPANS = [["90 days", 89, "day"], ["A year", 365, "month"], ["Five years", 1_826, "month"]];

const DAY = 86_400_000;

export default async function worth() {
  const alert = alertBox();
  const input = element("select", { id: "span" }, SPANS.map(([label], index) => element("option", { value: index }, label)));
  const shown = element("div", { class: "stack" }, whole(await read(0)));
  input.addEventListener("change", async () => {
    const { value } = input;
    try {
      const days = await read(value);
      if (value !== input.value) return;
      fill(alert);
      fill(shown, whole(days));
      announce(`${days.length} points.`);
    } catch (problem) {
      fill(alert, problem.message);
    }
  });
  return section("Net worth",
    element("p", { class: "quiet" }, "From the day on which your bank was first read. Cards and loans count as debts."),
    element("div", { class: "field" }, element("label", { for: "span" }, "Time"), input), alert, shown);
}

async function read(index) {
  const [, days, interval] = SPANS[index];
  const from = new Date(Date.now() - days * DAY).toISOString().slice(0, 10);
  return (await get(`/v1/net-worth?${new URLSearchParams({ from, interval })}`)).data;
}

function whole(days) {
  const [newest] = days;
  if (!newest || newest.totals.length === 0) return nothing("Nothing is known yet.");
  return newest.totals.map(({ currency }) => inCurrency(currency, days));
}

function inCurrency(currency, days) {
  const points = days.flatMap(({ date, totals }) => totals.filter((total) => total.currency === currency).map((total) => ({ ...total, date })));
  const [newest, oldest] = [points.at(0), points.at(-1)];
  const text = ({ scale }, units) => moneyText({ minor_units: units, currency, scale });
  const net = (point) => text(point, point.net_minor_units);
  const drawn = [...points].reverse().map((point) => Number(decimal({ minor_units: point.net_minor_units, scale: point.scale })));
  const label = `Net worth in ${currency}, from ${net(oldest)} on ${dateText(oldest.date)} to ${net(newest)} on ${dateText(newest.date)}`;
  return element("section", { class: "card", "aria-label": currency },
    element("p", {}, element("span", { class: "quiet" }, dateText(newest.date)), element("br"),
      element("strong", { class: "headline figure" }, net(newest))),
    element("p", { class: "small quiet" }, `${text(newest, newest.assets_minor_units)} there, ${text(newest, newest.debts_minor_units)} owed`),
    line(drawn, label),
    oldest !== newest && element("div", { class: "row apart small quiet", "aria-hidden": "true" }, element("span", {}, dateText(oldest.date)), element("span", {}, dateText(newest.date))),
    element("details", {}, element("summary", {}, "As a table"),
      table(`Net worth in ${currency}`, ["Day", "There", "Owed", "Net"], points.map((point) => [
        dateText(point.date), text(point, point.assets_minor_units), text(point, point.debts_minor_units), net(point),
      ]))));
}
