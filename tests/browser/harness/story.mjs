// A browser test: a story that a person lives through, in a browser context of its own, with a
// witness beside it.

import { after, test } from "node:test";
import { mkdir } from "node:fs/promises";
import path from "node:path";

import { chromium } from "playwright-core";

import { CHROMIUM, ORIGIN, RECORDS } from "./instance.mjs";
import { Newcomer } from "./person.mjs";
import { Witness } from "./witness.mjs";

/** Nothing of Chromium's own on the network, and no name resolves but this machine's. */
const FLAGS = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

/** How long a page may take to come to what is expected of it, on a busy machine. */
const PATIENCE = 20_000;

let launched;

/** The file's browser, with a profile of its own that goes with it. */
function browser() {
  launched ??= chromium.launch({ executablePath: CHROMIUM, headless: true, chromiumSandbox: false, args: FLAGS });
  return launched;
}

after(async () => {
  await (await launched)?.close();
});

/** Tells a story. `options` are a browser context's. */
export function story(name, tell, options = {}) {
  test(name, { timeout: 180_000 }, async () => {
    const context = await (await browser()).newContext({
      baseURL: ORIGIN, locale: "en-US", timezoneId: "Europe/Berlin", viewport: { width: 1100, height: 820 }, ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    const witness = new Witness(context);
    const page = await context.newPage();
    const ada = new Newcomer();
    try {
      await tell({ page, context, witness, ada, picture: (title) => picture(page, title) });
    } catch (error) {
      await picture(page, `failed ${name}`).catch(() => {});
      throw error;
    } finally {
      await context.close();
    }
    await witness.testify(name, ada.secrets());
  });
}

/** Keeps what a page looks like, for people to look at. */
async function picture(page, title) {
  await mkdir(RECORDS, { recursive: true });
  const file = `${title.replaceAll(/\W+/g, "-").toLowerCase()}.png`;
  await page.screenshot({ path: path.join(RECORDS, file), fullPage: true });
}
