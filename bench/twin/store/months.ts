// The month directory: which months a person has transactions in, how many, and when each last
// changed. Sealed.
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
  /** The directory's revision when anything in the month last changed. */
  version: number;
}

/** Counts and versions by month, as sealed. */
type Months = Record<string, [count: number, version: number]>;

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
  const record = await openOne<Months>(keys, Table.MonthDirectory, { ...row, id: keys.userId });
  const names = Object.keys(record).sort().reverse();
  const months = names.map(async (name) => {
    const [count, version] = record[name]!;
    return { name, token: await monthToken(keys, name), count, version };
  });
  return { rev: row.rev, months: await Promise.all(months) };
}

/** The directory's months after a change: those whose count or rows change get its revision. */
export function monthsAfter(
  { rev, months }: Directory,
  counts: { name: string; token: string; count: number }[],
  touched: Set<string>,
): Months {
  const before = new Map(months.map((month) => [month.name, month]));
  const after = counts.map(({ name, token, count }) => {
    const known = before.get(name);
    const changes = touched.has(token) || known?.count !== count;
    return [name, [count, changes ? rev + 1 : known.version]] as const;
  });
  return Object.fromEntries(after) as Months;
}

/** The statements that write the directory where it is still at `rev`. */
export async function replaceDirectory(
  db: Database,
  keys: UserKeys,
  rev: number,
  months: Months,
): Promise<D1PreparedStatement[]> {
  const place = { id: keys.userId, rev: rev + 1 };
  const row = [[keys.userId, rev + 1, await seal(keys, Table.MonthDirectory, place, months)]];
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
