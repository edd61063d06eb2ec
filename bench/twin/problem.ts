// Errors: application/problem+json (RFC 9457).
import type { Context } from "hono";
import type { Twin } from "./app";

/** Thrown where a request cannot be served; becomes its reply. */
export class Problem extends Error {
  constructor(
    readonly status: 401 | 404 | 422 | 500 | 502,
    readonly slug: string,
    readonly title: string,
    readonly detail: string,
  ) {
    super(title);
  }
}

/** The reply to a request that failed. What is our fault is logged, and not told. */
export function reply(error: Error, c: Context<Twin>): Response {
  if (!(error instanceof Problem)) console.error(error);
  const { slug, title, status, detail } = error instanceof Problem ? error : internal();
  const body = { type: `/problems/${slug}`, title, status, detail, request_id: c.var.requestId };
  if (status === 401) c.header("www-authenticate", "Bearer");
  return c.body(JSON.stringify(body), status, { "content-type": "application/problem+json" });
}

export function unauthenticated(): Problem {
  return new Problem(401, "unauthenticated", "Not signed in", "Sign in, and send the session's token or cookie.");
}

export function unknownRoute(): Problem {
  return new Problem(404, "not-found", "Not found", "There is no such route; see /docs.");
}

export function notPlaids(): Problem {
  const title = "The signature does not hold";
  return new Problem(401, "invalid-signature", title, "This webhook is not verifiably Plaid's.");
}

export function invalid(detail: string): Problem {
  return new Problem(422, "validation", "Some fields were not accepted", detail);
}

export function upstream(): Problem {
  const title = "A provider did not answer as it should";
  return new Problem(502, "upstream", title, "Plaid did not answer as it should; try again.");
}

function internal(): Problem {
  return new Problem(500, "internal", "Internal error", "This is our fault; the request id helps us find it.");
}
