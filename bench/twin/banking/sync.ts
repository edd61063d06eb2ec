// A sync: Plaid's pages become staged rows under a lease; one last batch promotes them and
// stores the cursor.
import type { Isolate, Message } from "../env";
import { upstream } from "../problem";
import { type AccountRecord, upsertAccounts } from "../store/accounts";
import { type AttemptRecord, type AttemptRow, attemptOf, clearAttempt, keepAttempt } from "../store/attempts";
import { type Database, newId, unixNow } from "../store/database";
import { holdLease, itemById, type ItemRecord, type ItemRow, release, takeLease } from "../store/items";
import type { Kept } from "../store/keys";
import { type DirectoryRow, directoryOf, monthsAfter, openDirectory, replaceDirectory } from "../store/months";
import { clearStage, countsAfter, monthsTouched, promote, stage } from "../store/transactions";
import { Table } from "../vault/keys";
import { openOne } from "../vault/records";
import { Sealer } from "./page";

/** Pages that a request waits for, and that a message may fetch. */
export const REQUEST_PAGES = 4;
export const MESSAGE_PAGES = 20;

const READ_ONLY = new Set([
  "transactions",
  "transactions_refresh",
  "recurring_transactions",
  "investments",
  "liabilities",
  "balance",
  "balance_plus",
]);

/** What a sync works with. */
export interface Context {
  isolate: Isolate;
  db: Database;
  queue: Queue<Message>;
}

interface Attempt {
  item: string;
  kept: Kept;
  number: number;
  rev: number;
  record: ItemRecord;
  progress: AttemptRecord;
}

/** Syncs an Item from where its last whole sync ended. */
export async function sync(context: Context, item: string, pages: number): Promise<void> {
  const { isolate, db } = context;
  const [[row]] = await db.batch<[ItemRow[]]>([itemById(db, item)]);
  const kept = row && (await isolate.keys.of(db, row.user_id));
  if (!row || !kept || row.state === "removing" || isLeased(row)) return;
  const holder = newId();
  await db.write([...takeLease(db, item, row.attempt, holder), clearStage(db, item), clearAttempt(db, item)]);
  const record = await openOne<ItemRecord>(kept.keys, Table.Item, row);
  if (row.state === "linking") await admit(isolate, record);
  const { cursor } = record;
  const { wanted, rev } = row;
  const progress = { holder, wanted, start: cursor, next: cursor, restarts: 0, whole: false, months: [] };
  await run(context, { item, kept, number: row.attempt + 1, rev, record, progress }, pages);
}

/** Goes on with a sync that ran out of its pages, if it still has its lease. */
export async function resume(context: Context, item: string, holder: string): Promise<void> {
  const { isolate, db } = context;
  const [[row], [attempt]] = await db.batch<[ItemRow[], AttemptRow[]]>([itemById(db, item), attemptOf(db, item)]);
  if (!row || !attempt || row.lease_holder !== holder || !isLeased(row)) return;
  const kept = await isolate.keys.of(db, row.user_id);
  if (!kept) return;
  const [progress, record] = await Promise.all([
    openOne<AttemptRecord>(kept.keys, Table.SyncAttempt, { ...attempt, id: item }),
    openOne<ItemRecord>(kept.keys, Table.Item, row),
  ]);
  await run(context, { item, kept, number: row.attempt, rev: row.rev, record, progress }, MESSAGE_PAGES);
}

function isLeased(row: ItemRow): boolean {
  return row.lease_holder !== null && row.lease_until > unixNow();
}

/** Checks what a new Item was granted, before a row of it is read. */
async function admit(isolate: Isolate, record: ItemRecord): Promise<void> {
  const { item } = await isolate.plaid.item(record.access_token);
  const granted = [...item.products, ...(item.consented_products ?? [])];
  if (!granted.every((product) => READ_ONLY.has(product))) throw upstream();
  record.institution_id = item.institution_id;
  record.institution_name = item.institution_name ?? null;
}

async function run({ isolate, db, queue }: Context, attempt: Attempt, pages: number): Promise<void> {
  const { item, kept, number, record, progress } = attempt;
  const { keys } = kept;
  const sealer = new Sealer(keys, number, progress.months);
  for (let fetched = 0; fetched < pages; fetched++) {
    const page = await isolate.plaid.sync(record.access_token, progress.next);
    if (page.next_cursor === "") return;
    const [accounts, changes] = await Promise.all([sealer.accounts(page.accounts), sealer.changes(page)]);
    progress.next = page.next_cursor;
    await db.write([
      ...holdLease(db, item, progress.holder),
      stage(db, keys.userId, item, number, changes),
    ]);
    if (!page.has_more) return finish(db, attempt, sealer, accounts);
  }
  progress.months = (await sealer.months()).map(([name]) => name);
  const keep = await keepAttempt(db, keys, item, number, progress);
  await db.write([...holdLease(db, item, progress.holder), keep]);
  await queue.send({ do: "resume", item, holder: progress.holder });
}

/** Rows, accounts, directory and cursor at once. */
async function finish(
  db: Database,
  { item, kept, number, rev, record, progress }: Attempt,
  sealer: Sealer,
  accounts: Map<string, AccountRecord>,
): Promise<void> {
  const { keys } = kept;
  const [counts, touched, directoryRows] = await db.batch<
    [{ month: string; count: number }[], { month: string }[], DirectoryRow[]]
  >([
    countsAfter(db, keys.userId, item, number),
    monthsTouched(db, keys.userId, item, number),
    directoryOf(db, keys.userId),
  ]);
  const directory = await openDirectory(kept, directoryRows);
  const names = new Map(directory.months.map(({ name, token }) => [token, name]));
  for (const [name, token] of await sealer.months()) names.set(token, name);
  const months = counts.map(({ month, count }) => {
    const name = names.get(month);
    if (!name) throw new Error("a month without a name");
    return { name, token: month, count };
  });
  const after = monthsAfter(directory, months, new Set(touched.map(({ month }) => month)));
  const done: ItemRecord = { ...record, cursor: progress.next, health: "good", last_synced_at: unixNow() };
  await db.write([
    ...holdLease(db, item, progress.holder),
    ...(await replaceDirectory(db, keys, directory.rev, after)),
    ...promote(db, keys.userId, item, number),
    await upsertAccounts(db, keys, item, number, accounts),
    clearAttempt(db, item),
    await release(db, keys, item, rev, done, progress.wanted),
  ]);
}
