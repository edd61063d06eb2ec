// A bank: connected, read, searched, disconnected.

import assert from "node:assert/strict";

import { story } from "./harness/story.mjs";

story("a bank is connected, and its transactions are read by month", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await picture("connect a bank first");
  await ada.connectsBank(page, { transactions: 300 });
  const months = page.locator(".month");
  await months.first().waitFor();
  await picture("home");
  const rows = page.locator(".month .listing > li");
  assert.equal(await rows.count(), 50);
  const amounts = await rows.locator(".amount").allTextContents();
  for (const amount of amounts) assert.match(amount, /^[−+]?\D{1,4}[\d,]+\.\d\d$/);
  await page.getByRole("button", { name: "Show more" }).click();
  await rows.nth(99).waitFor();
  // A month that goes over two pages is still one month.
  const names = await months.locator("h3").allTextContents();
  assert.equal(new Set(names).size, names.length);
});

story("a search finds by words, and nothing of it is in an address", async ({ page, ada, witness }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 300 });
  const rows = page.locator(".month .listing > li");
  const merchant = (await rows.first().locator("span").first().textContent()).split(/[^A-Za-z]/)[0];
  await page.getByRole("searchbox", { name: "Search" }).fill(merchant);
  await page.getByRole("status").filter({ hasText: /found/ }).waitFor({ state: "attached" });
  for (const row of await rows.all()) assert.match(await row.textContent(), new RegExp(merchant, "i"));
  const searches = witness.to("/v1/transactions/search");
  assert.ok(searches.length > 0 && searches.every(({ method }) => method === "POST"));
  assert.ok(witness.requests.every(({ url }) => !url.includes(merchant)));
  await page.getByRole("searchbox", { name: "Search" }).fill("no shop has this name");
  await page.getByText("Nothing found.", { exact: true }).first().waitFor();
});

story("one account's transactions are shown alone", async ({ page, ada }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 300 });
  const choice = page.getByLabel("Account", { exact: true });
  const label = await choice.locator("option").nth(1).textContent();
  const searched = page.waitForResponse((response) => response.url().includes("/v1/transactions?") && response.url().includes("account="));
  await choice.selectOption({ index: 1 });
  await searched;
  const name = label.replace(/ \(.*\)$/, "");
  await page.waitForFunction((wanted) => {
    const rows = [...document.querySelectorAll(".month .listing > li")];
    return rows.every((row) => row.textContent.endsWith(wanted));
  }, name);
});

story("a bank is disconnected after a question", async ({ page, ada }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 20 });
  await page.getByRole("button", { name: /^Disconnect / }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: /^Refresh / }).click();
  await page.getByRole("button", { name: /^Disconnect / }).click();
  await dialog.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("heading", { name: "Nothing here yet" }).waitFor();
});
