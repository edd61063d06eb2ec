// Ends TLS and passes what is inside on, for prove/tls.rs: KEY CERTIFICATE UPSTREAM. Prints the port
// that it listens on.
import { createServer } from "node:tls";
import { connect } from "node:net";
import { readFileSync } from "node:fs";

const [key, certificate, upstream] = process.argv.slice(-3);
const { hostname, port } = new URL(upstream);
const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (caller) => {
  const inner = connect(Number(port), hostname);
  // An end of either is the end of both.
  for (const [one, other] of [[caller, inner], [inner, caller]]) {
    one.on("error", () => other.destroy());
    one.pipe(other);
  }
});
// A caller that does not take the certificate is no failure here.
server.on("tlsClientError", () => {});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
