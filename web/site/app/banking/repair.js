// Which connection the screen "Reconnect" is about. In memory: no id in an address.

import { element } from "../page/dom.js";
import { go } from "../router.js";
import { bankName, isRepairable } from "./state.js";

let wanted = null;

/** The connection that is to be repaired, once. */
export function takeRepair() {
  const item = wanted;
  wanted = null;
  return item;
}

/** The way to it, where going through the bank's sign-in again mends something; else nothing. */
export function repairButton(item) {
  return isRepairable(item) ? button(item, "Reconnect", "button slim") : null;
}

/** The same way, where nothing is broken: to share other accounts. */
export function choiceButton(item) {
  return isRepairable(item) || item.status === "needs_relink" ? null : button(item, "Choose accounts", "button plain slim");
}

function button(item, label, look) {
  const onclick = () => {
    wanted = item;
    go("banks/reconnect");
  };
  return element("button", { type: "button", class: look, onclick, "aria-label": `${label}: ${bankName(item)}` }, label);
}
