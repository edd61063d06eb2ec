// GET /v1/transactions: whole months are fetched by their blind tokens, opened, sorted by date
// (newest first) and id, and cut to a page. Warm one batch, cold two.
import { Hono } from "hono";
import type { Twin } from "../app";
import { invalid } from "../problem";
import type { Database } from "../store/database";
import { type Directory, type DirectoryRow, directoryOf, type Month, NO_MONTHS, openDirectory } from "../store/months";
import { read, tokenHash } from "../store/sessions";
import {
  type Aggregate,
  ofMonths,
  ROWS_PER_STATEMENT,
  rowsIn,
  type TransactionRecord,
  type TransactionRow,
} from "../store/transactions";
import { Table, type UserKeys } from "../vault/keys";
import { openAll, openOne, seal } from "../vault/records";

/** An opened row, with what the page is sorted by. */
interface Shown {
  id: string;
  date: string;
  record: TransactionRecord;
}

/** The place of the last row shown. */
interface Position {
  date: string;
  id: string;
}

export const transactions = new Hono<Twin>().get("/", async (c) => {
  const { isolate, db } = c.var;
  const limit = checkedLimit(c.req.query("limit"));
  const cursor = c.req.query("cursor");
  const hash = await tokenHash(c.req.header("authorization"));

  let plan: Plan | undefined;
  const [{ userId, kept }, [directoryRows, ...groups]] = await read<[DirectoryRow[], ...Aggregate[]]>(
    isolate,
    db,
    hash,
    async ({ userId, kept }) => {
      const after = cursor === undefined ? null : await openCursor(kept.keys, cursor);
      plan = new Plan(kept.directory ?? NO_MONTHS, limit, after);
      return [directoryOf(db, userId), ...plan.next(db, userId)];
    },
  );
  const directory = await openDirectory(kept, directoryRows);
  let fetched = groups;
  if (plan!.directory !== directory) {
    plan = new Plan(directory, limit, plan!.after);
    fetched = await more(db, plan, userId);
  }
  const found: Shown[] = [];
  for (;;) {
    for (const rows of fetched) found.push(...(await openRows(kept.keys, plan!, rowsIn(rows))));
    if (found.length > limit || plan!.isDone) break;
    fetched = await more(db, plan!, userId);
  }
  found.sort(order);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = last && found.length > limit ? await sealCursor(kept.keys, last) : null;
  return c.json({ data: page.map(body), next_cursor: next });
});

async function more(db: Database, plan: Plan, userId: string): Promise<Aggregate[]> {
  const statements = plan.next(db, userId);
  return statements.length === 0 ? [] : db.batch<Aggregate[]>(statements);
}

/** Which months to fetch for a page, and in how many statements. */
class Plan {
  #next: number;

  constructor(
    readonly directory: Directory,
    readonly limit: number,
    readonly after: Position | null,
  ) {
    const newest = after?.date.slice(0, 7);
    const first = directory.months.findIndex(({ name }) => !newest || name <= newest);
    this.#next = first === -1 ? directory.months.length : first;
  }

  get isDone(): boolean {
    return this.#next >= this.directory.months.length;
  }

  /** The statements of the next batch; the plan moves on past their months. */
  next(db: Database, userId: string): D1PreparedStatement[] {
    const chosen: Month[] = [];
    for (let sure = 0; sure <= this.limit && !this.isDone; this.#next++) {
      const month = this.directory.months[this.#next]!;
      chosen.push(month);
      // Of the cursor's own month only a part can be in the page.
      if (month.name !== this.after?.date.slice(0, 7)) sure += month.count;
    }
    return joined(chosen).flatMap(({ tokens, rows }) => {
      const parts = Math.ceil(rows / ROWS_PER_STATEMENT);
      return Array.from({ length: parts }, (_, at) => ofMonths(db, userId, tokens, at * ROWS_PER_STATEMENT));
    });
  }
}

/** Months joined up to the rows of one statement. */
function joined(months: Month[]): { tokens: string[]; rows: number }[] {
  const groups: { tokens: string[]; rows: number }[] = [];
  for (const { token, count } of months) {
    const group = groups.at(-1);
    if (group && group.rows + count <= ROWS_PER_STATEMENT) {
      group.tokens.push(token);
      group.rows += count;
    } else {
      groups.push({ tokens: [token], rows: count });
    }
  }
  return groups;
}

async function openRows(keys: UserKeys, { directory, after }: Plan, rows: TransactionRow[]): Promise<Shown[]> {
  const tokens = new Map(directory.months.map(({ name, token }) => [name, token]));
  const shown = await openAll(keys, Table.Transaction, rows, (row, opened): Shown => {
    const record = opened as TransactionRecord;
    const date = record[1];
    if (tokens.get(date.slice(0, 7)) !== row.month) throw new Error("a transaction stands in another month");
    return { id: row.id, date, record };
  });
  return after ? shown.filter((row) => order(after, row) < 0) : shown;
}

/** Newest first, then by id. */
function order(a: Position, b: Position): number {
  if (a.date !== b.date) return a.date < b.date ? 1 : -1;
  return a.id < b.id ? -1 : Number(a.id !== b.id);
}

function body({ id, record }: Shown): object {
  const [account, date, authorizedDate, datetime, minorUnits, currency, scale, name, merchantName, ...rest] = record;
  const [originalDescription, pending, channel, category, categoryDetail, categoryConfidence, replaces] = rest;
  return {
    id: `txn_${id}`,
    account_id: `acct_${account}`,
    date,
    authorized_date: authorizedDate,
    datetime,
    amount: { minor_units: minorUnits, currency, scale },
    name,
    merchant_name: merchantName,
    original_description: originalDescription,
    pending,
    payment_channel: channel,
    category: category && { primary: category, detailed: categoryDetail, confidence: categoryConfidence },
    replaces: replaces && `txn_${replaces}`,
  };
}

function checkedLimit(text: string | undefined): number {
  if (text === undefined) return 100;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw invalid("This takes 1 to 1000.");
  return limit;
}

async function sealCursor(keys: UserKeys, { date, id }: Position): Promise<string> {
  const sealed = await seal(keys, Table.Cursor, { id: keys.userId, rev: 0 }, { date, id });
  return sealed.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function openCursor(keys: UserKeys, cursor: string): Promise<Position> {
  const sealed = cursor.replaceAll("-", "+").replaceAll("_", "/");
  return openOne<Position>(keys, Table.Cursor, { id: keys.userId, rev: 0, sealed }).catch(() => {
    throw invalid("This cursor is not one of yours: start without one.");
  });
}
