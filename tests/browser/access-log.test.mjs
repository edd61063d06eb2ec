// Who looked: the person reads what was done about her, and the proof that the log says so.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { PLATFORM, plugIn } from "./harness/authenticator.mjs";
import { Console, REASON } from "./harness/operator.mjs";
import { idOf } from "./harness/stripe.mjs";
import { story } from "./harness/story.mjs";

const entries = (page) => page.locator("main .log > li");

story("what an operator did is told, with why, under which ticket, and a proof", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  const operator = await Console.open();
  await operator.gives("user.show", { user: await idOf(page) });
  await ada.opens(page, "Who looked");
  const entry = entries(page).filter({ has: page.getByRole("heading", { name: "Looked at your account", exact: true }) });
  await entry.waitFor();
  const text = await entry.textContent();
  for (const said of [`Support: ${REASON.reason}`, REASON.ticket, "works for Balance", operator.operator.id, "Nothing that is hidden without your consent"]) {
    assert.ok(text.includes(said), said);
  }
  await entry.locator("summary").click();
  await picture("who looked");
  const [leaf, body] = await entry.locator("pre.canonical").allTextContents();
  const salt = await entry.locator("dd.bare > code").first().textContent();
  assert.match(leaf, /^balance-audit\/v1\nkind command\.done\n/);
  assert.equal(JSON.parse(body).ticket, REASON.ticket);
  // What everybody sees commits to what she is shown.
  const committed = createHash("sha256").update("balance-audit/v1\nperson\n").update(Buffer.from(salt, "base64")).update(body).digest("base64");
  assert.ok(leaf.includes(`person ${committed}\n`));
  await page.getByText("docs/audit/verify.py inclusion FILE").waitFor();
});

story("the log goes on for as long as there is more, the newest first", async ({ page, ada }) => {
  await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.addsKey(page, "Laptop", () => ada.confirmsByPassword(page));
  const operator = await Console.open();
  const user = await idOf(page);
  await operator.gives("user.show", { user });
  await operator.gives("session.list", { user });
  await page.route("**/v1/me/access-log?*", (route) => route.continue({ url: route.request().url().replace("limit=20", "limit=1") }));
  await ada.opens(page, "Who looked");
  await entries(page).first().waitFor();
  const more = page.getByRole("button", { name: "More" });
  for (let seen = 1; await more.count() > 0; seen += 1) {
    assert.equal(await entries(page).count(), seen);
    await more.click();
    await entries(page).nth(seen).waitFor();
  }
  const deeds = await entries(page).getByRole("heading").allTextContents();
  assert.equal(deeds.at(-1), "A security key was added to your account");
  assert.ok(deeds.includes("Looked at where you are signed in") && deeds.includes("Looked at your account"));
  const leaves = await entries(page).evaluateAll((all) => all.map((entry) =>
    Number([...entry.querySelectorAll("dt")].find((term) => term.textContent === "Leaf").nextElementSibling.textContent)));
  assert.deepEqual(leaves, [...new Set(leaves)].sort((one, other) => other - one));
});
