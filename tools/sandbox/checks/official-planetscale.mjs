// PlanetScale's own npm client, unchanged, against the stand-in: every column type there and back,
// transactions, errors. Run with the stand-in's URL, username and password in it. Prints one JSON
// line; any surprise ends it with 1.
//
//   node official-planetscale.mjs --url http://USERNAME:PASSWORD@127.0.0.1:PORT

import assert from "node:assert/strict";
import { parseArgs } from "node:util";

import { Client, DatabaseError, connect, hex } from "@planetscale/database";

const { values: given } = parseArgs({ options: { url: { type: "string" } } });

const client = new Client({ url: given.url });
let statements = 0;

async function ask(sql, parameters, on = client) {
  statements += 1;
  return on.execute(sql, parameters);
}

/** A statement that is refused: its code and message. */
async function refused(sql, on = client) {
  const problem = await ask(sql, null, on).then(
    () => assert.fail(`${sql} was not refused`),
    (problem) => problem,
  );
  assert.ok(problem instanceof DatabaseError, String(problem));
  assert.equal(problem.body.message, problem.message);
  return problem.body;
}

// Column, type, what is sent, what comes back where that is not the same, the type's name.
const bytes = Uint8Array.from([0, 1, 127, 128, 255, 39, 92, 0]);
const text = "zwölf 'Äpfel' \\ \"\n\t\u0000\u001a 😀";
const columns = [
  ["tiny", "TINYINT", -128, -128, "INT8"],
  ["small", "SMALLINT", -32768, -32768, "INT16"],
  ["medium", "MEDIUMINT", -8388608, -8388608, "INT24"],
  ["whole", "INT", -2147483648, -2147483648, "INT32"],
  ["big", "BIGINT", "-9223372036854775808", "-9223372036854775808", "INT64"],
  ["utiny", "TINYINT UNSIGNED", 255, 255, "UINT8"],
  ["usmall", "SMALLINT UNSIGNED", 65535, 65535, "UINT16"],
  ["umedium", "MEDIUMINT UNSIGNED", 16777215, 16777215, "UINT24"],
  ["uwhole", "INT UNSIGNED", 4294967295, 4294967295, "UINT32"],
  ["ubig", "BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615", "UINT64"],
  ["flag", "BOOLEAN", true, 1, "INT8"],
  ["precisely", "DECIMAL(20,6)", "-12345678901234.567890", "-12345678901234.567890", "DECIMAL"],
  ["single", "FLOAT", 1.5, 1.5, "FLOAT32"],
  ["precise", "DOUBLE", 0.1, 0.1, "FLOAT64"],
  ["bits", "BIT(9)", 257, Uint8Array.from([1, 1]), "BIT"],
  ["day", "DATE", "2024-02-29", "2024-02-29", "DATE"],
  ["moment", "DATETIME(6)", "2024-02-29 23:59:59.123456", "2024-02-29 23:59:59.123456", "DATETIME"],
  ["stamp", "TIMESTAMP(3) NULL", "2024-02-29 23:59:59.123", "2024-02-29 23:59:59.123", "TIMESTAMP"],
  ["span", "TIME", "-838:59:59", "-838:59:59", "TIME"],
  ["a_year", "YEAR", 2155, 2155, "YEAR"],
  ["short_text", "CHAR(8)", "fixed", "fixed", "CHAR"],
  ["ordinary", "VARCHAR(80)", text, text, "VARCHAR"],
  ["opaque", "VARCHAR(80) COLLATE utf8mb4_bin", text, text, "VARBINARY"],
  ["lengthy", "TEXT", text, text, "TEXT"],
  ["longer", "LONGTEXT", text.repeat(999), text.repeat(999), "TEXT"],
  ["pair", "BINARY(8)", bytes, bytes, "BINARY"],
  ["some", "VARBINARY(80)", bytes, bytes, "VARBINARY"],
  ["lump", "BLOB", bytes, bytes, "BLOB"],
  ["document", "JSON", '{"b":[1,{"c":null}],"a":"😀"}', { a: "😀", b: [1, { c: null }] }, "JSON"],
  ["choice", "ENUM('a','ü')", "ü", "ü", "ENUM"],
  ["choices", "SET('a','b','c')", "a,c", "a,c", "SET"],
  ["empty", "VARCHAR(9)", "", "", "VARCHAR"],
];

