// Transactions, newest first, under the name of their month. The text of a search travels in a
// body, never in an address.

import { get, post } from "../api/request.js";
import { announce } from "../page/announce.js";
import { dayName, monthName } from "../page/dates.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox, field } from "../page/form.js";
import { movementText } from "../page/money.js";

const PAGE = 50;
/** How long typing must rest before it is searched for, in milliseconds. */
const REST = 250;

/** The section: a search, the months, a button for more. */
export async function transactions(accounts) {
  const names = new Map(accounts.map((account) => [account.id, account.name]));
  const months = element("div", { class: "months" });
  const alert = alertBox();
  const text = field({ name: "text", label: "Search", type: "search", optional: true, maxlength: "100", autocomplete: "off", placeholder: "A shop, a word …" });
  const account = accountChoice(accounts);
  const filter = () => ({ text: text.value().trim(), account: account.input.value });
  let cursor = null;
  let turn = 0;

  const more = actionButton({
    label: "Show more", class: "button plain", alert,
    act: async () => take(await page(filter(), cursor), months.childElementCount > 0),
  });
  const holder = element("div", { class: "row" });

  function take({ data, next_cursor: next }, add) {
    if (!add) fill(months);
    cursor = next;
    data.forEach((transaction) => place(months, transaction, names));
    if (months.childElementCount === 0) fill(months, element("p", { class: "quiet" }, "Nothing found."));
    fill(holder, next && more);
    if (add) announce(`${data.length} more.`);
  }

  async function search() {
    turn += 1;
    const mine = turn;
    const found = await page(filter(), null);
    // A slower reply to an earlier search is of no use.
    if (mine !== turn) return;
    take(found, false);
    announce(found.data.length === 0 ? "Nothing found." : `${found.data.length} found${found.next_cursor ? ", and more" : ""}.`);
  }

  const attempt = () => search().then(() => fill(alert), (problem) => fill(alert, problem.message));
  let rest;
  text.input.addEventListener("input", () => {
    clearTimeout(rest);
    rest = setTimeout(attempt, REST);
  });
  account.input.addEventListener("change", attempt);
  take(await page({}, null), false);
  return element("section", { class: "stack", "aria-labelledby": "transactions" },
    element("h2", { id: "transactions" }, "Transactions"),
    element("div", { class: "find", role: "search" }, text.node, account.node), alert, months, holder);
}

function page({ text, account }, cursor) {
  if (text) {
    return post("/v1/transactions/search", { text, limit: PAGE, ...(account && { account }), ...(cursor && { cursor }) });
  }
  const query = new URLSearchParams({ limit: PAGE, ...(account && { account }), ...(cursor && { cursor }) });
  return get(`/v1/transactions?${query}`);
}

/** Puts a transaction under its month, which is the last one or a new one. */
function place(months, transaction, names) {
  const month = transaction.date.slice(0, 7);
  let section = months.lastElementChild;
  if (section?.dataset.month !== month) {
    section = element("section", { class: "month", "data-month": month },
      element("h3", {}, monthName(transaction.date)), element("ol", { class: "listing" }));
    months.append(section);
  }
  section.lastElementChild.append(row(transaction, names));
}

function row({ date, amount, name, merchant_name: merchant, pending, category, account_id: account }, names) {
  const details = [dayName(date), category && words(category.primary), names.get(account)];
  return element("li", {},
    element("span", {}, merchant ?? name, pending && [" ", element("span", { class: "tag" }, "pending")]),
    element("span", { class: `amount ${amount.minor_units < 0 ? "in" : ""}` }, movementText(amount)),
    element("span", { class: "quiet small" }, details.filter(Boolean).join(" · ")));
}

/** "FOOD_AND_DRINK" → "Food and drink". */
function words(category) {
  const text = category.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function accountChoice(accounts) {
  const input = element("select", { id: "account-choice" }, element("option", { value: "" }, "All accounts"),
    accounts.map(({ id, name, mask }) => element("option", { value: id }, mask ? `${name} (${mask})` : name)));
  return { input, node: element("div", { class: "field" }, element("label", { for: "account-choice" }, "Account"), input) };
}
