// Plaid's own npm client, unchanged, through every call that the stand-in serves. Run with the base
// URL that the client talks to (the stand-in, or a validating proxy in front of it) and the
// stand-in's own URL for its control surface. Prints one JSON line; any surprise ends it with 1.
//
//   node official-client.mjs --api URL --control URL --client-id ID --secret S

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { Configuration, PlaidApi } from "plaid";

const { values: given } = parseArgs({
  options: {
    api: { type: "string" },
    control: { type: "string" },
    "client-id": { type: "string" },
    secret: { type: "string" },
  },
});

const plaid = new PlaidApi(
  new Configuration({
    basePath: given.api,
    baseOptions: {
      headers: {
        "PLAID-CLIENT-ID": given["client-id"],
        "PLAID-SECRET": given.secret,
        "Plaid-Version": "2020-09-14",
      },
    },
  }),
);

let calls = 0;

/** One call: its data, or an error that says what came instead. */
async function ask(name, request) {
  calls += 1;
  try {
    const { data } = await plaid[name](request);
    assert.match(data.request_id, /^\w{15}$/);
    return data;
  } catch (problem) {
    const came = problem.response;
    throw came ? new Error(`${name}: ${came.status} ${JSON.stringify(came.data)}`) : problem;
  }
}

/** One call that Plaid refuses: its error. */
async function refused(name, request) {
  calls += 1;
  const came = await plaid[name](request).then(
    () => assert.fail(`${name} was not refused`),
    (problem) => problem.response,
  );
  assert.ok(came, name);
  assert.equal(typeof came.data.error_code, "string", JSON.stringify(came.data));
  return { status: came.status, ...came.data };
}

async function control(path, body) {
  const reply = await fetch(`${given.control}/_control${path}`, {
    method: body === undefined ? "GET" : "POST",
    body: JSON.stringify(body),
  });
  assert.ok(reply.ok, `${path}: ${reply.status}`);
  return reply.json();
}

/** Receives webhooks; `next(code)` waits for one. */
async function receiver() {
  const received = [];
  const waiting = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    response.end("{}");
    received.push({ jwt: request.headers["plaid-verification"], body, json: JSON.parse(body) });
    for (const look of waiting) look();
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    // A schema validator takes no bare `localhost` and no private address for a URL.
    url: `http://hooks.localhost:${server.address().port}/webhooks/plaid`,
    close: () => server.close(),
    next: (code) =>
      new Promise((found) => {
        const look = () => {
          const index = received.findIndex(({ json }) => json.webhook_code === code);
          if (index >= 0) found(received.splice(index, 1)[0]);
        };
        waiting.push(look);
        look();
      }),
  };
}

/** Verifies a webhook the way Plaid's documentation says. */
async function verify({ jwt, body }) {
  const { alg, kid } = decodeProtectedHeader(jwt);
  assert.equal(alg, "ES256");
  const { key } = await ask("webhookVerificationKeyGet", { key_id: kid });
  assert.equal(key.expired_at, null);
  const { payload } = await jwtVerify(jwt, await importJWK(key), {
    algorithms: ["ES256"],
    maxTokenAge: "5 min",
  });
  assert.equal(payload.request_body_sha256, createHash("sha256").update(body).digest("hex"));
}

/** Reads to the end and keeps what stands. */
async function syncAll(access_token, kept, cursor) {
  let pages = 0;
  for (let more = true; more; ) {
    const page = await ask("transactionsSync", { access_token, cursor, count: 150 });
    for (const row of [...page.added, ...page.modified]) kept.set(row.transaction_id, row);
    for (const row of page.removed) kept.delete(row.transaction_id);
    ({ has_more: more, next_cursor: cursor } = page);
    pages += 1;
  }
  return { cursor, pages };
}

const ids = (rows) => [...rows].map((row) => row.transaction_id).sort();

const hooks = await receiver();

// Link: create, get, and the person's part.
const { link_token } = await ask("linkTokenCreate", {
  client_name: "Balance",
  language: "en",
  country_codes: ["US"],
  user: { client_user_id: "a-user" },
  products: ["transactions"],
  additional_consented_products: ["investments", "liabilities"],
  webhook: hooks.url,
  transactions: { days_requested: 730 },
});
assert.match(link_token, /^link-sandbox-/);
const linked = await control("/link", { link_token });
const session = await ask("linkTokenGet", { link_token });
assert.equal(
  session.link_sessions[0].results.item_add_results[0].public_token,
  linked.public_token,
);

// Exchange, and what Plaid sends of itself.
const { access_token, item_id } = await ask("itemPublicTokenExchange", {
  public_token: linked.public_token,
});
assert.equal(item_id, linked.item_id);
await verify(await hooks.next("INITIAL_UPDATE"));
await verify(await hooks.next("HISTORICAL_UPDATE"));

