// Sealed records: JSON in a sealed row, base64 in the database.
import type { UserKeys } from "./keys";
import { generationOf, type Place } from "./row";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A row with a sealed part, as the database has it. */
export interface SealedRow extends Place {
  sealed: string;
}

/** Opens rows of one table, all at once. */
export async function openAll<Row extends SealedRow, Opened>(
  keys: UserKeys,
  table: number,
  rows: Row[],
  take: (row: Row, record: unknown) => Opened,
): Promise<Opened[]> {
  const ciphers = await keys.ciphers(table);
  return Promise.all(
    rows.map(async (row) => {
      const sealed = Uint8Array.fromBase64(row.sealed);
      const cipher = ciphers.get(generationOf(sealed));
      if (!cipher) throw new Error("a row of a generation without a key");
      return take(row, JSON.parse(decoder.decode(await cipher.open(row, sealed))));
    }),
  );
}

/** Opens one row. */
export async function openOne<Record>(keys: UserKeys, table: number, row: SealedRow): Promise<Record> {
  const [record] = await openAll(keys, table, [row], (_, record) => record as Record);
  return record!;
}

/** Seals a record for its place. */
export async function seal(keys: UserKeys, table: number, place: Place, record: unknown): Promise<string> {
  const cipher = (await keys.ciphers(table)).get(keys.newest)!;
  return (await cipher.seal(place, encoder.encode(JSON.stringify(record)))).toBase64();
}
