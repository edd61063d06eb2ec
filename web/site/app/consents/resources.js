// What a consent is about, by the names that the person knows: its own text has ids only.

import { get } from "../api/request.js";
import { accountName } from "../banking/accounts.js";
import { bankName } from "../banking/state.js";

const KINDS = [
  ["usr_", "Your account with Balance"],
  ["item_", "A bank connection"],
  ["acct_", "A bank account"],
  ["txn_", "A single transaction"],
];

/** Names her banks and accounts: `name(id)`. What is gone is named by its kind. */
export async function resourceNames() {
  const [{ data: items }, { data: accounts }] = await Promise.all([get("/v1/items"), get("/v1/accounts")]);
  const names = new Map(items.map((item) => [item.id, `Your connection to ${bankName(item)}`]));
  for (const account of accounts) names.set(account.id, `Your account ${accountName(account)}`);
  return (id) => names.get(id) ?? KINDS.find(([prefix]) => id.startsWith(prefix))?.[1] ?? "";
}
