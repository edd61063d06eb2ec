// Accounts at a bank, named by the blind index of Plaid's id.
import { Table, type UserKeys } from "../vault/keys";
import { seal, type SealedRow } from "../vault/records";
import type { Money } from "../money";
import type { Database } from "./database";

export interface AccountRow extends SealedRow {
  item_id: string;
}

/** The private part of an account. */
export interface AccountRecord {
  plaid_account_id: string;
  name: string;
  official_name: string | null;
  mask: string | null;
  kind: string;
  subtype: string | null;
  currency: string;
  available: Money | null;
  current: Money | null;
  limit: Money | null;
  updated_at: number;
}

export function accountsOf(db: Database, userId: string): D1PreparedStatement {
  const sql = "SELECT id,item_id,rev,sealed FROM account WHERE user_id=? ORDER BY item_id,id LIMIT 1000";
  return db.statement(sql, userId);
}

export async function upsertAccounts(
  db: Database,
  keys: UserKeys,
  item: string,
  rev: number,
  accounts: Map<string, AccountRecord>,
): Promise<D1PreparedStatement> {
  const rows = [...accounts].map(async ([id, record]) => {
    return [keys.userId, id, item, rev, await seal(keys, Table.Account, { id, rev }, record)];
  });
  return db.insertAll(
    "account",
    ["user_id", "id", "item_id", "rev", "sealed"],
    await Promise.all(rows),
    "ON CONFLICT (user_id,id) DO UPDATE SET item_id=excluded.item_id,rev=excluded.rev,sealed=excluded.sealed",
  );
}
