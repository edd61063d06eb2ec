// What every request holds, and what every reply carries.
import type { MiddlewareHandler } from "hono";
import { type Env, type Isolate, ofIsolate } from "./env";
import { Database } from "./store/database";

/** Hono's types for the twin. */
export interface Twin {
  Bindings: Env;
  Variables: { isolate: Isolate; db: Database; requestId: string };
}

const HEADERS: [string, string][] = [
  ["cache-control", "no-store"],
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", "interest-cohort=()"],
];

/** A request id, the database's count of round trips, and the security headers. */
export const edge: MiddlewareHandler<Twin> = async (c, next) => {
  const requestId = `req_${crypto.randomUUID().replaceAll("-", "")}`;
  const db = new Database(c.env.DB);
  c.set("isolate", await ofIsolate(c.env));
  c.set("db", db);
  c.set("requestId", requestId);
  // Before the reply exists: Hono then makes its headers once.
  for (const [name, value] of HEADERS) c.header(name, value);
  c.header("x-request-id", requestId);
  await next();
  c.res.headers.set("server-timing", `db;desc="${db.batches} batches"`);
};
