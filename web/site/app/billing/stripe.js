// The way to Stripe's pages, where plans are paid for and changed. The browser leaves this page for
// them: nothing of theirs is loaded into it, and the policy in `_headers` stays as strict as it is.

import { Problem } from "../api/problem.js";
import { post } from "../api/request.js";
import { go } from "../router.js";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** To the page on which an offer is subscribed to. */
export async function subscribe(offer) {
  try {
    leaveFor((await post("/v1/billing/checkout", { offer }, { once: true })).url);
  } catch (problem) {
    // Subscribed to meanwhile, on another device: the plan says so.
    if (problem.slug !== "already-subscribed") throw problem;
    go("billing");
  }
}

/** To the page on which a subscription is changed, paid for or ended. */
export async function change() {
  leaveFor((await post("/v1/billing/portal", {}, { once: true })).url);
}

function leaveFor(address) {
  if (!isTrusted(address)) throw new Problem({ title: "The address of Stripe’s page is not a safe one, so you stay here. Try again later." });
  location.assign(address);
}

/** Encrypted; or, in development, on this machine. */
function isTrusted(address) {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.includes(hostname) && LOOPBACK.includes(location.hostname));
}
