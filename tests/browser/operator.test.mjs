// The page on which an operator opens the console for a terminal: RFC 8252 with PKCE.

import assert from "node:assert/strict";
import { createServer } from "node:http";

import { PLATFORM, plugIn } from "./harness/authenticator.mjs";
import { Console, REASON, beginSession, terminal } from "./harness/operator.mjs";
import { story } from "./harness/story.mjs";

/** A terminal that listens on this machine: what its page was called with. */
async function listens() {
  const { promise: called, resolve } = Promise.withResolvers();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
    response.writeHead(200, { "content-type": "text/html", connection: "close" }).end("<!doctype html><title>Console</title><p>You can close this page.");
    if (pathname === "/callback") resolve(Object.fromEntries(searchParams));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { ...terminal(), port: server.address().port, called, close: () => server.close() };
}

const wish = ({ challenge, port, state }, other = {}) =>
  new URLSearchParams({ code_challenge: challenge, port, state, ...REASON, ...other }).toString();

/** Opens the page as the terminal does. */
const opens = (page, console, other) => page.goto(`/operator/login#${wish(console, other)}`);

/** The page shows what is asked, and its address does not. */
async function shows(page, ada) {
  await page.getByRole("heading", { name: "Open the console" }).waitFor();
  const text = await page.getByRole("main").textContent();
  for (const said of [`Support: ${REASON.reason}`, REASON.ticket, ada.email]) assert.ok(text.includes(said), said);
  assert.equal(new URL(page.url()).hash, "");
}

story("an operator opens the console with a key, and the terminal gets its session", async ({ page, ada, witness, picture }) => {
  await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.addsKey(page, "Laptop", () => ada.confirmsByPassword(page));
  await (await Console.open()).grants(ada);
  const there = await listens();
  witness.visits(`http://127.0.0.1:${there.port}`);
  await opens(page, there);
  await shows(page, ada);
  await picture("open the console");
  await page.getByRole("button", { name: "Open the console with your key" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).waitFor();
  assert.deepEqual(await page.getByRole("dialog").getByRole("button").allTextContents(), ["Use a security key or passkey", "Cancel"]);
  await ada.confirmsByKey(page);
  const { code, state } = await there.called;
  there.close();
  assert.equal(state, there.state);
  await page.getByText("You can close this page.").waitFor();
  const session = await beginSession(code, there.verifier);
  assert.deepEqual([session.reason_type, session.reason, session.ticket], [REASON.reason_type, REASON.reason, REASON.ticket]);
  assert.equal(session.operator.name, "Ada");
});

story("whoever is not signed in signs in, and nothing that was asked is lost or kept", async ({ page, ada, witness }) => {
  await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.addsKey(page, "Laptop", () => ada.confirmsByPassword(page));
  await (await Console.open()).grants(ada);
  await ada.signOut(page);
  const there = await listens();
  witness.visits(`http://127.0.0.1:${there.port}`);
  await opens(page, there);
  await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
  assert.equal(new URL(page.url()).hash, "");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await shows(page, ada);
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
  await page.getByRole("button", { name: "Open the console with your key" }).click();
  await ada.confirmsByKey(page);
  const { code } = await there.called;
  there.close();
  const { token } = await beginSession(code, there.verifier);
  assert.match(token, /^opc_[\w-]{43}$/);
});

story("whoever is no operator is told so, and no code goes anywhere", async ({ page, ada, picture }) => {
  await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.addsKey(page, "Laptop", () => ada.confirmsByPassword(page));
  await opens(page, { ...terminal(), port: 9_999 });
  await shows(page, ada);
  await page.getByRole("button", { name: "Open the console with your key" }).click();
  await page.getByRole("heading", { name: "You are no operator" }).waitFor();
  await picture("no operator");
  assert.equal(new URL(page.url()).pathname, "/operator/login");
});

story("without a key the console stays closed", async ({ page, ada }) => {
  await ada.arrives(page);
  await opens(page, { ...terminal(), port: 9_999 });
  await page.getByText("The console opens with a security key or passkey only.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Open the console with your key" }).count(), 0);
});

story("what no terminal of ours asks for is not taken up", async ({ page, witness }) => {
  const right = { ...terminal(), port: 9_999 };
  const wrong = [
    { port: "80" }, { port: "65536" }, { port: "9999@example.com" }, { port: "9999.5" }, { port: "" }, { code_challenge: "short" },
    { code_challenge: `${"a".repeat(42)}+` }, { state: "" }, { state: "a b".repeat(9) }, { reason_type: "curiosity" }, { reason: "" },
    { reason: "x".repeat(501) }, { reason: "one\ntwo" }, { reason: "turned \u202eround" }, { ticket: "x".repeat(65) }, { ticket: "§ 1" },
  ];
  for (const other of wrong) {
    await page.goto("about:blank");
    await opens(page, right, other);
    await page.getByRole("heading", { name: "Nothing to open" }).waitFor();
    assert.equal(new URL(page.url()).hash, "", JSON.stringify(other));
  }
  // Twice the same name is not right either.
  await page.goto("about:blank");
  await page.goto(`/operator/login#${wish(right)}&port=10000`);
  await page.getByRole("heading", { name: "Nothing to open" }).waitFor();
  assert.deepEqual(witness.to("/v1/operator"), []);
});
