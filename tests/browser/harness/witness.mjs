// Watches everything that a story's pages do. The evidence for promise P6 (no third party), and
// for the policy: a page that breaks it says so on its console.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { ORIGIN, RECORDS } from "./instance.mjs";

/** A refusal by the API is told on the console too: that is how a browser is. */
const REFUSAL = /^Failed to load resource: the server responded with a status of (4\d\d|502) /;

export class Witness {
  requests = [];
  complaints = [];
  #visited = [];

  constructor(context) {
    context.on("request", (request) => this.requests.push({
      method: request.method(), url: request.url(), ...(isVisit(request) && { visit: true }),
    }));
    context.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      const from = message.location().url ?? "";
      if (REFUSAL.test(message.text()) && from.startsWith(`${ORIGIN}/v1/`)) return;
      // What is amiss on another's page is not told of ours.
      if (this.#visited.some((origin) => from.startsWith(`${origin}/`))) return;
      this.complaints.push(`${message.type()}: ${message.text()} (${from})`);
    });
    context.on("weberror", (error) => this.complaints.push(String(error.error().stack)));
  }

  /** The requests to a path of the API. */
  to(start) {
    return this.requests.filter(({ url }) => url.startsWith(ORIGIN + start));
  }

  /** In this story the person goes to pages of another: to them as pages, and to nothing else of theirs. */
  visits(origin) {
    this.#visited.push(origin);
  }

  /** What must hold at the end of every story. */
  async testify(name, secrets) {
    const file = `${name.replaceAll(/\W+/g, "-").toLowerCase()}.requests.json`;
    await mkdir(RECORDS, { recursive: true });
    await writeFile(path.join(RECORDS, file), JSON.stringify(this.requests, null, 1));
    const isVisited = ({ url, visit }) => visit && this.#visited.includes(new URL(url).origin);
    const foreign = this.requests.filter((request) => !this.#isOurs(request.url) && !isVisited(request));
    assert.deepEqual(foreign, [], "requests to others");
    assert.deepEqual(this.complaints, [], "the console's complaints");
    for (const { url } of this.requests) {
      const told = secrets.filter((secret) => url.includes(secret) || decodeURIComponent(url).includes(secret));
      assert.deepEqual(told, [], `private in the address ${url}`);
    }
  }

  /** Ours, or made in the page itself: a file that is being saved. */
  #isOurs(url) {
    return new URL(url).origin === ORIGIN || url.startsWith(`blob:${ORIGIN}/`);
  }
}

/** Whether the browser goes to it as the page itself, in place of the one before. */
function isVisit(request) {
  return request.isNavigationRequest() && request.frame().parentFrame() === null;
}
