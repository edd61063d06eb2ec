// Banks and their accounts, beside what happened in them. Whatever else can be done with a
// connection is on the screen of the banks.

import { post } from "../api/request.js";
import { element } from "../page/dom.js";
import { actionButton, alertBox } from "../page/form.js";
import { go } from "../router.js";
import { accountList } from "./accounts.js";
import { repairButton } from "./repair.js";
import { bankName, stateNotes, stateTag } from "./state.js";

/** A section for each bank connection. */
export function connections(items, accounts) {
  return element("section", { class: "stack", "aria-label": "Accounts" },
    items.map((item) => connection(item, accounts.filter((account) => account.item_id === item.id))),
    element("div", { class: "row" },
      element("a", { class: "button plain", href: "#/banks" }, "Your banks"),
      element("a", { class: "button plain", href: "#/banks/connect" }, "Connect another bank")));
}

function connection(item, accounts) {
  const alert = alertBox();
  const name = bankName(item);
  const refresh = async () => {
    await post(`/v1/items/${item.id}/sync`);
    // Whoever has gone on meanwhile is not called back.
    if (card.isConnected) go("");
  };
  const card = element("section", { class: "card" },
    element("div", { class: "row apart" }, element("h2", {}, name), stateTag(item)),
    stateNotes(item),
    accountList(accounts),
    alert,
    element("div", { class: "row" }, repairButton(item),
      actionButton({ label: "Refresh", act: refresh, alert, class: "button plain slim", "aria-label": `Refresh ${name}` })));
  return card;
}
