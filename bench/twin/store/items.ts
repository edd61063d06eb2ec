// Items: bank connections, and the lease under which one sync at a time runs.
import { Table, type UserKeys } from "../vault/keys";
import { seal, type SealedRow } from "../vault/records";
import { type Database, unixNow } from "./database";

const LEASE_SECONDS = 120;

export interface ItemRow extends SealedRow {
  user_id: string;
  state: "linking" | "active" | "removing";
  wanted: number;
  attempt: number;
  lease_holder: string | null;
  lease_until: number;
}

/** The private part of an Item. */
export interface ItemRecord {
  plaid_item_id: string;
  access_token: string;
  institution_id: string | null;
  institution_name: string | null;
  cursor: string | null;
  health: "preparing" | "good" | "needs_reauth" | "failing";
  created_at: number;
  last_synced_at: number | null;
}

const COLUMNS =
  "id,user_id,state,wanted,synced,attempt,failures,lease_holder,lease_until,rev,sealed FROM item";

export function itemById(db: Database, item: string): D1PreparedStatement {
  return db.statement(`SELECT ${COLUMNS} WHERE id=?`, item);
}

export function itemByPlaidId(db: Database, plaidIndex: string): D1PreparedStatement {
  return db.statement(`SELECT ${COLUMNS} WHERE plaid_index=?`, plaidIndex);
}

export function itemOf(db: Database, userId: string, item: string): D1PreparedStatement {
  return db.statement(`SELECT ${COLUMNS} WHERE user_id=? AND id=? AND state<>'removing'`, userId, item);
}

export function itemsOf(db: Database, userId: string): D1PreparedStatement {
  return db.statement(`SELECT ${COLUMNS} WHERE user_id=? AND state<>'removing' ORDER BY id LIMIT 1000`, userId);
}

/** A new Item, not yet checked. */
export async function insertItem(
  db: Database,
  keys: UserKeys,
  item: string,
  plaidIndex: string,
  record: ItemRecord,
): Promise<D1PreparedStatement> {
  const sealed = await seal(keys, Table.Item, { id: item, rev: 1 }, record);
  const columns = ["id", "user_id", "plaid_index", "state", "rev", "sealed"];
  return db.insertAll("item", columns, [[item, keys.userId, plaidIndex, "linking", 1, sealed]], "");
}

/** One more reason to sync. */
export function wantSync(db: Database, item: string): D1PreparedStatement {
  return db.statement("UPDATE item SET wanted=wanted+1,retry_at=0 WHERE id=?", item);
}

/** Takes the lease where nobody holds it, and begins attempt `attempt + 1`. */
export function takeLease(db: Database, item: string, attempt: number, holder: string): D1PreparedStatement[] {
  const now = unixNow();
  return [
    db.guard("FROM item WHERE id=? AND attempt=? AND lease_until<=? AND state<>'removing'", item, attempt, now),
    db.statement(
      "UPDATE item SET attempt=attempt+1,lease_holder=?,lease_until=? WHERE id=?",
      holder,
      now + LEASE_SECONDS,
      item,
    ),
  ];
}

/** Goes on only where `holder` still has the lease, and extends it. */
export function holdLease(db: Database, item: string, holder: string): D1PreparedStatement[] {
  const now = unixNow();
  return [
    db.guard("FROM item WHERE id=? AND lease_holder=? AND lease_until>? AND state<>'removing'", item, holder, now),
    db.statement("UPDATE item SET lease_until=? WHERE id=?", now + LEASE_SECONDS, item),
  ];
}

/** Overwrites the sealed part and gives the lease back. */
export async function release(
  db: Database,
  keys: UserKeys,
  item: string,
  rev: number,
  record: ItemRecord,
  synced: number,
): Promise<D1PreparedStatement> {
  return db.statement(
    "UPDATE item SET state='active',synced=?,failures=0,retry_at=0,lease_holder=NULL,lease_until=0,rev=?,sealed=? " +
      "WHERE id=?",
    synced,
    rev + 1,
    await seal(keys, Table.Item, { id: item, rev: rev + 1 }, record),
    item,
  );
}
