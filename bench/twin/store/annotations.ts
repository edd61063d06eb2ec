// What a person says of her transactions: a category of her own, a note, tags. Sealed, under the
// transaction's id.
import { Table, type UserKeys } from "../vault/keys";
import { openAll, type SealedRow } from "../vault/records";
import type { Database } from "./database";
import type { Aggregate } from "./transactions";

export interface AnnotationRecord {
  account: string | null;
  category: string | null;
  note: string | null;
  tags: string[];
}

/** What is said of transactions of these months. */
export function annotationsOf(db: Database, userId: string, tokens: string[]): D1PreparedStatement {
  return db.statement(
    "SELECT json_group_array(json_array(id,rev,sealed)) AS j FROM (SELECT id,rev,sealed FROM annotation " +
      "WHERE user_id=? AND EXISTS (SELECT 1 FROM txn WHERE txn.user_id=annotation.user_id AND " +
      "txn.id=annotation.id AND txn.month IN (SELECT value FROM json_each(?))))",
    userId,
    JSON.stringify(tokens),
  );
}

/** Opened, by transaction. */
export async function openAnnotations(keys: UserKeys, [{ j }]: Aggregate): Promise<Map<string, AnnotationRecord>> {
  const rows = (JSON.parse(j) as [string, number, string][]).map(
    ([id, rev, sealed]): SealedRow => ({ id, rev, sealed }),
  );
  const opened = await openAll(keys, Table.Annotation, rows, ({ id }, record) => {
    return [id, record as AnnotationRecord] as const;
  });
  return new Map(opened);
}
