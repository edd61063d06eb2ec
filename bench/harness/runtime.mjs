// One Worker in a workerd of its own, as production has it: no proxy in front of it, no
// request log, no tracing. The Worker listens on a direct socket; D1, the queue, the rate
// limit and mail are those that wrangler's local mode has (miniflare, the same version).
//
// Reads its options as JSON from the first argument, prints one JSON line when it is ready
// (`url`, `inspector`, `pid` of workerd), and ends on SIGTERM.
import { readFileSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { LogLevel, Log, Miniflare } from "miniflare";

/**
 * @typedef {object} Options
 * @property {string} worker path of the main module; wasm files beside it go with it
 * @property {string} state folder of the databases
 * @property {string} compatibilityDate
 * @property {Record<string, string>} vars
 * @property {boolean} consumer whether queue messages are delivered
 */

/** @type {Options} */
const options = JSON.parse(process.argv[2] ?? "");
const folder = dirname(options.worker);

const modules = { "index.js": { type: "esm", contents: readFileSync(options.worker, "utf8") } };
for (const name of readdirSync(folder).filter((name) => name.endsWith(".wasm"))) {
  modules[name] = { type: "wasm", contents: readFileSync(`${folder}/${name}`) };
}

const env = {
  DB: { type: "d1", id: "DB" },
  EVENTS: { type: "queue", name: "balance-events" },
  // Every request of a run comes from one address: the gate counts, and lets all pass.
  GATE: { type: "rate-limit", namespace: "1", simple: { limit: 100_000_000, period: 60 } },
  MAIL: { type: "send-email" },
  // No row asks for a page, and the platform's router of assets would stand before the Worker.
  ASSETS: { type: "queue", name: "balance-events" },
};
for (const [name, value] of Object.entries(options.vars)) env[name] = { type: "text", value };

const consumer = { type: "queue", name: "balance-events", maxBatchSize: 10, maxBatchTimeout: 1, maxRetries: 5 };

const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  inspectorPort: 0,
  log: new Log(LogLevel.ERROR),
  logRequests: false,
  resourcePersistencePath: options.state,
  unsafeObservability: false,
  unsafeLocalExplorer: false,
  workers: [
    {
      config: {
        name: "worker",
        compatibilityDate: options.compatibilityDate,
        manifest: { mainModule: "index.js", modulesRoot: folder, modules },
        env,
        triggers: options.consumer ? [consumer] : [],
      },
      dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }], stripCfConnectingIp: false },
    },
  ],
});

await miniflare.ready;
const url = await miniflare.unsafeGetDirectURL("worker");
const inspector = await miniflare.getInspectorURL();
const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ");
const pid = children.find((child) => readFileSync(`/proc/${child}/comm`, "utf8").trim() === "workerd");
console.log(JSON.stringify({ url: url.origin, inspector: inspector.href, pid: Number(pid) }));

process.on("SIGTERM", () => miniflare.dispose().then(() => process.exit(0)));
