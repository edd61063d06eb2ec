// The keys of one person: HKDF-SHA256 in WebCrypto, every derived key non-extractable and kept.
import { RowCipher } from "./row";

const encoder = new TextEncoder();

/** Table numbers, as in every row's associated data. */
export const Table = {
  Person: 1,
  Session: 2,
  Item: 4,
  Account: 5,
  Transaction: 6,
  MonthDirectory: 7,
  SyncAttempt: 8,
  Cursor: 11,
  Annotation: 21,
} as const;

/** The shape of a table's records, as their rows name it. */
function schemaOf(table: number): number {
  return table === Table.MonthDirectory ? 2 : 1;
}

/** Blind indexes: table and column. */
export const Index = {
  PlaidItem: [4, 1],
  PlaidAccount: [5, 1],
  PlaidTransaction: [6, 1],
  Month: [6, 2],
} as const satisfies Record<string, readonly [number, number]>;

/** A wrapped data key as the database has it. */
export interface WrappedRow {
  gen: number;
  wrapped: string;
}

/** The deployment's key-encryption keys, ready to unwrap. */
export class Keyring {
  readonly #keys: Map<number, CryptoKey>;

  private constructor(keys: Map<number, CryptoKey>) {
    this.#keys = keys;
  }

  static async parse(json: string): Promise<Keyring> {
    const { keys } = JSON.parse(json) as { current: number; keys: Record<string, string> };
    const imported = Object.entries(keys).map(async ([version, key]) => {
      const root = await hkdfKey(Uint8Array.fromBase64(key));
      const wrap = await deriveAes(root, encoder.encode("balance/v1/kek"), encoder.encode("balance/v1/kek-wrap"));
      return [Number(version), wrap] as const;
    });
    return new Keyring(new Map(await Promise.all(imported)));
  }

  /** B2 ‖ 01 ‖ kek_version ‖ nonce ‖ ct ‖ tag ‖ commitment, checked against the commitment. */
  async unwrap(wrapped: Uint8Array, user: Uint8Array<ArrayBuffer>, generation: number): Promise<CryptoKey> {
    const key = this.#keys.get((wrapped[2]! << 8) | wrapped[3]!);
    if (wrapped.length !== 96 || wrapped[0] !== 0xb2 || wrapped[1] !== 1 || !key) throw new Error("not a wrapped key");
    const aad = new Uint8Array(59);
    aad.set([0x42, 0x41, 0x4c, 0x31, 2]);
    aad.set(wrapped.subarray(0, 4), 5);
    aad.set(user, 9);
    new DataView(aad.buffer).setUint16(25, generation);
    aad.set(wrapped.subarray(64), 27);
    const parameters = { name: "AES-GCM", iv: wrapped.slice(4, 16), additionalData: aad };
    const root = await hkdfKey(await crypto.subtle.decrypt(parameters, key, wrapped.slice(16, 64)));
    const hkdf = { name: "HKDF", hash: "SHA-256", salt: user, info: encoder.encode("balance/v1/commit") };
    const commitment = await crypto.subtle.deriveBits(hkdf, root, 256);
    if (!crypto.subtle.timingSafeEqual(commitment, wrapped.slice(64))) throw new Error("wrong commitment");
    return root;
  }
}

/** What is kept of a person as long as her keys are. */
export class UserKeys {
  readonly #roots: Map<number, CryptoKey>;
  readonly #user: Uint8Array<ArrayBuffer>;
  readonly #ciphers = new Map<number, Promise<Map<number, RowCipher>>>();
  readonly #indexers = new Map<string, Promise<CryptoKey>>();

  private constructor(
    readonly userId: string,
    user: Uint8Array<ArrayBuffer>,
    roots: Map<number, CryptoKey>,
  ) {
    this.#user = user;
    this.#roots = roots;
  }

  static async unwrap(keyring: Keyring, userId: string, rows: WrappedRow[]): Promise<UserKeys | null> {
    const user = Uint8Array.fromHex(userId);
    const unwrapped = rows.map(async ({ gen, wrapped }) => {
      return [gen, await keyring.unwrap(Uint8Array.fromBase64(wrapped), user, gen)] as const;
    });
    const roots = new Map(await Promise.all(unwrapped));
    return roots.size < 2 ? null : new UserKeys(userId, user, roots);
  }

  /** The newest generation, which seals. */
  get newest(): number {
    return Math.max(...this.#roots.keys());
  }

  /** The ciphers of a table, by generation. Derived once. */
  ciphers(table: number): Promise<Map<number, RowCipher>> {
    let ciphers = this.#ciphers.get(table);
    if (!ciphers) {
      const info = label("balance/v1/enc/", table, 0);
      const derived = [...this.#roots].filter(([generation]) => generation > 0).map(async ([generation, root]) => {
        const key = await deriveAes(root, this.#user, info);
        return [generation, new RowCipher(key, this.#user, generation, table, schemaOf(table))] as const;
      });
      ciphers = Promise.all(derived).then((entries) => new Map(entries));
      this.#ciphers.set(table, ciphers);
    }
    return ciphers;
  }

  /** A blind index of `value`: HMAC-SHA256 cut to `bytes`, in hex. */
  async blind([table, column]: readonly [number, number], value: string, bytes = 16): Promise<string> {
    const name = `${table}/${column}`;
    let key = this.#indexers.get(name);
    if (!key) {
      key = deriveHmac(this.#roots.get(0)!, this.#user, label("balance/v1/idx/", table, column));
      this.#indexers.set(name, key);
    }
    const tag = await crypto.subtle.sign("HMAC", await key, encoder.encode(value));
    return new Uint8Array(tag, 0, bytes).toHex();
  }
}

function label(text: string, table: number, column: number): Uint8Array<ArrayBuffer> {
  const info = new Uint8Array(text.length + 4);
  encoder.encodeInto(text, info);
  const view = new DataView(info.buffer);
  view.setUint16(text.length, table);
  view.setUint16(text.length + 2, column);
  return info;
}

function hkdfKey(bytes: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey", "deriveBits"]);
}

function deriveAes(root: CryptoKey, salt: BufferSource, info: BufferSource): Promise<CryptoKey> {
  const hkdf = { name: "HKDF", hash: "SHA-256", salt, info };
  return crypto.subtle.deriveKey(hkdf, root, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

function deriveHmac(root: CryptoKey, salt: BufferSource, info: BufferSource): Promise<CryptoKey> {
  const hkdf = { name: "HKDF", hash: "SHA-256", salt, info };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  return crypto.subtle.deriveKey(hkdf, root, hmac, false, ["sign"]);
}
