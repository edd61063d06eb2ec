// Where the instance under test is: `tests/tests/browser` starts one and says.

import path from "node:path";

const named = (name, otherwise) => process.env[name] ?? otherwise;

/** Its pages and its API. */
export const ORIGIN = named("BALANCE_ORIGIN", "http://localhost:8787");
/** The stand-ins: what the mailbox took in, and three with their control surfaces. */
export const MAILBOX = named("BALANCE_MAILBOX", "http://127.0.0.1:8790");
export const PLAID = named("BALANCE_PLAID", "http://127.0.0.1:8788");
export const PWNED = named("BALANCE_PWNED", "http://127.0.0.1:8789");
export const STRIPE = named("BALANCE_STRIPE", "http://127.0.0.1:8792");

/** Whose account the instance makes its first operator. */
export const FIRST_OPERATOR = named("BALANCE_FIRST_OPERATOR", "operator@example.com");

export const CHROMIUM = named("BALANCE_CHROMIUM", "/usr/bin/chromium");
/** The checkout. */
export const ROOT = path.resolve(import.meta.dirname, "../../..");
/** Where pictures and records of a run go. */
export const RECORDS = named("BALANCE_SCREENSHOTS", path.join(ROOT, "target/browser"));

/** Asks a server of the instance; a refusal is an error. A body is sent with POST where no method is named. */
export async function ask(url, body, method = body === undefined ? "GET" : "POST") {
  const sent = body === undefined ? { method } : {
    method, headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  };
  const response = await fetch(url, sent);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
