// A bank: connected, read, searched, disconnected.

import assert from "node:assert/strict";

import { happens } from "./harness/bank.mjs";
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
  const merchant = (await rows.first().getByRole("button").textContent()).split(/[^A-Za-z]/)[0];
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

story("a bank is refreshed, and disconnected after a question", async ({ page, ada }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 20 });
  await ada.opensBanks(page);
  const disconnect = page.getByRole("button", { name: "Disconnect First Platypus Bank" });
  await disconnect.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Refresh First Platypus Bank" }).click();
  await page.getByRole("status").filter({ hasText: "is up to date" }).waitFor({ state: "attached" });
  await disconnect.click();
  await dialog.getByRole("button", { name: "Disconnect" }).click();
  await page.getByText("No bank is connected yet.").waitFor();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  await page.getByRole("heading", { name: "Nothing here yet" }).waitFor();
});

story("who goes on while a bank is refreshed is not called back", async ({ page, ada }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 20 });
  const refreshed = Promise.withResolvers();
  await page.route("**/sync", async (route) => {
    await refreshed.promise;
    await route.continue();
  });
  await page.getByRole("button", { name: /^Refresh / }).click();
  await ada.opensBanks(page);
  const answered = page.waitForResponse("**/sync");
  refreshed.resolve();
  await (await answered).finished();
  // What follows an answer has followed it once the next one is there.
  await page.getByText("How it is read").click();
  await page.getByRole("button", { name: /^Replace the key/ }).waitFor();
  await page.getByRole("heading", { name: "Your banks" }).waitFor();
});

story("a refresh brings what is new into the list", async ({ page, ada }) => {
  await ada.arrives(page);
  const item = await ada.connectsBank(page, { transactions: 20 });
  await happens(item, { add: [{ name: "Kiosk by the weir", merchant_name: null, amount: 3.5 }], webhooks: false });
  await page.getByRole("button", { name: /^Refresh / }).click();
  await page.locator(".month .listing > li").filter({ hasText: "Kiosk by the weir" }).waitFor();
});
