// The plan: what it is and gives, and the ways to Stripe's pages, where it is paid for and changed.
// Nothing about money is typed here, and nothing of Stripe's is loaded.

import { Problem } from "../api/problem.js";
import { get } from "../api/request.js";
import { facts, isForSale, isLive, isOwing, limitText, planText, warningText } from "../billing/standing.js";
import { change, subscribe } from "../billing/stripe.js";
import { announce } from "../page/announce.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox } from "../page/form.js";
import { address, forgetQuery, go } from "../router.js";

/** Seconds before each look at what was done on Stripe's page: its word takes a moment to arrive. */
const PAUSES = [1, 2, 3, 5, 8, 13, 21, 34];
/** How many of them, where nobody said that there is anything to wait for. */
const A_FEW = 4;

const CONFIRMED = "It is confirmed: your plan is Plus. Thank you.";

const ask = () => get("/v1/billing/subscription");
const isPlus = ({ plan }) => plan === "plus";

export default async function billing({ query }) {
  const subscription = await ask();
  const notice = element("div", { class: "notice stack tight" });
  const body = element("div", { class: "stack" });
  const screen = element("div", { class: "narrow" }, element("h1", {}, "Your plan"), notice, body);
  const checkout = query.get("checkout");
  if (checkout === "done" && !isPlus(subscription)) {
    fill(body, known(subscription), always());
    confirm(screen, notice, body);
    return screen;
  }
  const limit = query.has("limit") && limitText(subscription);
  if (checkout === "done") say(notice, CONFIRMED);
  if (checkout === "left") say(notice, "You left Stripe’s page before paying. Nothing was charged.");
  if (limit) say(notice, limit);
  if (checkout) forgetQuery();
  fill(body, whole(subscription));
  if (isLive(subscription)) follow(screen, body, subscription);
  return screen;
}

/** After a payment: until the plan has changed, or for as long as that usually takes. */
async function confirm(screen, notice, body) {
  say(notice, "Your payment is being confirmed. This takes a few seconds.");
  const confirmed = await look(screen, isPlus, PAUSES);
  if (!screen.isConnected) return;
  if (!confirmed) {
    say(notice, "The confirmation takes longer than usual. If you paid, your plan changes by itself: do not pay again.",
      element("button", { type: "button", class: "button plain slim", onclick: () => go(address()) }, "Look again"));
    return;
  }
  forgetQuery();
  say(notice, CONFIRMED);
  fill(body, whole(confirmed));
}

/** She may have come back from a change on Stripe's page: it is shown as soon as it is known. */
async function follow(screen, body, shown) {
  const isNew = (now) => JSON.stringify(now) !== JSON.stringify(shown);
  const now = await look(screen, isNew, PAUSES.slice(0, A_FEW));
  if (!now || !screen.isConnected) return;
  fill(body, whole(now));
  announce("Your plan has changed.");
}

/** Asks after each pause until the answer will do; none where it never does, or nobody looks any more. */
async function look(screen, willDo, pauses) {
  for (const pause of pauses) {
    await new Promise((resume) => setTimeout(resume, pause * 1000));
    if (!screen.isConnected) return null;
    try {
      const now = await ask();
      if (willDo(now)) return now;
    } catch (problem) {
      // The next look may be answered.
      if (!(problem instanceof Problem)) throw problem;
    }
  }
  return null;
}

function whole(subscription) {
  return [known(subscription), isForSale(subscription) && ways(subscription), always()].flat();
}

function known(subscription) {
  const warning = warningText(subscription);
  return [
    element("p", { class: "lead" }, planText(subscription)),
    warning && element("p", { class: "notice warning" }, warning),
    element("dl", { class: "facts" }, facts(subscription).map(([term, text]) => [element("dt", {}, term), element("dd", {}, text)])),
  ];
}

/** To Stripe's pages. */
function ways(subscription) {
  const alert = alertBox();
  const portal = (label, look) => actionButton({ label, act: change, alert, class: look });
  const buttons = isLive(subscription)
    ? portal(isOwing(subscription) ? "Pay, change or cancel" : "Change or cancel", "button")
    : [
      subscription.offers.map((offer) => actionButton({ label: `Subscribe ${offer}`, act: () => subscribe(offer), alert })),
      subscription.status === "canceled" && portal("Past invoices", "button plain"),
    ];
  return element("section", { class: "stack tight", "aria-label": "Payment" }, alert,
    element("div", { class: "row" }, buttons),
    element("p", { class: "hint" }, "This leads to Stripe’s own page", !isLive(subscription) && ", which shows the price before you pay", ". Your card and the email you type there never reach Balance; Stripe has from Balance an id that is no name."));
}

function always() {
  return element("p", { class: "small" }, "Whatever your plan, you can always read what is here, and ",
    element("a", { href: "#/settings/data" }, "take it with you or delete it"), ".");
}

/** Shows a sentence above the plan, and tells it to whoever does not see it. */
function say(notice, sentence, ...more) {
  fill(notice, element("p", {}, sentence), ...more);
  announce(sentence);
}
