// Stripe's own npm client, unchanged: makes our calls against a server that only records
// them, signs a test webhook, and judges webhooks that we made. Reads one JSON object from
// standard input, prints one; any surprise ends it with 1.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";

import Stripe from "stripe";

const { key, values, sign, judge } = JSON.parse(await text(process.stdin));

/** The headers that make a difference; the others describe the client. */
const NAMED = ["authorization", "content-type", "idempotency-key", "stripe-version"];

const requests = [];
const server = createServer(async (request, reply) => {
  const headers = NAMED.filter((name) => name in request.headers).map((name) => [
    name,
    name === "idempotency-key" ? "<any>" : request.headers[name],
  ]);
  requests.push({
    method: request.method,
    path: request.url,
    headers: Object.fromEntries(headers),
    body: await text(request),
  });
  reply.setHeader("content-type", "application/json");
  reply.end("{}");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const stripe = new Stripe(key, {
  host: "127.0.0.1",
  port: server.address().port,
  protocol: "http",
  telemetry: false,
  maxNetworkRetries: 0,
});

const { customer, subscription, email, word, days } = values;
await stripe.customers.create({ email, metadata: { user_id: word } });
await stripe.customers.create({ metadata: { user_id: word } });
await stripe.customers.del(customer);
await stripe.checkout.sessions.create({
  mode: "subscription",
  customer,
  client_reference_id: word,
  line_items: [{ price: word, quantity: 1 }],
  success_url: word,
  cancel_url: word,
  subscription_data: { metadata: { user_id: word }, trial_period_days: days },
  allow_promotion_codes: true,
});
await stripe.checkout.sessions.create({
  mode: "subscription",
  customer,
  client_reference_id: word,
  line_items: [{ price: word, quantity: 1 }],
  success_url: word,
  cancel_url: word,
  subscription_data: { metadata: { user_id: word } },
});
await stripe.billingPortal.sessions.create({ customer, return_url: word });
await stripe.subscriptions.retrieve(subscription, { expand: ["items.data.price"] });
const page = { customer, status: "all", limit: 100 };
await stripe.subscriptions.list(page);
await stripe.subscriptions.list({ ...page, starting_after: subscription });
server.close();

const header = stripe.webhooks.generateTestHeaderString(sign);
const judged = judge.map(({ header, payload, secret }) => {
  try {
    return stripe.webhooks.constructEvent(payload, header, secret).id;
  } catch (refusal) {
    if (refusal instanceof Stripe.errors.StripeSignatureVerificationError) return null;
    throw refusal;
  }
});

console.log(JSON.stringify({ requests, header, judged }));
