// Plaid's webhooks: verified in full before a word of them is believed.
import { errors, jwtVerify, type JWTHeaderParameters } from "jose";
import { Lru } from "../lru";
import { notPlaids } from "../problem";
import type { Plaid } from "./plaid";

const KEY_LIFETIME_MS = 300_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_AGE_SECONDS = 300;
const MAX_SKEW_SECONDS = 60;

/** What a webhook says. */
export interface Webhook {
  webhook_type?: string;
  webhook_code?: string;
  item_id?: string;
}

const keys = new Lru<string, { key: CryptoKey; since: number }>(64);
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The webhook of a body that Plaid signed: ES256, its key, its time, its bytes. */
export async function verify(plaid: Plaid, token: string | undefined, body: ArrayBuffer): Promise<Webhook> {
  if (!token) throw notPlaids();
  try {
    const { payload } = await jwtVerify(token, (header) => keyOf(plaid, header), {
      algorithms: ["ES256"],
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: MAX_SKEW_SECONDS,
    });
    const claimed = Uint8Array.fromHex(String(payload.request_body_sha256));
    const digest = await crypto.subtle.digest("SHA-256", body);
    if (claimed.length !== 32 || !crypto.subtle.timingSafeEqual(digest, claimed)) throw notPlaids();
    return JSON.parse(decoder.decode(body)) as Webhook;
  } catch (error) {
    throw error instanceof errors.JOSEError || error instanceof SyntaxError ? notPlaids() : error;
  }
}

async function keyOf(plaid: Plaid, { kid = "" }: JWTHeaderParameters): Promise<CryptoKey> {
  const known = keys.get(kid);
  if (known && Date.now() - known.since <= KEY_LIFETIME_MS) return known.key;
  if (!UUID.test(kid)) throw notPlaids();
  const jwk = await plaid.key(kid);
  if (jwk.expired_at !== null || jwk.kid !== kid) throw notPlaids();
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  keys.set(kid, { key, since: Date.now() });
  return key;
}