await ask(
  `CREATE TABLE every_type (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, ${columns
    .map(([name, type]) => `${name} ${type}`)
    .join(", ")})`,
);
const names = columns.map(([name]) => name).join(", ");
const places = columns.map(() => "?").join(", ");
const insert = `INSERT INTO every_type (${names}) VALUES (${places})`;

// Bytes go in as the client's own `hex` writes them, which is no literal of its `format`.
const inserted = await ask(
  insert.replaceAll("?", (_, at) => {
    const value = columns[insert.slice(0, at).split("?").length - 1][2];
    return value instanceof Uint8Array ? hex(String.fromCharCode(...value)) : "?";
  }),
  columns.map(([, , value]) => value).filter((value) => !(value instanceof Uint8Array)),
);
assert.equal(inserted.rowsAffected, 1);
assert.equal(inserted.insertId, "1");
await ask(
  insert,
  columns.map(() => null),
);

const found = await ask("SELECT * FROM every_type ORDER BY id");
assert.equal(found.size, 2);
for (const [name, , sent, back, type] of columns) {
  assert.deepEqual(found.rows[0][name], back, `${name}: ${sent}`);
  assert.equal(found.types[name], type, name);
  assert.equal(found.rows[1][name], null, name);
}

// A session that goes on: nothing is seen before COMMIT, nothing is left after ROLLBACK.
await ask("CREATE TABLE account (id INT PRIMARY KEY, amount BIGINT NOT NULL)");
await ask("INSERT INTO account VALUES (?, ?), (?, ?)", [1, 100, 2, 0]);
const amounts = async (on) =>
  (await ask("SELECT amount FROM account ORDER BY id", null, on)).rows.map((row) => row.amount);
await client.transaction(async (inside) => {
  await ask("UPDATE account SET amount = amount - ? WHERE id = ?", [40, 1], inside);
  await ask("UPDATE account SET amount = amount + ? WHERE id = ?", [40, 2], inside);
  assert.deepEqual(await amounts(inside), ["60", "40"]);
  assert.deepEqual(await amounts(), ["100", "0"]);
});
assert.deepEqual(await amounts(), ["60", "40"]);
await assert.rejects(
  client.transaction(async (inside) => {
    await ask("UPDATE account SET amount = 0", null, inside);
    await ask("INSERT INTO account VALUES (1, 1)", null, inside);
  }),
  (problem) => problem.body.code === "ALREADY_EXISTS",
);
assert.deepEqual(await amounts(), ["60", "40"]);

// Errors, as the client makes them.
const duplicate = await refused("INSERT INTO account VALUES (1, 1)");
assert.equal(duplicate.code, "ALREADY_EXISTS");
assert.match(
  duplicate.message,
  /^target: \w+\.-\.primary: vttablet: rpc error: code = AlreadyExists desc = Duplicate entry '1' for key 'account\.PRIMARY' \(errno 1062\) \(sqlstate 23000\)/,
);
assert.equal((await refused("SELECT * FROM nowhere")).code, "NOT_FOUND");
assert.equal((await refused("SELEC 1")).code, "INVALID_ARGUMENT");
assert.equal((await refused("CALL something()")).code, "UNIMPLEMENTED");

// The other ways in: a session made first, many at once on one connection, another key.
const connection = client.connection();
await connection.refresh();
const many = await Promise.all(Array.from({ length: 50 }, (_, n) => ask("SELECT ? AS n", [n], connection)));
assert.deepEqual(
  many.map((one) => one.rows[0].n),
  Array.from({ length: 50 }, (_, n) => String(n)),
);
const url = new URL(given.url);
url.password = "wrong";
const stranger = await connect({ url: url.toString() })
  .execute("SELECT 1")
  .catch((problem) => problem);
assert.ok(stranger instanceof DatabaseError);
assert.equal(stranger.status, 401);
assert.equal(JSON.parse(stranger.context.body).code, "unauthenticated");

console.log(JSON.stringify({ statements, columns: columns.length }));
