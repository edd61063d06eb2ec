// Stripe's own npm client, unchanged, through every call of the stand-in, its errors, its pages and
// its webhooks. `node official-stripe.mjs --api URL --key K --secret S` prints what it saw as JSON.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import Stripe from "stripe";

const { values } = parseArgs({ options: { api: { type: "string" }, key: { type: "string" }, secret: { type: "string" } } });
const { hostname: host, port } = new URL(values.api);
const client = (key) => new Stripe(key, { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
const stripe = client(values.key);
const control = (path, asked) => fetch(`${values.api}/_control/${path}`, { method: "POST", body: JSON.stringify(asked) });

// A receiver that checks each event with the client and notes it.
const received = [];
let arrived = () => {};
const receiver = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  received.push(stripe.webhooks.constructEvent(body, request.headers["stripe-signature"], values.secret));
  response.end();
  arrived();
});
await new Promise((listening) => receiver.listen(0, "127.0.0.1", listening));
await control("endpoints", { url: `http://127.0.0.1:${receiver.address().port}/` });
async function event(type) {
  for (;;) {
    const found = received.find((event) => event.type === type);
    if (found) return found;
    await new Promise((resolve) => (arrived = resolve));
  }
}

const customer = await stripe.customers.create({ metadata: { user_id: "usr_1" } });
assert.equal((await stripe.customers.retrieve(customer.id)).metadata.user_id, "usr_1");

// The same key gives the same customer, and another request under it is refused.
const once = { idempotencyKey: "once" };
const first = await stripe.customers.create({ metadata: { user_id: "usr_2" } }, once);
const again = await stripe.customers.create({ metadata: { user_id: "usr_2" } }, once);
assert.equal(again.id, first.id);
await assert.rejects(stripe.customers.create({ metadata: { user_id: "usr_3" } }, once), { type: "StripeIdempotencyError" });

const session = await stripe.checkout.sessions.create({
  mode: "subscription", customer: customer.id, client_reference_id: "usr_1", allow_promotion_codes: true,
  line_items: [{ price: "price_monthly", quantity: 1 }],
  success_url: "https://app.test/ok?session={CHECKOUT_SESSION_ID}", cancel_url: "https://app.test/no",
  subscription_data: { metadata: { user_id: "usr_1" }, trial_period_days: 14 },
});
const pay = (card) => fetch(session.url, {
  method: "POST", redirect: "manual", body: new URLSearchParams({ email: "a@x.test", card }),
});
const declined = await pay("4000000000000002");
assert.match(await declined.text(), /declined/);
const paid = await pay("4242424242424242");
assert.equal(paid.headers.get("location"), `https://app.test/ok?session=${session.id}`);
assert.equal((await pay("4242424242424242")).status, 404);
const done = await stripe.checkout.sessions.retrieve(session.id);
assert.deepEqual([done.status, done.payment_status, done.customer], ["complete", "no_payment_required", customer.id]);
assert.equal((await event("checkout.session.completed")).data.object.subscription, done.subscription);

const subscription = await stripe.subscriptions.retrieve(done.subscription, { expand: ["items.data.price"] });
assert.equal(subscription.status, "trialing");
assert.equal(subscription.items.data[0].price.unit_amount, 500);
assert.equal(subscription.items.data[0].current_period_end, subscription.trial_end);
const price = await stripe.prices.retrieve("price_yearly");
const item = subscription.items.data[0].id;
const switched = await stripe.subscriptions.update(subscription.id, {
  cancel_at_period_end: true, items: [{ price: price.id }], proration_behavior: "none",
});
assert.equal(switched.items.data[0].price.id, "price_yearly");
assert.equal(switched.items.data[0].id, item);
assert.equal(switched.cancel_at, switched.items.data[0].current_period_end);
await event("customer.subscription.updated");
const listed = [];
for (let made = 0; made < 3; made += 1) await control("subscriptions", { customer: customer.id });
for await (const known of stripe.subscriptions.list({ customer: customer.id, status: "all", limit: 2 })) listed.push(known.id);
assert.equal(new Set(listed).size, 4);
assert.equal(listed.at(-1), subscription.id);

const portal = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: "https://app.test/billing" });
assert.match(await (await fetch(portal.url)).text(), /Return to Balance/);
assert.equal((await stripe.subscriptions.cancel(subscription.id)).status, "canceled");
const ended = await event("customer.subscription.deleted");
assert.equal((await stripe.events.retrieve(ended.id)).type, ended.type);

const open = await stripe.checkout.sessions.create({
  mode: "subscription", customer: customer.id, line_items: [{ price: "price_monthly", quantity: 1 }],
  success_url: "https://app.test/ok", cancel_url: "https://app.test/no",
});
assert.equal((await stripe.checkout.sessions.expire(open.id)).status, "expired");
await event("checkout.session.expired");

const missing = { type: "StripeInvalidRequestError", code: "resource_missing" };
await assert.rejects(stripe.customers.retrieve("cus_none"), { ...missing, statusCode: 404 });
await assert.rejects(stripe.subscriptions.list({ customer: "cus_none" }), { ...missing, statusCode: 400, param: "customer" });
await assert.rejects(stripe.customers.create({ shoe_size: 5 }), { code: "parameter_unknown", param: "shoe_size" });
await assert.rejects(client("sk_test_wrong").customers.retrieve(customer.id), { type: "StripeAuthenticationError" });
await control("fail", { path: "/v1/customers", mode: "rate_limited" });
await assert.rejects(stripe.customers.retrieve(customer.id), { type: "StripeRateLimitError" });

assert.equal((await stripe.customers.del(customer.id)).deleted, true);
await assert.rejects(stripe.customers.del(customer.id), { ...missing, statusCode: 404 });
const left = await stripe.subscriptions.list({ customer: customer.id, status: "all", limit: 100 });
assert.ok(left.data.every((known) => known.status === "canceled"));

receiver.close();
receiver.closeAllConnections();
process.stdout.write(JSON.stringify({ events: received.length, types: [...new Set(received.map((event) => event.type))].sort() }));
