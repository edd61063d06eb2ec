// A person's consent that an operator sees some of her data: asked for, read, signed with her key
// or declined, used, taken back.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import { PLATFORM, plugIn } from "./harness/authenticator.mjs";
import { Console, REASON } from "./harness/operator.mjs";
import { story } from "./harness/story.mjs";

const PURPOSE = "The transfer of 3 March is missing: we look for it.";

/** With a key and a bank; what the console calls her and it. */
async function hasBank(page, ada) {
  const key = await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.addsKey(page, "Laptop", () => ada.confirmsByPassword(page));
  await goesHome(page);
  await ada.connectsBank(page, { transactions: 5 });
  return { key, ...(await ids(page)) };
}

const ids = (page) => page.evaluate(async () => {
  const [user, items] = await Promise.all(["/v1/me", "/v1/items"].map((path) => fetch(path).then((reply) => reply.json())));
  return { user: user.id, item: items.data[0]?.id };
});

/** Where the notice of a request is. */
async function goesHome(page) {
  await page.goto("/");
  await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
}

/** By the notice to the text that her key is to sign; the text. */
async function reads(page) {
  await goesHome(page);
  await page.getByRole("link", { name: "Read and decide" }).click();
  await page.getByRole("heading", { name: "Someone asks for your consent" }).waitFor();
  await page.getByLabel("The key that signs").selectOption({ label: "Laptop" });
  await page.getByRole("button", { name: "Show the text" }).click();
  await page.getByRole("heading", { name: "This is what your key signs" }).waitFor();
  return page.locator("pre.canonical").textContent();
}

const fact = (page, term) => page.locator("main dl.facts dt", { hasText: new RegExp(`^${term}$`) }).locator("xpath=following-sibling::dd[1]");

story("a consent is asked for, read, signed with a key, used, and taken back", async ({ page, ada, picture }) => {
  const { user, item } = await hasBank(page, ada);
  const operator = await Console.open();
  const named = async (consent) => {
    const { columns, rows } = await operator.gives("item.list", { user }, consent);
    return rows[0][columns.find(({ field }) => field === "item.institution").name];
  };
  assert.equal(await named(), "••••");
  const id = await operator.asks(user, { resources: [item], fields: ["item.institution"], purpose: PURPOSE });

  await goesHome(page);
  await page.getByText("asks to see some of your data").waitFor();
  await picture("a consent is asked for");
  const text = await reads(page);
  for (const [term, said] of [["Why", PURPOSE], ["Which data", "First Platypus Bank"], ["What of it", "The names of your banks"], ["How long", "24 hours"], ["How often", "2 times at most"]]) {
    assert.ok((await fact(page, term).textContent()).includes(said), `${term}: ${said}`);
  }
  assert.match(await fact(page, "Who asks").textContent(), /works for Balance.*opr_[0-9a-f]{32}$/);
  assert.match(text, /^balance-consent\/v1\n/);
  for (const line of [`consent ${id}`, `person ${user}`, `purpose ${PURPOSE}`, `resource ${item}`, "field item.institution", "uses 2"]) {
    assert.ok(text.split("\n").includes(line), line);
  }
  await picture("the text of a consent");
  await page.getByRole("button", { name: "Sign with your key" }).click();
  await page.getByRole("button", { name: "Take it back" }).waitFor();
  assert.equal(await fact(page, "State").textContent(), "You allow it");
  assert.equal(await fact(page, "Uses left").textContent(), "2 of 2");
  await picture("a consent that holds");

  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the proof" }).click()]);
  assert.equal(saved.suggestedFilename(), `balance-consent-${id}.json`);
  const proof = await readFile(await saved.path(), "utf8");
  assert.ok(proof.includes(JSON.stringify(text).slice(1, -1)), "the proof has the text");

  assert.equal(await named(id), "First Platypus Bank");
  await page.reload();
  await page.getByRole("button", { name: "Take it back" }).waitFor();
  assert.equal(await fact(page, "Uses left").textContent(), "1 of 2");
  await page.getByText("The text that your key signed").click();
  assert.equal(await page.locator("pre.canonical").textContent(), text);

  await page.getByRole("button", { name: "Take it back" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await fact(page, "State").filter({ hasText: "You took it back" }).waitFor();
  await assert.rejects(named(id), { slug: "consent-refused" });
  await page.getByRole("link", { name: "All consents" }).click();
  await page.getByRole("listitem").filter({ hasText: PURPOSE }).getByText("You took it back").waitFor();
  await picture("consents");
});

story("the key is asked to sign what is shown and nothing else", async ({ page, ada, witness }) => {
  const { key, user, item } = await hasBank(page, ada);
  const operator = await Console.open();
  await operator.asks(user, { resources: [item], fields: ["item.institution"], purpose: PURPOSE });
  const signed = async () => (await key.credentials()).map(({ signCount }) => signCount);
  const before = await signed();
  const other = (text) => text.replace("field item.institution", "field account.balance");
  const lies = [
    // Another text than the key would sign.
    [(opening) => ({ ...opening, text: other(opening.text) }), "not the text above"],
    // The key would sign it, and it asks for more than was said.
    [(opening) => {
      const text = other(opening.text);
      const challenge = createHash("sha256").update(text).digest("base64url");
      return { ...opening, text, options: { ...opening.options, challenge } };
    }, "asks for something else"],
  ];
  for (const [lie, words] of lies) {
    await page.route("**/openings", async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, json: lie(await reply.json()) });
    });
    assert.match(await reads(page), /field account\.balance/);
    await page.getByRole("button", { name: "Sign with your key" }).click();
    await page.getByRole("alert").filter({ hasText: words }).waitFor();
    await page.unroute("**/openings");
  }
  assert.deepEqual(await signed(), before, "the key was not asked");
  assert.equal(witness.requests.filter(({ url }) => url.endsWith("/grant")).length, 0);
});

story("a consent is declined, and stays so", async ({ page, ada }) => {
  const { user, item } = await hasBank(page, ada);
  const operator = await Console.open();
  const id = await operator.asks(user, { resources: [item], fields: ["item.institution"], purpose: PURPOSE });
  await reads(page);
  await page.getByRole("button", { name: "Decline" }).click();
  await fact(page, "State").filter({ hasText: "You declined" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Show the text" }).count(), 0);
  await goesHome(page);
  assert.equal(await page.getByRole("link", { name: "Read and decide" }).count(), 0);
  await assert.rejects(operator.gives("item.list", { user }, id), { slug: "consent-refused" });
});

story("without a key a consent can be declined, and not signed", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  const { user } = await ids(page);
  const operator = await Console.open(REASON);
  await operator.asks(user, { resources: [user], fields: ["user.email"], purpose: PURPOSE });
  await goesHome(page);
  await page.getByRole("link", { name: "Read and decide" }).click();
  await page.getByText("A consent needs a security key or passkey to sign it").waitFor();
  await picture("a consent without a key");
  assert.equal(await page.getByRole("link", { name: "add one" }).getAttribute("href"), "#/settings/keys");
  assert.equal(await page.getByRole("button", { name: "Show the text" }).count(), 0);
  await page.getByRole("button", { name: "Decline" }).click();
  await fact(page, "State").filter({ hasText: "You declined" }).waitFor();
});
