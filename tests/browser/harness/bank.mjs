// The bank behind a connection: what it knows, and what happens at it. Each call is about one Item,
// so that stories that are told at once leave each other alone.

import { PLAID, ask } from "./instance.mjs";

const control = (path, body, method) => ask(`${PLAID}/_control/${path}`, body, method);

/** What the bank has of a connection: `accounts`, `access_token`, … */
export const itemOf = (item) => control(`items/${item}`);

/** Something changes: `error`, `consent_expiration_time`, … */
export const becomes = (item, changes) => control(`items/${item}`, changes, "PATCH");

/** One update of the transactions: `add`, `modify`, `remove`, `post`. */
export const happens = (item, update) => control(`items/${item}/transactions`, update);

/** An account's figures change. */
export const accountBecomes = (item, account, changes) => control(`items/${item}/accounts/${account}`, changes, "PATCH");

/** An account is opened, and Plaid tells of it. */
export const opensAccount = (item, draft) => control(`items/${item}/accounts`, { ...draft, webhook: true });

/** The next calls of an endpoint fail. */
export const fails = (item, endpoint, failure) => control("fail", { item_id: item, endpoint, ...failure });

/** Plaid tells of something; the webhook's body, once it was answered. */
export async function tells(item, code) {
  const { deliveries: [{ status, body }] } = await control("webhooks/fire", { item_id: item, code });
  if (status !== 200) throw new Error(`${code}: ${status}`);
  return JSON.parse(body);
}
