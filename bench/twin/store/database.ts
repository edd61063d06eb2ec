// D1, one batch a round trip, counted.

/** One request's hold on the database. */
export class Database {
  /** Round trips so far. */
  batches = 0;

  constructor(readonly d1: D1Database) {}

  statement(sql: string, ...parameters: (string | number | null)[]): D1PreparedStatement {
    return this.d1.prepare(sql).bind(...parameters);
  }

  /** Runs the statements as one transaction; the rows of each. */
  async batch<Rows extends unknown[][]>(statements: { [At in keyof Rows]: D1PreparedStatement }): Promise<Rows> {
    this.batches++;
    const results = await this.d1.batch(statements);
    return results.map((result) => result.results) as Rows;
  }

  /** Runs writes as one transaction; how many rows each changed. */
  async write(statements: D1PreparedStatement[]): Promise<number[]> {
    this.batches++;
    const results = await this.d1.batch(statements);
    return results.map((result) => result.meta.changes);
  }

  /** Many rows in one statement: one JSON parameter, as D1 binds a hundred at most. */
  insertAll(table: string, columns: string[], rows: (string | number | null)[][], onConflict: string): D1PreparedStatement {
    const values = columns.map((_, at) => `value->>${at}`).join(",");
    const sql = `INSERT INTO ${table} (${columns.join(",")}) SELECT ${values} FROM json_each(?) WHERE true ${onConflict}`;
    return this.statement(sql, JSON.stringify(rows));
  }

  /** Aborts the batch unless `SELECT 1 <from>` finds a row: abs() of the least integer overflows. */
  guard(from: string, ...parameters: (string | number)[]): D1PreparedStatement {
    const sql = `SELECT abs(-9223372036854775807 - (NOT EXISTS (SELECT 1 ${from}))) AS held`;
    return this.statement(sql, ...parameters);
  }
}

/** An id that sorts by time: UUIDv7 in hex. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(Date.now()) << 16n | BigInt(bytes[6]! << 8 | bytes[7]!));
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toHex();
}

export function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
