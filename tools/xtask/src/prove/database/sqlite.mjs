// SQLite as Node has it built in, for prove/database/sqlite.rs.
//   dump FILE   prints {"schema":[sql…],"tables":{name:{"columns":[…],"rows":[[…]…]}}}
//   make FILE   makes a database of that form from standard input, each statement of "before" first
import { DatabaseSync } from "node:sqlite";
import { readFileSync } from "node:fs";

const [task, file] = process.argv.slice(-2);
const quoted = (name) => `"${name.replaceAll('"', '""')}"`;

if (task === "dump") {
  const database = new DatabaseSync(file);
  const entries = database
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid")
    .all();
  const tables = {};
  for (const { name } of entries.filter((entry) => entry.type === "table")) {
    const rows = database.prepare(`SELECT * FROM ${quoted(name)}`);
    const columns = rows.columns().map((column) => column.name);
    const plain = (value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value);
    tables[name] = { columns, rows: rows.all().map((row) => columns.map((column) => plain(row[column]))) };
  }
  process.stdout.write(JSON.stringify({ schema: entries.map((entry) => entry.sql), tables }));
} else {
  const { before, schema, tables } = JSON.parse(readFileSync(0, "utf8"));
  const database = new DatabaseSync(file);
  // One transaction: each alone would wait for the disk.
  for (const sql of [...before, "BEGIN", ...schema]) database.exec(sql);
  for (const [name, { columns, rows }] of Object.entries(tables)) {
    const places = columns.map(() => "?").join(",");
    const insert = database.prepare(
      `INSERT INTO ${quoted(name)} (${columns.map(quoted).join(",")}) VALUES (${places})`,
    );
    for (const row of rows) insert.run(...row);
  }
  database.exec("COMMIT");
  database.close();
}
