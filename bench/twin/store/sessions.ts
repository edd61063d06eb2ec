// Who is asking: the session's row proves it, read in the batch of what the request is for.
import { Lru } from "../lru";
import { type Isolate } from "../env";
import { unauthenticated } from "../problem";
import { openOne, type SealedRow } from "../vault/records";
import { Table, type WrappedRow } from "../vault/keys";
import { type Database, unixNow } from "./database";
import type { Kept } from "./keys";

interface SessionRow extends SealedRow {
  user_id: string;
}

interface SessionRecord {
  token_hash: string;
}

/** A proven caller. */
export interface Signed {
  userId: string;
  kept: Kept;
}

/** Whose session a token's hash last was: a hint that saves a round trip, never a proof. */
export class SessionCache extends Lru<string, string> {
  constructor() {
    super(1024);
  }
}

const encoder = new TextEncoder();
const TOKEN = /^bearer +([A-Za-z0-9_-]{43})$/i;
const BY_TOKEN = "SELECT id,user_id,expires_at,rev,sealed FROM session WHERE token_hash=? AND expires_at>?";
const KEYS_BY_TOKEN =
  "SELECT gen,wrapped FROM user_key WHERE user_id=(SELECT user_id FROM session WHERE token_hash=? AND expires_at>?)";

/** The SHA-256 of the bearer token, in hex. */
export async function tokenHash(authorization: string | undefined): Promise<string> {
  const token = TOKEN.exec(authorization ?? "")?.[1];
  if (!token) throw unauthenticated();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(token))).toHex();
}

/**
 * Proves the caller and reads in the same breath: one batch where this isolate knows her keys,
 * two where it does not. `statements` may be asked twice.
 */
export async function read<Rows extends unknown[][]>(
  isolate: Isolate,
  db: Database,
  hash: string,
  statements: (signed: Signed) => Promise<{ [At in keyof Rows]: D1PreparedStatement }>,
): Promise<[Signed, Rows]> {
  const expected = expect(isolate, hash);
  if (expected) {
    const byToken = db.statement(BY_TOKEN, hash, unixNow());
    const wanted = await statements(expected);
    const [sessions, ...rows] = await db.batch<[SessionRow[], ...unknown[][]]>([byToken, ...wanted]);
    await prove(isolate, hash, sessions, expected);
    return [expected, rows as Rows];
  }
  const signed = await sign(isolate, db, hash);
  return [signed, await db.batch<Rows>(await statements(signed))];
}

/** Proves the caller, at the cost of one batch. */
export async function sign(isolate: Isolate, db: Database, hash: string): Promise<Signed> {
  const now = unixNow();
  const expected = expect(isolate, hash);
  const statements = [db.statement(BY_TOKEN, hash, now)];
  if (!expected) statements.push(db.statement(KEYS_BY_TOKEN, hash, now));
  const [sessions, wrapped] = (await db.batch<unknown[][]>(statements)) as [SessionRow[], WrappedRow[]];
  if (expected) {
    await prove(isolate, hash, sessions, expected);
    return expected;
  }
  const userId = sessions[0]?.user_id;
  const kept = userId && (await isolate.keys.admit(userId, wrapped));
  if (!userId || !kept) throw unauthenticated();
  const signed = { userId, kept };
  await prove(isolate, hash, sessions, signed);
  return signed;
}

function expect(isolate: Isolate, hash: string): Signed | undefined {
  const userId = isolate.sessions.get(hash);
  const kept = userId && isolate.keys.warm(userId);
  return kept ? { userId, kept } : undefined;
}

async function prove(isolate: Isolate, hash: string, rows: SessionRow[], signed: Signed): Promise<void> {
  const [row] = rows;
  if (!row) {
    isolate.sessions.delete(hash);
    throw unauthenticated();
  }
  if (row.user_id !== signed.userId) throw new Error("a session changed its person");
  const record = await openOne<SessionRecord>(signed.kept.keys, Table.Session, row);
  if (record.token_hash !== hash) throw new Error("a session row stands under another token");
  isolate.sessions.set(hash, signed.userId);
}
