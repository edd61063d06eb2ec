// Transactions, newest first, under the name of their month. What is searched for travels in a
// body, never in an address.

import { get, post } from "../api/request.js";
import { announce } from "../page/announce.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox, field } from "../page/form.js";
import { accountChoice, accountNames } from "./accounts.js";
import { openTransaction } from "./annotation.js";
import { categoryField } from "./categories.js";
import { place, row } from "./transaction-row.js";

const PAGE = 50;
/** How long typing must rest before it is searched for, in milliseconds. */
const REST = 250;

/** The section: a search, the months, a button for more. */
export async function transactions(accounts) {
  const names = accountNames(accounts);
  /** The person's own categories, as far as they have been seen. */
  const own = new Set();
  const months = element("div", { class: "months" });
  const alert = alertBox();
  const text = field({ name: "text", label: "Search", type: "search", optional: true, maxlength: "100", autocomplete: "off", placeholder: "A shop, a word …" });
  const account = accountChoice(accounts);
  const category = categoryField({ name: "category", label: "Category", type: "search" });
  const tag = field({ name: "tag", label: "Tag", type: "search", optional: true, maxlength: "40", autocomplete: "off" });
  const filter = () => ({ text: text.value().trim(), category: category.value(), tag: tag.value().trim(), account: account.input.value });
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
    data.forEach((transaction) => place(months, transaction, listed(transaction)));
    if (months.childElementCount === 0) fill(months, element("p", { class: "quiet" }, "Nothing found."));
    fill(holder, next && more);
    if (add) announce(`${data.length} more.`);
  }

  function listed(transaction) {
    const { id, account_id: of, corrected_category: corrected } = transaction;
    if (corrected) own.add(corrected);
    const made = row(transaction, names.get(of), async () => {
      try {
        fill(alert);
        const changed = await openTransaction(id, names.get(of), own);
        if (!changed) return;
        const fresh = listed(changed);
        made.replaceWith(fresh);
        fresh.querySelector("button").focus();
        announce("Saved.");
      } catch (problem) {
        fill(alert, problem.message);
      }
    });
    return made;
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
  for (const whole of [category, tag]) whole.input.addEventListener("change", attempt);
  take(await page({}, null), false);
  return element("section", { class: "stack", "aria-labelledby": "transactions" },
    element("h2", { id: "transactions" }, "Transactions"),
    element("div", { class: "find", role: "search" }, text.node, account.node, category.node, tag.node), alert, months, holder);
}

function page({ account, ...words }, cursor) {
  const wanted = Object.fromEntries(Object.entries(words).filter(([, word]) => word));
  const rest = { limit: PAGE, ...(account && { account }), ...(cursor && { cursor }) };
  if (Object.keys(wanted).length > 0) return post("/v1/transactions/search", { ...wanted, ...rest });
  return get(`/v1/transactions?${new URLSearchParams(rest)}`);
}
