// Where a sync that goes on over several messages stands. Sealed.
import { Table, type UserKeys } from "../vault/keys";
import { seal, type SealedRow } from "../vault/records";
import type { Database } from "./database";

export interface AttemptRecord {
  holder: string;
  wanted: number;
  start: string | null;
  next: string | null;
  restarts: number;
  whole: boolean;
  months: string[];
}

export type AttemptRow = Omit<SealedRow, "id"> & { item_id: string };

export function attemptOf(db: Database, item: string): D1PreparedStatement {
  return db.statement("SELECT item_id,rev,sealed FROM sync_attempt WHERE item_id=?", item);
}

export async function keepAttempt(
  db: Database,
  keys: UserKeys,
  item: string,
  attempt: number,
  record: AttemptRecord,
): Promise<D1PreparedStatement> {
  const sealed = await seal(keys, Table.SyncAttempt, { id: item, rev: attempt }, record);
  return db.insertAll(
    "sync_attempt",
    ["item_id", "user_id", "rev", "sealed"],
    [[item, keys.userId, attempt, sealed]],
    "ON CONFLICT (item_id) DO UPDATE SET user_id=excluded.user_id,rev=excluded.rev,sealed=excluded.sealed",
  );
}

export function clearAttempt(db: Database, item: string): D1PreparedStatement {
  return db.statement("DELETE FROM sync_attempt WHERE item_id=?", item);
}
