// /v1/transactions: what happened in the accounts, newest first; and the search through it.
import { type Context, Hono } from "hono";
import type { Twin } from "../app";
import { fold } from "../banking/filter";
import { list, type Query, type Shown } from "../banking/history";
import { invalid } from "../problem";
import { tokenHash } from "../store/sessions";

export const transactions = new Hono<Twin>()
  .get("/", async (c) => {
    const hash = await tokenHash(c.req.header("authorization"));
    const limit = c.req.query("limit");
    return page(c, hash, {
      limit: checkedLimit(limit === undefined ? undefined : Number(limit)),
      cursor: c.req.query("cursor"),
      text: null,
    });
  })
  .post("/search", async (c) => {
    const hash = await tokenHash(c.req.header("authorization"));
    const { text, limit, cursor } = await c.req.json<SearchRequest>();
    if (typeof text !== "string" || text === "" || [...text].length > 100) {
      throw invalid("This takes 1 to 100 characters.");
    }
    return page(c, hash, {
      limit: checkedLimit(limit),
      cursor: typeof cursor === "string" ? cursor : undefined,
      text: fold(text),
    });
  });

/** A search as it came in. */
interface SearchRequest {
  text?: unknown;
  limit?: unknown;
  cursor?: unknown;
}

async function page(c: Context<Twin>, hash: string, query: Query): Promise<Response> {
  const { shown, next } = await list(c.var.isolate, c.var.db, hash, query);
  return c.json({ data: shown.map(body), next_cursor: next });
}

function body({ id, record, own }: Shown): object {
  const [account, date, authorizedDate, datetime, minorUnits, currency, scale, name, merchantName, ...rest] = record;
  const [originalDescription, pending, channel, category, categoryDetail, categoryConfidence, replaces] = rest;
  return {
    id: `txn_${id}`,
    account_id: `acct_${account}`,
    date,
    authorized_date: authorizedDate,
    datetime,
    amount: { minor_units: minorUnits, currency, scale },
    name,
    merchant_name: merchantName,
    original_description: originalDescription,
    pending,
    payment_channel: channel,
    category: category && { primary: category, detailed: categoryDetail, confidence: categoryConfidence },
    replaces: replaces && `txn_${replaces}`,
    corrected_category: own?.category ?? null,
    note: own?.note ?? null,
    tags: own?.tags ?? [],
  };
}

function checkedLimit(limit: unknown): number {
  if (limit === undefined) return 100;
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw invalid("This takes 1 to 1000.");
  }
  return limit;
}
