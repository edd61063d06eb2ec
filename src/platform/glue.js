// The few places where JavaScript does what would take Rust many crossings:
// one crossing for a request's head, one for a response, one for a whole
// database batch. No decisions are made here.
import { waitUntil } from "cloudflare:workers";

// The header fields that any handler reads. The others never cross.
const FIELDS = [
  "authorization", "cookie", "content-type", "content-length", "origin", "user-agent",
  "cf-connecting-ip", "idempotency-key", "plaid-verification", "stripe-signature", "if-none-match", "step-up",
  "balance-device",
];

export function requestHead(request) {
  let head = request.method + "\n" + request.url;
  const headers = request.headers;
  for (const name of FIELDS) {
    const value = headers.get(name);
    if (value !== null) head += "\n" + name + "\n" + value;
  }
  return head;
}

// The whole body, or null once it is known to be longer than `limit` bytes.
async function bounded(body, limit) {
  const reader = body.getReader();
  const chunks = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > limit) {
      await reader.cancel().catch(() => {});
      return null;
    }
    chunks.push(value);
  }
  if (chunks.length === 1) return chunks[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

export async function requestBody(request, limit) {
  if (request.body === null) return new Uint8Array(0);
  const declared = Number(request.headers.get("content-length") ?? NaN);
  if (declared > limit) return null;
  if (declared >= 0) return new Uint8Array(await request.arrayBuffer());
  return bounded(request.body, limit);
}

// `fields` is name and value in turn, a newline between each.
function pairs(fields) {
  const flat = fields.split("\n");
  const list = [];
  for (let i = 0; i + 1 < flat.length; i += 2) list.push([flat[i], flat[i + 1]]);
  return list;
}

// A file of the first-party client; null where there is none of that name.
export async function asset(assets, request) {
  const response = await assets.fetch(request);
  return response.status === 404 ? null : response;
}

export function respond(status, fields, body) {
  return new Response(body.byteLength === 0 ? null : body, { status, headers: pairs(fields) });
}

// Sends a request out and reads a bounded reply: [status, body].
// Redirects are not followed: a provider's answer is what its base URL says.
export async function exchange(method, url, fields, body, timeoutMs, limit) {
  const response = await fetch(url, {
    method,
    headers: pairs(fields),
    body: body.byteLength === 0 ? undefined : body,
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  });
  const whole = response.body === null ? new Uint8Array(0) : await bounded(response.body, limit);
  if (whole === null) throw new Error("reply over the limit");
  return [response.status, whole];
}

// `statements` is JSON: [[sql, [parameter, …], reads], …]. One transaction. A
// read answers its single aggregate string, a write its count of changed rows.
export async function d1Batch(db, statements) {
  const parsed = JSON.parse(statements);
  const prepared = parsed.map(([sql, parameters]) => db.prepare(sql).bind(...parameters));
  const results = await db.batch(prepared);
  return results.map((result, i) => (parsed[i][2] ? result.results[0].j : result.meta.changes));
}

export async function importP256(point) {
  return crypto.subtle.importKey("raw", point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
}

export async function verifyP256(key, signature, data) {
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, data);
}

export async function verifyEd25519(point, signature, data) {
  const key = await crypto.subtle.importKey("raw", point, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, data);
}

// The public key of a seed (RFC 8032), and what it signs: 32 and 64 bytes. PKCS #8 is the form in
// which a seed can be imported, its public half comes out as a JWK.
export async function signEd25519(pkcs8, data) {
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  return [x, new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, key, data))];
}

// `n` is the modulus in base64url; the exponent is 65537.
export async function verifyRs256(n, signature, data) {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const jwk = { kty: "RSA", alg: "RS256", n, e: "AQAB" };
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, signature, data);
}

export async function cacheMatch(url) {
  const hit = await caches.default.match(url);
  return hit === undefined ? undefined : new Uint8Array(await hit.arrayBuffer());
}

export async function cachePut(url, fields, body) {
  await caches.default.put(url, new Response(body, { headers: pairs(fields) }));
}

export async function enqueue(queue, json) {
  await queue.send(JSON.parse(json));
}

export async function enqueueAll(queue, json) {
  await queue.sendBatch(JSON.parse(json).map((body) => ({ body })));
}

export async function gateAllows(gate, key) {
  const { success } = await gate.limit({ key });
  return success;
}

export async function sendMail(binding, from, to, subject, text) {
  await binding.send({ from, to, subject, text });
}

export function delay(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// Keeps the isolate alive for work that goes on after the response.
export function background(promise) {
  waitUntil(promise);
}

export function milliseconds() {
  return Date.now();
}

export function variable(env, name) {
  const value = env[name];
  return typeof value === "string" ? value : undefined;
}

export function binding(env, name) {
  return env[name];
}

export function logLine(level, line) {
  (level === "error" ? console.error : level === "warn" ? console.warn : console.log)(line);
}
