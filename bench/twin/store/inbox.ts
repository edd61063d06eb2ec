// The inbox: verified webhooks, written down before they are answered.
import { type Database, unixNow } from "./database";

export interface InboxRow {
  id: string;
  subject: string;
}

/** Writes a webhook down, unless an equal one waits already. */
export function insertWebhook(db: Database, id: string, subject: string, kind: string): D1PreparedStatement {
  return db.insertAll(
    "inbox",
    ["id", "source", "subject", "kind", "received_at", "waiting"],
    [[id, "plaid", subject, kind, unixNow(), 1]],
    "ON CONFLICT DO NOTHING",
  );
}

/** One that waits still. */
export function waitingWebhook(db: Database, id: string): D1PreparedStatement {
  return db.statement("SELECT id,subject FROM inbox WHERE id=? AND waiting=1", id);
}

/** Marks one as handled. */
export function webhookDone(db: Database, id: string): D1PreparedStatement {
  return db.statement("UPDATE inbox SET waiting=NULL,done_at=? WHERE id=?", unixNow(), id);
}
