// The banks that are connected, and everything that can be done with a connection.

import { get } from "../api/request.js";
import { bankCard } from "../banking/bank-card.js";
import { element } from "../page/dom.js";

export default async function banks() {
  const [{ data: items }, { data: accounts }] = await Promise.all([get("/v1/items"), get("/v1/accounts")]);
  return element("div", { class: "stack medium" },
    element("h1", {}, "Your banks"),
    items.length === 0 && element("p", { class: "lead" }, "No bank is connected yet."),
    items.map((item) => bankCard(item, accounts.filter((account) => account.item_id === item.id))),
    element("div", { class: "row" }, element("a", { class: "button", href: "#/banks/connect" }, "Connect a bank")));
}
