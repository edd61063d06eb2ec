// The Worker's door on plain workerd: the bindings that Cloudflare would give it, and the events
// that Cloudflare would send it. No decisions are made here.
import { WorkerEntrypoint } from "cloudflare:workers";
import Balance from "../worker/index.js";
import { D1 } from "./d1.js";
import { Gate } from "./gate.js";
import { Mailer } from "./smtp.js";

// As wrangler.toml has it: so many in so many seconds.
const gate = new Gate(100, 10);

/**
 * The Worker, bound as on the platform. It keeps its bindings from one request to the next, and a
 * Durable Object's stub belongs to one request: so each call gets a stub of its own.
 */
function balance({ env, ctx }) {
  const send = (bodies) => env.QUEUE.getByName("events").send(bodies);
  return new Balance(ctx, {
    ...env,
    DB: new D1(() => env.DATABASE.getByName("balance")),
    EVENTS: {
      send: (body) => send([body]),
      sendBatch: (messages) => send(messages.map(({ body }) => body)),
    },
    GATE: gate,
    MAIL: new Mailer(env.RELAY),
  });
}

export default class extends WorkerEntrypoint {
  async fetch(request) {
    const response = await balance(this).fetch(request);
    await drain(request);
    return response;
  }
}

// What Caddy lets through is not longer.
const LONGEST_BODY = 1 << 20;

/** A body that nobody read: a connection that is closed with it unread loses the reply too. */
async function drain(request) {
  if (request.body === null || request.bodyUsed) return;
  const reader = request.body.getReader();
  for (let length = 0; length < LONGEST_BODY; ) {
    const { done, value } = await reader.read();
    if (done) return;
    length += value.byteLength;
  }
  await reader.cancel();
}

/** What reaches no network: the queue's messages, the timer's ticks, an operator's SQL. */
export class Operator extends WorkerEntrypoint {
  /** Throws where the Worker did: the messages come again. */
  async deliver(messages) {
    const known = () => {};
    await balance(this).queue({
      queue: "balance-events",
      messages: messages.map((message) => ({ ...message, ack: known, retry: known })),
      ackAll: known,
      retryAll: known,
    });
  }

  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === "POST" && pathname === "/scheduled") {
      const cron = searchParams.get("cron") ?? "* * * * *";
      await balance(this).scheduled({ cron, scheduledTime: Date.now(), type: "scheduled", noRetry() {} });
      return new Response("done\n");
    }
    if (request.method === "POST" && pathname === "/sql") {
      const { sql, parameters = [] } = await request.json();
      try {
        const [{ results }] = await this.env.DATABASE.getByName("balance").batch([[sql, parameters]]);
        return Response.json(results);
      } catch (error) {
        return new Response(`${error.message}\n`, { status: 400 });
      }
    }
    return new Response("POST /scheduled or /sql\n", { status: 404 });
  }
}
