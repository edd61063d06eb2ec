// What a plan costs. Stripe counts in a currency's minor unit, except where it keeps to what that
// unit once was (https://docs.stripe.com/currencies): so the scale is its own, not ISO 4217's.

import { moneyText } from "../page/money.js";

const WITHOUT_DECIMALS = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
const THREE_DECIMALS = new Set("BHD JOD KWD OMR TND".split(" "));

/** "$5.00 a month"; null where it is no fixed amount. */
export function priceText({ amount, currency, interval, interval_count: count }) {
  if (amount === null) return null;
  const money = moneyText({ minor_units: amount, currency, scale: scaleOf(currency) });
  if (!interval) return money;
  return count === 1 ? `${money} a ${interval}` : `${money} every ${count} ${interval}s`;
}

function scaleOf(currency) {
  if (WITHOUT_DECIMALS.has(currency)) return 0;
  return THREE_DECIMALS.has(currency) ? 3 : 2;
}