// Read-only data.
const { accounts, item } = await ask("accountsGet", { access_token });
assert.equal(accounts.length, 9);
assert.deepEqual(item.products, ["transactions"]);
await ask("accountsBalanceGet", { access_token, options: { account_ids: [accounts[0].account_id] } });
const institution = await ask("institutionsGetById", {
  institution_id: item.institution_id,
  country_codes: ["US"],
  options: { include_optional_metadata: true },
});
assert.equal(institution.institution.name, "First Platypus Bank");
const kept = new Map();
const first = await syncAll(access_token, kept);
assert.equal(first.pages, 3);
const holdings = await ask("investmentsHoldingsGet", { access_token });
assert.ok(holdings.holdings.length > 0);
const purchases = await ask("investmentsTransactionsGet", {
  access_token,
  start_date: "2000-01-01",
  end_date: "2100-01-01",
  options: { count: 10, offset: 5 },
});
assert.equal(purchases.investment_transactions.length, 10);
const { liabilities } = await ask("liabilitiesGet", { access_token });
assert.ok(liabilities.credit && liabilities.student && liabilities.mortgage);
const streams = await ask("transactionsRecurringGet", { access_token });
assert.ok(streams.inflow_streams.some((stream) => stream.merchant_name === "Gusto"));
await ask("transactionsRefresh", { access_token });

// The bank moves on: new, changed, taken back, pending to posted.
const [changed, gone] = ids(kept.values());
const made = await control(`/items/${item_id}/transactions`, {
  add: [{ name: "Kiosk", amount: 89.4, pending: true }],
  modify: [{ transaction_id: changed, name: "Renamed" }],
  remove: [gone],
});
await verify(await hooks.next("SYNC_UPDATES_AVAILABLE"));
const second = await syncAll(access_token, kept, first.cursor);
assert.equal(kept.get(made.added[0]).amount, 89.4);
assert.equal(kept.get(changed).name, "Renamed");
assert.ok(!kept.has(gone));
const posted = await control(`/items/${item_id}/transactions`, { post: [made.added[0]] });
await syncAll(access_token, kept, second.cursor);
assert.equal(kept.get(posted.added[0]).pending_transaction_id, made.added[0]);
assert.ok(!kept.has(made.added[0]));
const truth = await control(`/items/${item_id}/truth`);
assert.deepEqual(ids(kept.values()), ids(truth.transactions));

// A reading that the bank disturbs.
await control(`/items/${item_id}/mutate`, { mode: "once" });
const page = await ask("transactionsSync", { access_token, count: 100 });
const disturbed = await refused("transactionsSync", {
  access_token,
  cursor: page.next_cursor,
  count: 100,
});
assert.equal(disturbed.error_code, "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION");
const again = new Map();
await syncAll(access_token, again);
assert.deepEqual(ids(again.values()), ids(truth.transactions));

// The login breaks and is repaired in update mode.
await ask("sandboxItemResetLogin", { access_token });
await verify(await hooks.next("ERROR"));
assert.equal(
  (await refused("transactionsSync", { access_token })).error_code,
  "ITEM_LOGIN_REQUIRED",
);
assert.equal((await ask("itemGet", { access_token })).item.error.error_code, "ITEM_LOGIN_REQUIRED");
const update = await ask("linkTokenCreate", {
  client_name: "Balance",
  language: "en",
  country_codes: ["US"],
  user: { client_user_id: "a-user" },
  access_token,
});
await control("/link", { link_token: update.link_token });
await verify(await hooks.next("LOGIN_REPAIRED"));
assert.equal((await ask("itemGet", { access_token })).item.error, null);

// Webhooks on request, a new address, a new token, a new key.
for (const webhook_code of ["NEW_ACCOUNTS_AVAILABLE", "PENDING_DISCONNECT", "USER_ACCOUNT_REVOKED"]) {
  await ask("sandboxItemFireWebhook", { access_token, webhook_code });
  await verify(await hooks.next(webhook_code));
}
await control("/keys/rotate", { expire_in: 3600 });
await ask("itemWebhookUpdate", { access_token, webhook: `${hooks.url}?moved` });
await verify(await hooks.next("WEBHOOK_UPDATE_ACKNOWLEDGED"));
const { new_access_token } = await ask("itemAccessTokenInvalidate", { access_token });
assert.equal((await refused("itemGet", { access_token })).error_code, "INVALID_ACCESS_TOKEN");

// The sandbox's own way to an Item, with each kind of currency, and a transaction by hand.
for (const institution_id of ["ins_109511", "ins_109512"]) {
  const { public_token } = await ask("sandboxPublicTokenCreate", {
    institution_id,
    initial_products: ["transactions"],
    options: { override_username: "user_transactions_dynamic" },
  });
  const { access_token } = await ask("itemPublicTokenExchange", { public_token });
  assert.equal(
    (await refused("itemPublicTokenExchange", { public_token })).error_code,
    "INVALID_PUBLIC_TOKEN",
  );
  await ask("sandboxTransactionsCreate", {
    access_token,
    transactions: [
      { date_transacted: "2026-01-02", date_posted: "2026-01-02", amount: 12.34, description: "By hand" },
    ],
  });
  await ask("transactionsRefresh", { access_token });
  const kept = new Map();
  await syncAll(access_token, kept);
  assert.ok([...kept.values()].some((row) => row.name === "By hand" && row.amount === 12.34));
  await ask("itemRemove", { access_token });
}

// The end of the Item.
await ask("itemRemove", { access_token: new_access_token });
assert.equal(
  (await refused("accountsGet", { access_token: new_access_token })).error_code,
  "ITEM_NOT_FOUND",
);

hooks.close();
console.log(JSON.stringify({ calls, transactions: truth.transactions.length }));
