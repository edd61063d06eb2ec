// People's keys, unwrapped: 256 people for 60 seconds. The system's stay.
import { Lru } from "../lru";
import { type Keyring, UserKeys, type WrappedRow } from "../vault/keys";
import type { Database } from "./database";
import type { Directory } from "./months";

const KEPT_MS = 60_000;
const SYSTEM = "0".repeat(32);

/** A person's keys and the month directory last opened with them. */
export interface Kept {
  keys: UserKeys;
  directory: Directory | null;
}

export class KeyCache {
  readonly #keyring: Keyring;
  readonly #people = new Lru<string, Kept & { since: number }>(256);
  #system: Promise<UserKeys> | undefined;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /** A person's keys, where this isolate unwrapped them within the last minute. */
  warm(userId: string): Kept | undefined {
    const kept = this.#people.get(userId);
    return kept && Date.now() - kept.since <= KEPT_MS ? kept : undefined;
  }

  async admit(userId: string, rows: WrappedRow[]): Promise<Kept | null> {
    const keys = await UserKeys.unwrap(this.#keyring, userId, rows);
    if (!keys) return null;
    const kept = { keys, directory: null, since: Date.now() };
    this.#people.set(userId, kept);
    return kept;
  }

  /** A person's keys: warm, or at the cost of one batch. */
  async of(db: Database, userId: string): Promise<Kept | null> {
    const warm = this.warm(userId);
    if (warm) return warm;
    const [rows] = await db.batch<[WrappedRow[]]>([keysOf(db, userId)]);
    return this.admit(userId, rows);
  }

  system(db: Database): Promise<UserKeys> {
    this.#system ??= this.#loadSystem(db).catch((error: unknown) => {
      this.#system = undefined;
      throw error;
    });
    return this.#system;
  }

  async #loadSystem(db: Database): Promise<UserKeys> {
    const [rows] = await db.batch<[WrappedRow[]]>([keysOf(db, SYSTEM)]);
    const keys = await UserKeys.unwrap(this.#keyring, SYSTEM, rows);
    if (!keys) throw new Error("no system keys: the database was not seeded");
    return keys;
  }
}

function keysOf(db: Database, userId: string): D1PreparedStatement {
  return db.statement("SELECT gen,wrapped FROM user_key WHERE user_id=?", userId);
}
