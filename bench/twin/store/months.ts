// The month directory: which months a person has transactions in, and how many. Sealed.
import { openOne, type SealedRow, seal } from "../vault/records";
import { Index, Table, type UserKeys } from "../vault/keys";
import type { Database } from "./database";
import type { Kept } from "./keys";

export interface Month {
  /** "YYYY-MM". */
  name: string;
  /** Its blind token, 16 hex digits. */
  token: string;
  count: number;
}

/** The directory at one revision, newest month first. */
export interface Directory {
  /** 0 where there is no row yet. */
  rev: number;
  months: Month[];
}

export type DirectoryRow = Omit<SealedRow, "id">;

export const NO_MONTHS: Directory = { rev: 0, months: [] };

export function directoryOf(db: Database, userId: string): D1PreparedStatement {
  return db.statement("SELECT rev,sealed FROM month_directory WHERE user_id=?", userId);
}

export function monthToken(keys: UserKeys, month: string): Promise<string> {
  return keys.blind(Index.Month, month, 8);
}

/** The directory out of a batch, opened only where it has changed. */
export async function openDirectory(kept: Kept, rows: DirectoryRow[]): Promise<Directory> {
  const [row] = rows;
  if (kept.directory && kept.directory.rev === (row?.rev ?? 0)) return kept.directory;
  kept.directory = row ? await open(kept.keys, row) : NO_MONTHS;
  return kept.directory;
}

async function open(keys: UserKeys, row: DirectoryRow): Promise<Directory> {
  const counts = await openOne<Record<string, number>>(keys, Table.MonthDirectory, { ...row, id: keys.userId });
  const names = Object.keys(counts).sort().reverse();
  const months = names.map(async (name) => ({ name, token: await monthToken(keys, name), count: counts[name]! }));
  return { rev: row.rev, months: await Promise.all(months) };
}

/** The statements that write the directory where it is still at `rev`. */
export async function replaceDirectory(
  db: Database,
  keys: UserKeys,
  rev: number,
  counts: Record<string, number>,
): Promise<D1PreparedStatement[]> {
  const place = { id: keys.userId, rev: rev + 1 };
  const row = [[keys.userId, rev + 1, await seal(keys, Table.MonthDirectory, place, counts)]];
  const columns = ["user_id", "rev", "sealed"];
  if (rev === 0) return [db.insertAll("month_directory", columns, row, "")];
  return [
    db.guard("FROM month_directory WHERE user_id=? AND rev=?", keys.userId, rev),
    db.insertAll(
      "month_directory",
      columns,
      row,
      "ON CONFLICT (user_id) DO UPDATE SET rev=excluded.rev,sealed=excluded.sealed",
    ),
  ];
}
