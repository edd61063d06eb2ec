// A sealed row (BAL1): B1 ‖ 01 ‖ gen ‖ schema ‖ nonce ‖ ct ‖ tag, AES-256-GCM, bound to its
// place by 51 bytes of associated data that are never stored.

const HEADER = 18;
const TAG = 16;
const LEADER = 6;

/** Where a row stands: its id in hex and its revision. */
export interface Place {
  id: string;
  rev: number;
}

/** The generation that a sealed row names, or an error if it is no sealed row. */
export function generationOf(sealed: Uint8Array): number {
  if (sealed.length < HEADER + TAG || sealed[0] !== 0xb1 || sealed[1] !== 1) throw new Error("not a sealed row");
  return (sealed[2]! << 8) | sealed[3]!;
}

/** Seals and opens the rows of one user in one table, under one generation's key. */
export class RowCipher {
  readonly #key: CryptoKey;
  readonly #schema: number;
  /** The associated data but for row id and revision. */
  readonly #aad: Uint8Array<ArrayBuffer>;

  constructor(key: CryptoKey, user: Uint8Array, generation: number, table: number, schema: number) {
    this.#key = key;
    this.#schema = schema;
    const aad = new Uint8Array(51);
    const view = new DataView(aad.buffer);
    aad.set([0x42, 0x41, 0x4c, 0x31, 1, 0xb1, 1]); // "BAL1", then the row's own leader
    view.setUint16(7, generation);
    view.setUint16(9, schema);
    aad.set(user, 11);
    view.setUint16(27, table);
    this.#aad = aad;
  }

  /** The payload of a row found at `place`. */
  async open(place: Place, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const length = sealed.length - HEADER - TAG;
    if (length <= 0 || padded(length) !== length) throw new Error("not a sealed row");
    if (((sealed[4]! << 8) | sealed[5]!) !== this.#schema) throw new Error("a row of an unknown shape");
    const parameters = {
      name: "AES-GCM",
      iv: sealed.subarray(LEADER, HEADER),
      additionalData: this.#at(place),
    };
    return unpad(new Uint8Array(await crypto.subtle.decrypt(parameters, this.#key, sealed.subarray(HEADER))));
  }

  /** The sealed row of a payload at `place`, under a fresh nonce. */
  async seal(place: Place, payload: Uint8Array): Promise<Uint8Array> {
    const text = new Uint8Array(padded(4 + payload.length));
    new DataView(text.buffer).setUint32(0, payload.length);
    text.set(payload, 4);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const parameters = { name: "AES-GCM", iv, additionalData: this.#at(place) };
    const sealed = new Uint8Array(HEADER + text.length + TAG);
    sealed.set(this.#aad.subarray(5, 5 + LEADER));
    sealed.set(iv, LEADER);
    sealed.set(new Uint8Array(await crypto.subtle.encrypt(parameters, this.#key, text)), HEADER);
    return sealed;
  }

  #at(place: Place): Uint8Array<ArrayBuffer> {
    const aad = this.#aad.slice();
    aad.set(Uint8Array.fromHex(place.id), 31);
    new DataView(aad.buffer).setUint32(47, place.rev);
    return aad;
  }
}

/** A multiple of 64 up to 1 KiB, then Padmé. */
function padded(length: number): number {
  if (length <= 1024) return Math.ceil(length / 64) * 64;
  const exponent = 31 - Math.clz32(length);
  const unit = 2 ** (exponent - (32 - Math.clz32(exponent)));
  return Math.ceil(length / unit) * unit;
}

function unpad(text: Uint8Array): Uint8Array {
  const length = new DataView(text.buffer, text.byteOffset).getUint32(0);
  if (padded(4 + length) !== text.length) throw new Error("wrong padding");
  for (let at = 4 + length; at < text.length; at++) if (text[at] !== 0) throw new Error("wrong padding");
  return text.subarray(4, 4 + length);
}
