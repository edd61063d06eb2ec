// /v1/items: connect a bank, and see how the connection is.
import { Hono } from "hono";
import type { Twin } from "../app";
import { REQUEST_PAGES, sync } from "../banking/sync";
import { invalid, unknownRoute } from "../problem";
import { type AccountRecord, type AccountRow, accountsOf } from "../store/accounts";
import { type Database, newId, unixNow } from "../store/database";
import { insertItem, itemOf, type ItemRecord, type ItemRow, itemsOf } from "../store/items";
import { read, tokenHash } from "../store/sessions";
import { Index, Table, type UserKeys } from "../vault/keys";
import { openAll, openOne } from "../vault/records";

export const items = new Hono<Twin>()
  .post("/", async (c) => {
    const { isolate, db } = c.var;
    const hash = await tokenHash(c.req.header("authorization"));
    const { public_token: publicToken } = await c.req.json<{ public_token?: unknown }>();
    if (typeof publicToken !== "string" || publicToken.length > 512) throw invalid("This takes 1 to 512 bytes.");
    const [signed] = await read<[ItemRow[], AccountRow[]]>(isolate, db, hash, async ({ userId }) => {
      return [itemsOf(db, userId), accountsOf(db, userId)];
    });
    const { keys } = signed.kept;
    const { access_token, item_id } = await isolate.plaid.exchange(publicToken);
    const system = await isolate.keys.system(db);
    const item = newId();
    const plaidIndex = await system.blind(Index.PlaidItem, item_id);
    await db.write([
      await insertItem(db, keys, item, plaidIndex, {
        plaid_item_id: item_id,
        access_token,
        institution_id: null,
        institution_name: null,
        cursor: null,
        health: "preparing",
        created_at: unixNow(),
        last_synced_at: null,
      }),
    ]);
    await sync({ isolate, db, queue: c.env.EVENTS }, item, REQUEST_PAGES);
    const rows = await db.batch<[ItemRow[], AccountRow[]]>(itemWithAccounts(db, signed.userId, item));
    return c.json(await body(keys, rows), 201);
  })
  .get("/:id", async (c) => {
    const { isolate, db } = c.var;
    const item = c.req.param("id").replace(/^item_/, "");
    const hash = await tokenHash(c.req.header("authorization"));
    const [{ kept }, rows] = await read<[ItemRow[], AccountRow[]]>(isolate, db, hash, async ({ userId }) => {
      return itemWithAccounts(db, userId, item);
    });
    return c.json(await body(kept.keys, rows));
  });

function itemWithAccounts(db: Database, userId: string, item: string): [D1PreparedStatement, D1PreparedStatement] {
  return [itemOf(db, userId, item), accountsOf(db, userId)];
}

async function body(keys: UserKeys, [[row], rows]: [ItemRow[], AccountRow[]]): Promise<object> {
  if (!row) throw unknownRoute();
  const record = await openOne<ItemRecord>(keys, Table.Item, row);
  const own = rows.filter((account) => account.item_id === row.id);
  const accounts = await openAll(keys, Table.Account, own, ({ id }, opened) => accountBody(id, opened as AccountRecord));
  return {
    id: `item_${row.id}`,
    institution: { id: record.institution_id, name: record.institution_name },
    status: record.health,
    last_synced_at: record.last_synced_at && new Date(record.last_synced_at * 1000).toISOString(),
    created_at: new Date(record.created_at * 1000).toISOString(),
    accounts,
  };
}

function accountBody(id: string, record: AccountRecord): object {
  const { name, official_name, mask, kind, subtype, currency, available, current, limit } = record;
  return { id: `acct_${id}`, name, official_name, mask, type: kind, subtype, currency, available, current, limit };
}
