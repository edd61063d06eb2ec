// The accounts of a bank, each with what the bank said last.

import { element } from "../page/dom.js";
import { moneyText } from "../page/money.js";

export const accountList = (accounts) => element("ul", { class: "listing" }, accounts.map(accountRow));

/** What tells an account from its siblings: "Plaid Checking (0000)". */
export const accountName = ({ name, mask }) => (mask ? `${name} (${mask})` : name);

/** The names of accounts, by id. */
export const accountNames = (accounts) => new Map(accounts.map((account) => [account.id, account.name]));

/** A choice among them, or of all. */
export function accountChoice(accounts) {
  const input = element("select", { id: "account-choice" }, element("option", { value: "" }, "All accounts"),
    accounts.map((account) => element("option", { value: account.id }, accountName(account))));
  return { input, node: element("div", { class: "field" }, element("label", { for: "account-choice" }, "Account"), input) };
}

function accountRow({ name, mask, subtype, type, balances }) {
  const shown = balances.current ?? balances.available;
  const note = noteOf(type, balances);
  return element("li", {},
    element("span", {}, name),
    element("span", { class: "amount" }, shown ? moneyText(shown) : "–"),
    element("span", { class: "quiet small" }, [subtype ?? type, mask].filter(Boolean).join(" · ")),
    note && element("span", { class: "amount quiet small" }, note));
}

/** What the balance is not by itself: that it is owed, or how much of it can be spent. */
function noteOf(type, { current, available }) {
  if (current && (type === "credit" || type === "loan")) return "owed";
  return current && available ? `${moneyText(available)} available` : null;
}
