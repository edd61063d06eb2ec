// Cloudflare's own npm client, unchanged, before the stand-in: the account's audit log, page by
// page, and what is refused. `node official-cloudflare.mjs --api URL --account ID --token T`.
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import Cloudflare from "cloudflare";

const { values } = parseArgs({ options: { api: { type: "string" }, account: { type: "string" }, token: { type: "string" } } });
const client = (apiToken) => new Cloudflare({ apiToken, baseURL: `${values.api}/client/v4`, maxRetries: 0 });
const control = (path, asked) => fetch(`${values.api}/_control/${path}`, { method: "POST", body: JSON.stringify(asked) });

const count = 7;
for (let number = 0; number < count; number += 1) {
  const entered = await control("entries", { id: `entry-${number}`, seconds_ago: 100 - number });
  assert.equal(entered.status, 200);
}
const day = 86_400_000;
const window = {
  account_id: values.account,
  since: new Date(Date.now() - day).toISOString(),
  before: new Date().toISOString(),
};
const audit = (token) => client(token).accounts.logs.audit;

const list = async (params) => {
  const entries = [];
  for await (const entry of audit(values.token).list({ ...window, ...params })) entries.push(entry);
  return entries;
};
const ids = (entries) => entries.map((entry) => entry.id);
const ascending = await list({ limit: 3, direction: "asc" });
assert.deepEqual(ids(ascending), Array.from({ length: count }, (_, number) => `entry-${number}`));
assert.deepEqual(ids(await list({})), ids(ascending).toReversed(), "newest first, unless asked otherwise");
const [first] = ascending;
assert.equal(first.action.result, "success");
assert.equal(first.actor.context, "api_token");
assert.equal(first.resource.product, "workers");
assert.ok(Date.parse(first.action.time) > Date.now() - day);

const refused = (promise, status) =>
  assert.rejects(promise, (error) => error instanceof Cloudflare.APIError && error.status === status && error.errors.length === 1);
await refused(audit("another").list(window), 403);
await refused(audit(values.token).list({ ...window, account_id: "0".repeat(32) }), 404);
await refused(audit(values.token).list({ ...window, before: "yesterday" }), 400);
await refused(audit(values.token).list({ ...window, limit: 1001 }), 400);
await control("fail", { mode: "rate_limited", times: 1 });
await refused(audit(values.token).list(window), 429);
console.log(JSON.stringify({ entries: ascending.length }));
