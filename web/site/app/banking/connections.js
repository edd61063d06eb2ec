// Banks and their accounts, each with what the bank said last.

import { post, remove } from "../api/request.js";
import { element } from "../page/dom.js";
import { confirmed } from "../page/dialog.js";
import { actionButton, alertBox } from "../page/form.js";
import { moneyText } from "../page/money.js";
import { go } from "../router.js";
import { repair } from "./repair.js";

/** A section for each bank connection. */
export function connections(items, accounts) {
  return element("section", { class: "stack", "aria-label": "Accounts" },
    items.map((item) => connection(item, accounts.filter((account) => account.item_id === item.id))),
    element("a", { class: "button plain", href: "#/connect" }, "Connect another bank"));
}

function connection(item, accounts) {
  const alert = alertBox();
  const name = item.institution.name ?? "Your bank";
  const refresh = async () => {
    await post(`/v1/items/${item.id}/sync`);
    go("");
  };
  const disconnect = async () => {
    const text = "Its accounts and transactions are deleted here at once, and its access ends.";
    if (!(await confirmed({ title: `Disconnect ${name}?`, text, yes: "Disconnect" }))) return;
    await remove(`/v1/items/${item.id}`);
    go("");
  };
  const reconnect = () => {
    repair(item.id);
    go("connect");
  };
  const small = { alert, class: "button plain slim" };
  return element("section", { class: "card" },
    element("div", { class: "row apart" }, element("h2", {}, name),
      item.status !== "good" && element("span", { class: `tag ${item.status === "preparing" ? "" : "problem"}` }, STATUS[item.status] ?? item.status)),
    item.status !== "good" && element("p", { class: "small" }, item.message),
    element("ul", { class: "listing" }, accounts.map(accountRow)),
    alert,
    element("div", { class: "row" },
      item.status === "needs_reauth" && actionButton({ ...small, label: "Reconnect", act: reconnect, "aria-label": `Reconnect ${name}` }),
      actionButton({ ...small, label: "Refresh", act: refresh, "aria-label": `Refresh ${name}` }),
      actionButton({ ...small, label: "Disconnect", act: disconnect, class: "button danger slim", "aria-label": `Disconnect ${name}` })));
}

const STATUS = { preparing: "On its way", needs_reauth: "Sign in again", failing: "Not answering" };

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
