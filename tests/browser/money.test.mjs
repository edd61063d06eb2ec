// What the money does and comes to, as the bank has it.

import assert from "node:assert/strict";

import { ORIGIN } from "./harness/instance.mjs";
import { itemOf } from "./harness/bank.mjs";
import { story } from "./harness/story.mjs";

const dollars = (amount) => new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" }).format(amount);

/** All that a route answers whoever is signed in on the page. */
const answered = (page, path) => page.evaluate((asked) => fetch(asked).then((response) => response.json()), path);

story("the cash flow adds up, for one account and for all", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 300 });
  await ada.opensMoney(page, "Cash flow");
  const months = page.locator(".month-flow");
  await months.first().waitFor();
  const { data } = await answered(page, "/v1/cash-flow");
  assert.equal(await months.count(), data.length);
  const newest = await months.first().locator(".flow .amount").allTextContents();
  const sum = (part, totals) => totals.reduce((so_far, total) => so_far + total[`${part}_minor_units`], 0) / 100;
  assert.deepEqual(newest, [dollars(sum("in", data[0].totals)), dollars(sum("out", data[0].totals))]);
  await picture("cash flow of a year");
  const choice = page.getByLabel("Account", { exact: true });
  const { data: accounts } = await answered(page, "/v1/accounts");
  const card = accounts.find(({ name }) => name === "Plaid Credit Card");
  const own = data.map(({ totals }) => totals.filter(({ account_id: id }) => id === card.id)).find((totals) => totals.length > 0);
  await choice.selectOption(card.id);
  await months.first().locator(".flow .amount").last().filter({ hasText: dollars(sum("out", own)) }).waitFor();
});

story("recurring payments are shown with what is due next", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 400 });
  await ada.opensMoney(page, "Recurring payments");
  const out = page.getByRole("region", { name: "Going out" }).getByRole("listitem");
  const rent = out.filter({ hasText: "Parkside Apartments" });
  await rent.waitFor();
  assert.match(await rent.textContent(), /\$1,895\.00.*every month · next [A-Z][a-z]+ \d+, \d{4} · Plaid Checking/);
  await page.getByRole("region", { name: "Coming in" }).getByRole("listitem").filter({ hasText: "Gusto" }).waitFor();
  await picture("recurring payments");
});

story("investments and debts are shown account by account", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 40 });
  await ada.opensMoney(page, "Investments");
  const { data: held } = await answered(page, "/v1/holdings");
  assert.ok(held.length > 0);
  assert.equal(await page.getByRole("main").locator("tbody tr").count(), held.length);
  const ira = page.getByRole("region", { name: "Plaid IRA" });
  await ira.locator("tbody tr").first().waitFor();
  await picture("investments");
  await ada.opensMoney(page, "Debts");
  const { data: owed } = await answered(page, "/v1/liabilities");
  assert.deepEqual(owed.map(({ kind }) => kind).sort(), ["credit", "mortgage", "student"]);
  for (const name of [/^Plaid Credit Card/, /^Plaid Mortgage/, /^Plaid Student Loan/]) {
    const debt = page.getByRole("region", { name });
    await debt.getByText("Owed", { exact: true }).waitFor();
    await debt.getByText(/\d %/).waitFor();
  }
  await picture("debts");
});

story("net worth has today’s number, in a drawing and in a table", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  const item = await ada.connectsBank(page, { transactions: 40 });
  await ada.opensMoney(page, "Net worth");
  const { accounts } = await itemOf(item);
  const worth = accounts.reduce((sum, { type, balances }) =>
    sum + Math.round(Number(balances.current) * 100) * (["credit", "loan"].includes(type) ? -1 : 1), 0);
  const headline = page.locator(".headline");
  await headline.waitFor();
  const shown = Number((await headline.textContent()).replaceAll(/[^\d.-]/g, ""));
  assert.equal(Math.round(shown * 100), worth);
  await page.getByRole("img", { name: /^Net worth in USD, from/ }).waitFor();
  await page.getByText("As a table").click();
  assert.equal(await page.getByRole("row").filter({ hasText: await headline.textContent() }).count(), 1);
  await picture("net worth");
});

const YEARS = {
  data: [
    { date: "2027-03-09", totals: [worthOf("USD", 2, 1_250_000, 41_000), worthOf("JPY", 0, 50_000, 0)] },
    { date: "2027-03-08", totals: [worthOf("USD", 2, 1_000_000, 1_500_000)] },
    { date: "2027-03-07", totals: [worthOf("USD", 2, 900_000, 0)] },
  ],
  next_cursor: null,
};

function worthOf(currency, scale, assets, debts) {
  return { currency, scale, assets_minor_units: assets, debts_minor_units: debts, net_minor_units: assets - debts };
}

story("net worth of several days and currencies is drawn for each, and never mixed", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  const asked = [];
  await page.route(`${ORIGIN}/v1/net-worth?*`, (route) => {
    asked.push(new URL(route.request().url()).searchParams.get("interval"));
    return route.fulfill({ json: YEARS });
  });
  await ada.opensMoney(page, "Net worth");
  await page.getByRole("region", { name: "USD" }).getByText("$12,090.00").first().waitFor();
  await page.getByRole("region", { name: "JPY" }).getByText("¥50,000").first().waitFor();
  const line = page.getByRole("img", { name: "Net worth in USD, from $9,000.00 on March 7, 2027 to $12,090.00 on March 9, 2027" });
  const heights = (await line.locator("polyline").getAttribute("points")).split(" ").map((point) => Number(point.split(",")[1]));
  const zero = Number(await line.locator("line").getAttribute("y1"));
  // Oldest first; what is below zero is drawn below it.
  assert.deepEqual(heights.map((height) => Math.sign(zero - height)), [1, -1, 1]);
  assert.ok(heights[2] < heights[0]);
  await picture("net worth in two currencies");
  await page.getByLabel("Time").selectOption({ label: "Five years" });
  await page.getByRole("status").filter({ hasText: "3 points" }).waitFor({ state: "attached" });
  assert.deepEqual(asked, ["day", "month"]);
});

story("where there is nothing, that is said", async ({ page, ada }) => {
  await ada.arrives(page);
  const empty = {
    "Cash flow": "Nothing has come in or gone out yet.", "Recurring payments": "None has been found yet.",
    Investments: "No bank of yours has told of any.", Debts: "No bank of yours has told of any.", "Net worth": "Nothing is known yet.",
  };
  for (const [section, text] of Object.entries(empty)) {
    await ada.opensMoney(page, section);
    await page.getByText(text).waitFor();
  }
});
