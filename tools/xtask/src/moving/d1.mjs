// D1 as a file, for moving/d1.rs: SQLite is the one that Node has built in. The argument is a
// database, or the SQL of `wrangler d1 export` and, after it, where to make a database of it.
import { createReadStream } from "node:fs";
import { createInterface as linesOf } from "node:readline";
import { DatabaseSync } from "node:sqlite";

const [source, made] = process.argv.slice(1);
const database = made ? await load(source, made) : new DatabaseSync(source, { readOnly: true, timeout: 20_000 });
// One snapshot for all of it: what is written after this is not seen.
database.exec("BEGIN");

// A statement ends with a line that ends with ";" outside of a string.
async function load(file, made) {
  const database = new DatabaseSync(made);
  database.exec("PRAGMA journal_mode=OFF");
  database.exec("BEGIN");
  let statement = "";
  let quotes = 0;
  for await (const line of linesOf({ input: createReadStream(file), crlfDelay: Infinity })) {
    statement += `${line}\n`;
    quotes += line.split("'").length - 1;
    if (line.trimEnd().endsWith(";") && quotes % 2 === 0) {
      // Foreign keys are not checked here, and we have none.
      if (!/^\s*PRAGMA/i.test(statement)) database.exec(statement);
      statement = "";
      quotes = 0;
    }
  }
  if (statement.trim() !== "") throw new Error("the export ends in the middle of a statement");
  database.exec("COMMIT");
  return database;
}

// The rows of a query as arrays, until they have so many characters.
function answer({ sql, values, characters }) {
  const query = database.prepare(sql);
  query.setReturnArrays(true);
  const rows = [];
  let read = 0;
  for (const row of query.iterate(...values)) {
    rows.push(row);
    read += row.reduce((sum, value) => sum + (value?.length ?? 0), 0);
    if (read >= characters) break;
  }
  return rows;
}
