// Reading transactions: whole months are fetched by their blind tokens, opened, filtered, sorted by
// date (newest first) and id, and cut to a page. Warm one batch, cold two, and one more for every
// 4,000 rows that a filter has to look through.
import type { Isolate } from "../env";
import { invalid } from "../problem";
import { type AnnotationRecord, annotationsOf, openAnnotations } from "../store/annotations";
import type { Database } from "../store/database";
import { type Directory, type DirectoryRow, directoryOf, type Month, NO_MONTHS, openDirectory } from "../store/months";
import { read } from "../store/sessions";
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
import { mentions } from "./filter";

/** Rows that one batch looks through where a filter may let few pass. */
const ROWS_PER_BATCH = 4000;

/** What is asked for. */
export interface Query {
  limit: number;
  cursor: string | undefined;
  /** Folded; null where there is no filter. */
  text: string | null;
}

/** An opened row, with what the page is sorted by. */
export interface Shown {
  id: string;
  date: string;
  record: TransactionRecord;
  /** What she says of it herself. */
  own: AnnotationRecord | undefined;
}

/** A page, and where the next one starts. */
export interface Page {
  shown: Shown[];
  next: string | null;
}

/** The place of the last row shown. */
interface Position {
  date: string;
  id: string;
}

/** A page of the caller's transactions. */
export async function list(isolate: Isolate, db: Database, hash: string, query: Query): Promise<Page> {
  let plan: Plan | undefined;
  const [{ userId, kept }, [directoryRows, ...groups]] = await read<[DirectoryRow[], ...Aggregate[]]>(
    isolate,
    db,
    hash,
    async ({ userId, kept }) => {
      const after = query.cursor === undefined ? null : await openCursor(kept.keys, query.cursor);
      plan = new Plan(kept.directory ?? NO_MONTHS, query, after);
      return [directoryOf(db, userId), ...plan.next(db, userId)];
    },
  );
  const directory = await openDirectory(kept, directoryRows);
  let fetched = groups;
  if (plan!.directory !== directory) {
    plan = new Plan(directory, query, plan!.after);
    fetched = await more(db, plan, userId);
  }
  const found: Shown[] = [];
  for (;;) {
    const [said, ...groups] = fetched;
    const own = said ? await openAnnotations(kept.keys, said) : new Map<string, AnnotationRecord>();
    for (const rows of groups) found.push(...(await openRows(kept.keys, plan!, rowsIn(rows), own)));
    if (found.length > query.limit || plan!.isDone) break;
    fetched = await more(db, plan!, userId);
  }
  found.sort(order);
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  return { shown, next: last && found.length > query.limit ? await sealCursor(kept.keys, last) : null };
}

async function more(db: Database, plan: Plan, userId: string): Promise<Aggregate[]> {
  const statements = plan.next(db, userId);
  return statements.length === 0 ? [] : db.batch<Aggregate[]>(statements);
}

/** Which months to fetch for a page, and in how many statements. */
class Plan {
  #next: number;

  constructor(
    readonly directory: Directory,
    readonly query: Query,
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
    const { limit, text } = this.query;
    const enough = text === null ? limit + 1 : ROWS_PER_BATCH;
    const chosen: Month[] = [];
    for (let sure = 0; sure < enough && !this.isDone; this.#next++) {
      const month = this.directory.months[this.#next]!;
      chosen.push(month);
      // Of the cursor's own month only a part can be in the page; a filter looks through all of it.
      if (text !== null || month.name !== this.after?.date.slice(0, 7)) sure += month.count;
    }
    if (chosen.length === 0) return [];
    const said = annotationsOf(db, userId, chosen.map(({ token }) => token));
    const groups = joined(chosen).flatMap(({ tokens, rows }) => {
      const parts = Math.ceil(rows / ROWS_PER_STATEMENT);
      return Array.from({ length: parts }, (_, at) => ofMonths(db, userId, tokens, at * ROWS_PER_STATEMENT));
    });
    return [said, ...groups];
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

async function openRows(
  keys: UserKeys,
  { directory, query, after }: Plan,
  rows: TransactionRow[],
  own: Map<string, AnnotationRecord>,
): Promise<Shown[]> {
  const tokens = new Map(directory.months.map(({ name, token }) => [name, token]));
  const shown = await openAll(keys, Table.Transaction, rows, (row, opened): Shown => {
    const record = opened as TransactionRecord;
    const date = record[1];
    if (tokens.get(date.slice(0, 7)) !== row.month) throw new Error("a transaction stands in another month");
    return { id: row.id, date, record, own: own.get(row.id) };
  });
  const { text } = query;
  if (!after && text === null) return shown;
  return shown.filter((row) => {
    return (!after || order(after, row) < 0) && (text === null || mentions(row.record, row.own, text));
  });
}

/** Newest first, then by id. */
function order(a: Position, b: Position): number {
  if (a.date !== b.date) return a.date < b.date ? 1 : -1;
  return a.id < b.id ? -1 : Number(a.id !== b.id);
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
