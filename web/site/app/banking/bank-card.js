// A bank connection and what can be done with it. What changes is shown in place.

import { get, post, remove } from "../api/request.js";
import { announce } from "../page/announce.js";
import { element, fill } from "../page/dom.js";
import { confirmed } from "../page/dialog.js";
import { actionButton, alertBox } from "../page/form.js";
import { go } from "../router.js";
import { accountList, accountName } from "./accounts.js";
import { choiceButton, repairButton } from "./repair.js";
import { bankName, stateNotes, stateTag } from "./state.js";
import { statusDetails } from "./status.js";

/** The section of a connection and its accounts. */
export function bankCard(item, accounts) {
  const name = bankName(item);
  const alert = alertBox();
  const body = element("div", { class: "stack" });
  const slim = { alert, class: "button plain slim" };
  const choice = element("span", {});
  const title = element("h2", { tabindex: "-1" }, name);

  let known = item;

  function draw(now, own) {
    known = now;
    const repair = repairButton(now);
    fill(choice, choiceButton(now));
    fill(body,
      element("div", { class: "row apart" }, title, stateTag(now)),
      stateNotes(now),
      repair && element("div", { class: "row" }, repair),
      accountList(own),
      own.length > 1 && single(own));
  }

  const refresh = async () => {
    const { accounts: own, ...now } = await post(`/v1/items/${item.id}/sync`);
    draw(now, own);
    announce(now.status === "good" ? `${name} is up to date.` : now.message);
  };
  const ask = async () => {
    const { data } = await post(`/v1/items/${item.id}/balances`);
    draw(known, data);
    announce(`These are the balances at ${name} at this moment.`);
  };
  const disconnect = async () => {
    const text = "Its accounts and transactions are deleted here at once, with what you wrote to them, and its access ends.";
    if (!(await confirmed({ title: `Disconnect ${name}?`, text, yes: "Disconnect" }))) return;
    await remove(`/v1/items/${item.id}`);
    announce(`${name} is disconnected.`);
    if (body.isConnected) go("banks");
  };

  /** For one account at a time; the last goes with its bank. */
  function single(own) {
    const leave = async (account) => {
      const called = accountName(account);
      const text = "Its transactions and whatever else was read of it are deleted here at once, with what you wrote to them. The bank’s other accounts stay.";
      if (!(await confirmed({ title: `Disconnect ${called}?`, text, yes: "Disconnect" }))) return;
      await remove(`/v1/accounts/${account.id}`);
      const { accounts: left, ...now } = await get(`/v1/items/${item.id}`);
      draw(now, left);
      title.focus();
      announce(`${called} is disconnected.`);
    };
    return element("details", {}, element("summary", {}, "Disconnect one account"),
      element("p", { class: "hint" }, "It stays away until you reconnect the bank and share it again."),
      element("ul", { class: "listing" }, own.map((account) => element("li", {},
        element("span", {}, accountName(account)),
        element("div", { class: "actions" }, actionButton({
          label: "Disconnect", act: () => leave(account), alert, class: "button danger slim", "aria-label": `Disconnect the account ${accountName(account)}`,
        }))))));
  }

  draw(item, accounts);
  return element("section", { class: "card", "aria-label": name }, body, alert,
    element("div", { class: "row" },
      actionButton({ ...slim, label: "Refresh", act: refresh, "aria-label": `Refresh ${name}` }),
      actionButton({ ...slim, label: "Balances now", act: ask, "aria-label": `Balances now at ${name}` }),
      choice,
      actionButton({ ...slim, label: "Disconnect", act: disconnect, class: "button danger slim", "aria-label": `Disconnect ${name}` })),
    element("p", { class: "hint" }, "“Balances now” asks your bank while you wait; it takes some seconds."),
    statusDetails(item, name));
}
