// The edge cache, in memory: what workerd asks of the service behind `caches.default`. Only public
// things are put there (src/platform/cache.rs), and a restart forgets them.

const MOST_ENTRIES = 512;
const LARGEST = 1 << 20;

/** A URL, and until when its status, headers and body are good; the longest kept come first. */
const kept = new Map();

export default {
  async fetch(request) {
    if (request.method === "PUT") {
      const entry = parse(new Uint8Array(await request.arrayBuffer()));
      kept.delete(request.url);
      if (entry !== null) {
        if (kept.size >= MOST_ENTRIES) kept.delete(kept.keys().next().value);
        kept.set(request.url, entry);
      }
      return new Response(null, { status: 204 });
    }
    if (request.method === "PURGE") return new Response(null, { status: kept.delete(request.url) ? 200 : 404 });
    const entry = kept.get(request.url);
    if (entry === undefined || entry.until <= Date.now()) {
      kept.delete(request.url);
      return new Response(null, { status: 504, headers: { "cf-cache-status": "MISS" } });
    }
    const headers = new Headers(entry.headers);
    headers.set("cf-cache-status", "HIT");
    return new Response(entry.body, { status: entry.status, headers });
  },
};

/** A reply as it would go over the wire; null where it is not to be kept. */
function parse(message) {
  const text = new TextDecoder("latin1").decode(message);
  const end = text.indexOf("\r\n\r\n");
  const [first, ...fields] = text.slice(0, Math.max(end, 0)).split("\r\n");
  const status = Number(first.split(" ")[1]);
  const headers = fields.map((field) => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const rule = headers.find(([name]) => name.toLowerCase() === "cache-control")?.[1] ?? "";
  const seconds = Number(/max-age=(\d+)/.exec(rule)?.[1] ?? 0);
  if (end < 0 || status !== 200 || seconds === 0 || message.byteLength > LARGEST) return null;
  return { status, headers, body: message.slice(end + 4), until: Date.now() + seconds * 1000 };
}
