// One request over TLS to a server whose certificate is its own, for prove/https.rs: a request as
// JSON on standard input, its reply as JSON on standard output.
import { request } from "node:https";
import { readFileSync } from "node:fs";

const { url, method, fields, body } = JSON.parse(readFileSync(0, "utf8"));
const headers = Object.fromEntries(fields);
const outgoing = request(url, { method, headers, rejectUnauthorized: false }, (reply) => {
  const protocol = reply.socket.getProtocol();
  const parts = [];
  reply.on("data", (part) => parts.push(part));
  reply.on("end", () => {
    const pairs = [];
    for (let at = 0; at < reply.rawHeaders.length; at += 2) {
      pairs.push([reply.rawHeaders[at].toLowerCase(), reply.rawHeaders[at + 1]]);
    }
    const text = Buffer.concat(parts).toString("utf8");
    process.stdout.write(JSON.stringify({ status: reply.statusCode, fields: pairs, body: text, protocol }));
  });
});
outgoing.on("error", (error) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});
outgoing.end(body ?? undefined);
