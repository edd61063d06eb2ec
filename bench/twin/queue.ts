// Work that no request waits for.
import { MESSAGE_PAGES, resume, sync } from "./banking/sync";
import { type Env, type Message, ofIsolate } from "./env";
import { Database } from "./store/database";
import { type InboxRow, waitingWebhook, webhookDone } from "./store/inbox";
import { itemByPlaidId, type ItemRow, wantSync } from "./store/items";

/** Does what the messages of a batch ask for, each on its own. */
export async function consume(batch: MessageBatch<Message>, env: Env): Promise<void> {
  const context = { isolate: await ofIsolate(env), db: new Database(env.DB), queue: env.EVENTS };
  for (const message of batch.messages) {
    const { body } = message;
    try {
      if (body.do === "inbox") await handle(context, body.id);
      else await resume(context, body.item, body.holder);
    } catch (error) {
      console.error(error);
    }
    message.ack();
  }
}

async function handle(context: Parameters<typeof sync>[0], id: string): Promise<void> {
  const { db } = context;
  const [[row]] = await db.batch<[InboxRow[]]>([waitingWebhook(db, id)]);
  if (!row) return;
  const [[item]] = await db.batch<[ItemRow[]]>([itemByPlaidId(db, row.subject)]);
  // Without one its exchange may still be under way: a sweep would come back to it.
  if (!item) return;
  await db.write([wantSync(db, item.id), webhookDone(db, id)]);
  await sync(context, item.id, MESSAGE_PAGES);
}
