// POST /webhooks/plaid: verified in full, written down, answered; the work goes through the queue.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Twin } from "../app";
import { type Webhook, verify } from "../banking/webhooks";
import { newId } from "../store/database";
import { insertWebhook } from "../store/inbox";
import { Index } from "../vault/keys";

export const plaidWebhooks = new Hono<Twin>().post("/", bodyLimit({ maxSize: 64 * 1024 }), async (c) => {
  const { isolate, db } = c.var;
  const webhook = await verify(isolate.plaid, c.req.header("plaid-verification"), await c.req.arrayBuffer());
  const kind = kindOf(webhook);
  if (kind && webhook.item_id) {
    const system = await isolate.keys.system(db);
    const subject = await system.blind(Index.PlaidItem, webhook.item_id);
    const id = newId();
    const [written] = await db.write([insertWebhook(db, id, subject, kind)]);
    // An equal one that waits has its message already.
    if (written) await c.env.EVENTS.send({ do: "inbox", id });
  }
  return c.json({ received: true });
});

function kindOf({ webhook_type, webhook_code }: Webhook): "sync" | "revoked" | null {
  switch (`${webhook_type}:${webhook_code}`) {
    case "TRANSACTIONS:SYNC_UPDATES_AVAILABLE":
    case "ITEM:ERROR":
    case "ITEM:LOGIN_REPAIRED":
      return "sync";
    case "ITEM:USER_PERMISSION_REVOKED":
      return "revoked";
    default:
      return null;
  }
}
