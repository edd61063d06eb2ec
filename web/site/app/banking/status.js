// The details of a connection, fetched when they are opened: when each kind of data came last, and
// why not since.

import { get, post } from "../api/request.js";
import { announce } from "../page/announce.js";
import { momentName } from "../page/dates.js";
import { confirmed } from "../page/dialog.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox } from "../page/form.js";

const PRODUCTS = { transactions: "Transactions", holdings: "Investments", liabilities: "Debts", recurring: "Recurring payments" };

export function statusDetails(item, name) {
  const content = element("div", { class: "stack" });
  const alert = alertBox();
  const details = element("details", {}, element("summary", {}, "How it is read"), alert, content);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    try {
      fill(alert);
      fill(content, facts(await get(`/v1/items/${item.id}/status`)), rotation(item, name));
    } catch (problem) {
      fill(alert, problem.message);
    }
  });
  return details;
}

function facts({ last_attempt_at: attempt, last_synced_at: synced, failing_since: since, next_try_at: next, last_webhook_at: webhook, products }) {
  const times = [
    ["Last asked", attempt], ["Last read whole", synced], ["Failing since", since], ["Next try", next], ["Last word from the bank", webhook],
  ].filter(([, time]) => time);
  return element("dl", { class: "facts" },
    times.map(([term, time]) => [element("dt", {}, term), element("dd", {}, momentName(time))]),
    products.map(({ product, last_success_at: success, error, message }) => [
      element("dt", {}, PRODUCTS[product] ?? product),
      element("dd", {}, success ? `${momentName(success)}. ` : "", message, error && element("span", { class: "quiet small" }, ` (${error})`)),
    ]));
}

/** The token is Plaid's name for the access; only the service holds it. */
function rotation({ id }, name) {
  const alert = alertBox();
  const said = element("p", { class: "small" });
  const act = async () => {
    const text = "Plaid exchanges the key with which Balance reads this bank for a new one. The old one is good for nothing from then on. Nothing else changes.";
    if (!(await confirmed({ title: `Replace the key to ${name}?`, text, yes: "Replace it" }))) return;
    await post(`/v1/items/${id}/token-rotations`);
    fill(said, "The key is replaced.");
    announce("The key is replaced.");
  };
  return [alert, element("div", { class: "row" },
    actionButton({ label: "Replace the key", act, alert, class: "button plain slim", "aria-label": `Replace the key to ${name}` }), said)];
}
