// The twin: the same service for the benchmarks' routes, as a TypeScript team would write it.
// Hono, WebCrypto, jose and D1 (see ../README.md).
import { Hono } from "hono";
import { edge, type Twin } from "./app";
import type { Env, Message } from "./env";
import { reply, unknownRoute } from "./problem";
import { consume } from "./queue";
import { items } from "./routes/items";
import { plaidWebhooks } from "./routes/plaid_webhooks";
import { transactions } from "./routes/transactions";

const app = new Hono<Twin>();
app.use(edge);
app.route("/v1/transactions", transactions);
app.route("/v1/items", items);
app.route("/webhooks/plaid", plaidWebhooks);
app.notFound((c) => reply(unknownRoute(), c));
app.onError(reply);

export default {
  fetch: app.fetch,
  queue: consume,
} satisfies ExportedHandler<Env, Message>;
