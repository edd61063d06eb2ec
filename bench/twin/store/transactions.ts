// Transactions: sealed rows named by the blind index of Plaid's id, found by that of their month.
import type { Database } from "./database";
import type { SealedRow } from "../vault/records";

/** Rows that one statement may bring. */
export const ROWS_PER_STATEMENT = 2000;

export interface TransactionRow extends SealedRow {
  month: string;
}

/** The sealed payload: an array, because names of members would fill most of a padded row. */
export type TransactionRecord = [
  account: string,
  date: string,
  authorizedDate: string | null,
  datetime: string | null,
  minorUnits: number,
  currency: string,
  scale: number,
  name: string,
  merchantName: string | null,
  originalDescription: string | null,
  pending: boolean,
  channel: string,
  category: string | null,
  categoryDetail: string | null,
  categoryConfidence: string | null,
  replaces: string | null,
];

/** One change of a page, ready to be staged: `month` and `sealed` null where the row is to go. */
export interface Change {
  id: string;
  month: string | null;
  sealed: string | null;
}

/** Many rows as one JSON text: quicker through D1 than an object for each. */
export type Aggregate = [{ j: string }];

/** A person's rows of these months, from `offset` on. */
export function ofMonths(db: Database, userId: string, tokens: string[], offset: number): D1PreparedStatement {
  return db.statement(
    "SELECT json_group_array(json_array(id,month,rev,sealed)) AS j FROM (SELECT id,month,rev,sealed FROM txn " +
      "WHERE user_id=? AND month IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ? OFFSET ?)",
    userId,
    JSON.stringify(tokens),
    ROWS_PER_STATEMENT,
    offset,
  );
}

/** The rows of an aggregate. */
export function rowsIn([{ j }]: Aggregate): TransactionRow[] {
  const rows = JSON.parse(j) as [string, string, number, string][];
  return rows.map(([id, month, rev, sealed]) => ({ id, month, rev, sealed }));
}

/** Stages a page's changes; a later page's word on a row wins. */
export function stage(db: Database, userId: string, item: string, attempt: number, changes: Change[]): D1PreparedStatement {
  return db.insertAll(
    "txn_stage",
    ["item_id", "attempt", "id", "user_id", "month", "sealed"],
    changes.map(({ id, month, sealed }) => [item, attempt, id, userId, month, sealed]),
    "ON CONFLICT (item_id,attempt,id) DO UPDATE SET " +
      "user_id=excluded.user_id,month=excluded.month,sealed=excluded.sealed",
  );
}

export function clearStage(db: Database, item: string): D1PreparedStatement {
  return db.statement("DELETE FROM txn_stage WHERE item_id=?", item);
}

/** How many rows each month will have once the attempt is promoted. */
export function countsAfter(db: Database, userId: string, item: string, attempt: number): D1PreparedStatement {
  return db.statement(
    "SELECT month,COUNT(*) AS count FROM (SELECT month FROM txn WHERE user_id=? AND NOT (item_id=? AND ?=1) " +
      "AND id NOT IN (SELECT id FROM txn_stage WHERE item_id=? AND attempt=?) UNION ALL " +
      "SELECT month FROM txn_stage WHERE item_id=? AND attempt=? AND sealed IS NOT NULL) AS rows_after GROUP BY month",
    userId,
    item,
    0,
    item,
    attempt,
    item,
    attempt,
  );
}

/** The months that rows leave or change in once the attempt is promoted. */
export function monthsTouched(db: Database, userId: string, item: string, attempt: number): D1PreparedStatement {
  return db.statement(
    "SELECT month FROM txn WHERE user_id=? AND id IN " +
      "(SELECT id FROM txn_stage WHERE user_id=? AND item_id=? AND attempt=?) GROUP BY month",
    userId,
    userId,
    item,
    attempt,
  );
}

/** Promotes the staged changes: drops, puts, and clears the stage. */
export function promote(db: Database, userId: string, item: string, attempt: number): D1PreparedStatement[] {
  return [
    db.statement(
      "DELETE FROM txn WHERE user_id=? AND ((item_id=? AND ?=1) OR id IN " +
        "(SELECT id FROM txn_stage WHERE item_id=? AND attempt=? AND sealed IS NULL))",
      userId,
      item,
      0,
      item,
      attempt,
    ),
    db.statement(
      "INSERT INTO txn (user_id,id,item_id,month,rev,sealed) " +
        "SELECT user_id,id,item_id,month,attempt,sealed FROM txn_stage " +
        "WHERE item_id=? AND attempt=? AND sealed IS NOT NULL " +
        "ON CONFLICT (user_id,id) DO UPDATE SET " +
        "item_id=excluded.item_id,month=excluded.month,rev=excluded.rev,sealed=excluded.sealed",
      item,
      attempt,
    ),
    clearStage(db, item),
  ];
}
