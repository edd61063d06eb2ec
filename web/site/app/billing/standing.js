// Where a person stands, in plain words: what `GET /v1/billing/subscription` says, as sentences.

import { dateName } from "../page/dates.js";
import { priceText } from "./price.js";

/** Statuses of subscriptions that Stripe goes on with: they are changed, not begun again. */
const LIVE = ["active", "trialing", "past_due", "unpaid", "paused", "other"];

/** Those that a payment, or another card, puts right. */
const OWING = ["past_due", "unpaid", "paused"];

export const isLive = ({ status }) => LIVE.includes(status);
export const isOwing = ({ status }) => OWING.includes(status);

/** Whether this instance takes payments. */
export const isForSale = ({ offers }) => offers.length > 0;

/** What the plan is. */
export function planText(subscription) {
  if (!isForSale(subscription)) return "Everything is free here: this instance takes no payments.";
  if (subscription.plan === "plus") return "You have Plus: connect as many banks as you like.";
  const { limit } = subscription.entitlements.connections;
  return `You have the free plan, with room for ${banks(limit)}. Plus has room for as many as you like.`;
}

/** What is wrong, and what to do about it; null where all is well. */
export function warningText({ status, plan, grace_ends_at: grace }) {
  switch (status) {
    case "past_due":
      return plan === "plus"
        ? `The renewal could not be paid. You keep Plus until ${dateName(grace)}: pay by then on Stripe’s page, with another card if need be.`
        : "The renewal was not paid in time, so Plus has ended. Pay on Stripe’s page, with another card if need be, and it is back.";
    case "unpaid":
      return "The renewal was not paid, so Plus has ended. Pay on Stripe’s page, with another card if need be, and it is back.";
    case "paused":
      return "The trial ended without a card, so Plus is paused. Add one on Stripe’s page, and it goes on.";
    case "incomplete":
      return "A payment was begun and did not go through, so nothing has changed. You can begin again.";
    case "other":
      return "Stripe describes your subscription in a way that is new to Balance. Its page shows how it stands.";
    default:
      return null;
  }
}

/** Why no other bank can be connected; null where one can. */
export function limitText({ entitlements: { connections: { used, limit } }, ...subscription }) {
  if (limit === null || used < limit) return null;
  const mend = isLive(subscription) ? "Put your subscription right" : "Subscribe";
  return `Your plan has room for ${banks(limit)}, and you have connected ${used}. ${mend} to connect another, or disconnect one. What is connected stays as it is.`;
}

/** The plan's facts: pairs of a term and what it is. */
export function facts(subscription) {
  const { used, limit } = subscription.entitlements.connections;
  const known = [
    ["Plan", subscription.plan === "plus" ? "Plus" : "Free"],
    ["Banks", limit === null ? `${used}, without a limit` : `${used} of ${limit}`],
  ];
  if (!isForSale(subscription)) return known;
  if (isLive(subscription)) known.push(["Price", subscription.price && priceText(subscription.price)], ...dates(subscription));
  else if (subscription.status === "canceled") known.push(["Plus", "Has ended"]);
  return known.filter(([, text]) => text);
}

function dates({ status, current_period_end: period, cancel_at: cancel, trial_end: trial }) {
  const known = [];
  if (status === "trialing" && trial) known.push(["Free trial", `Until ${dateName(trial)}`]);
  if (cancel) known.push(["Ends", `${dateName(cancel)}, and is not renewed`]);
  else if (status === "trialing" && trial) known.push(["First payment", dateName(trial)]);
  else if (status === "active" && period) known.push(["Renews", dateName(period)]);
  return known;
}

const banks = (count) => ["no bank", "one bank"][count] ?? `${count} banks`;
