// As much of Cloudflare's API as wrangler asks before a deployment: a Worker's secrets, D1's databases
// and their migrations. `answer` says where it is, changes what there is, and tells what was asked.
import { createServer } from "node:http";

const has = { secrets: [], databases: [] };
const asked = [];
const ID = "11111111-1111-4111-8111-111111111111";

function reply(method, path, body) {
  if (path.endsWith("/secrets")) return has.secrets.map((name) => ({ name, type: "secret_text" }));
  if (path.endsWith("/d1/database")) {
    if (method === "POST") has.databases.push(JSON.parse(body).name);
    const all = has.databases.map((name) => ({ uuid: ID, name, version: "production", num_tables: 0, file_size: 0 }));
    return method === "POST" ? all.at(-1) : all;
  }
  if (path.endsWith("/query")) return [{ results: [], success: true, meta: { duration: 0 } }];
  const name = /\/d1\/database\/([^/]+)$/.exec(path)?.[1];
  return has.databases.includes(name) || name === ID ? { uuid: ID, name } : undefined;
}

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const path = request.url.split("?")[0].replace(/^\/accounts\/[^/]+/, "");
    asked.push(`${request.method} ${path} ${body}`);
    const result = request.headers.authorization === "Bearer a-token" ? reply(request.method, path, body) : undefined;
    const success = result !== undefined;
    const errors = success ? [] : [{ code: 10007, message: "there is none" }];
    const count = Array.isArray(result) ? result.length : 1;
    const result_info = { page: 1, per_page: 100, count, total_count: count };
    response.writeHead(success ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify({ success, errors, messages: [], result: result ?? null, result_info }));
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

function answer(change) {
  Object.assign(has, change);
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}
