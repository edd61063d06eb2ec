// The one way to the API: JSON in, JSON out, problems thrown, and the step-up of a sensitive
// request. The session is a cookie that no script can read; nothing is kept in the browser.

import { sessionEnded } from "../identity/session.js";
import { Problem, unreachable } from "./problem.js";
import { stepUp } from "./step-up.js";

/**
 * Sends a request and returns its JSON (null for an empty reply).
 * `reason` says, in a confirmation's title, what it is for; `as: "blob"` returns
 * the reply's bytes, `as: "text"` its text; `bearer` is sent in place of the cookie;
 * `only` are the methods that confirm it, where not all do.
 */
export async function request(method, path, body, { reason, as = "json", bearer, once = false, only } = {}) {
  const bytes = body === undefined ? null : new TextEncoder().encode(JSON.stringify(body));
  const headers = {};
  if (bytes) headers["content-type"] = "application/json";
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  // A request that begins something: sent again after a lost reply, it begins it once.
  if (once) headers["idempotency-key"] = crypto.randomUUID();
  let response = await send(method, path, headers, bytes);
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.slug !== "step-up-required") throw ended(problem, bearer);
    const ticket = await stepUp({ method, path, bytes, reason, only });
    response = await send(method, path, { ...headers, "step-up": ticket }, bytes);
    if (!response.ok) throw ended(await problemOf(response), bearer);
  }
  return read(response, as);
}

export const get = (path, options) => request("GET", path, undefined, options);
export const post = (path, body, options) => request("POST", path, body, options);
export const put = (path, body, options) => request("PUT", path, body, options);
export const patch = (path, body, options) => request("PATCH", path, body, options);
export const remove = (path, options) => request("DELETE", path, undefined, options);

async function send(method, path, headers, body) {
  try {
    return await fetch(path, { method, headers, body, credentials: "same-origin", cache: "no-store", redirect: "error" });
  } catch {
    throw unreachable();
  }
}

async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  return new Problem({ status: response.status, ...body }, response.headers.get("retry-after"));
}

function ended(problem, bearer) {
  if (problem.slug === "unauthenticated" && !bearer) sessionEnded("Your session has ended. Sign in again.");
  return problem;
}

function read(response, as) {
  if (response.status === 204) return null;
  return response[as]();
}
