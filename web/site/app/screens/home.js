// How things are: accounts by bank, and what happened in them.

import { get } from "../api/request.js";
import { connections } from "../banking/connections.js";
import { transactions } from "../banking/transactions.js";
import { consentNotice } from "../consents/notice.js";
import { element } from "../page/dom.js";

export default async function home({ user }) {
  const [{ data: items }, { data: accounts }, asked] = await Promise.all([get("/v1/items"), get("/v1/accounts"), consentNotice()]);
  const hello = element("h1", {}, user.name ? `Hello, ${user.name}` : "Your accounts");
  if (items.length === 0) return element("div", { class: "stack" }, hello, asked, hint(user), empty());
  return element("div", { class: "stack" }, hello, asked, hint(user),
    element("div", { class: "home" }, connections(items, accounts), await transactions(accounts)));
}

function empty() {
  return element("section", { class: "card" }, element("h2", {}, "Nothing here yet"),
    element("p", {}, "Connect a bank, and its accounts and transactions appear here. Balance can only read them."),
    element("div", { class: "row" }, element("a", { class: "button", href: "#/banks/connect" }, "Connect a bank")));
}

/** A password alone is the weakest way to keep this. */
function hint(user) {
  if (user.second_factor?.enrolled !== false) return null;
  return element("p", { class: "notice" }, "Keep others out even if they learn your password: ",
    element("a", { href: "#/settings/keys" }, "add a security key or passkey"), ".");
}
