// What a person says of her transactions: shown, found, counted, and there to stay.

import assert from "node:assert/strict";

import { happens } from "./harness/bank.mjs";
import { story } from "./harness/story.mjs";

const rows = (page) => page.locator(".month .listing > li");

/** Opens a row; the dialog. */
async function opens(page, row) {
  await row.getByRole("button").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Save" }).waitFor();
  return dialog;
}

/** Saves, and waits until it is done. */
async function saves(page, dialog) {
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("status").filter({ hasText: "Saved." }).waitFor({ state: "attached" });
}

/** Searches by a field's words alone; the rows that are found. */
async function finds(page, label, words, count) {
  const field = page.getByLabel(label, { exact: true });
  const found = page.waitForResponse((response) => response.url().includes("/v1/transactions"));
  await field.fill(words);
  await field.press("Enter");
  await found;
  await page.waitForFunction((wanted) => document.querySelectorAll(".month .listing > li").length === wanted, count);
}

story("a corrected category is shown, found and counted in the cash flow, and can be taken back", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 40 });
  const row = rows(page).filter({ hasText: "Comcast" }).first();
  const amount = (await row.locator(".amount").textContent()).replace("−", "");
  let dialog = await opens(page, row);
  await dialog.getByText("Plaid’s category").waitFor();
  await dialog.getByLabel("Your category").fill("Holidays in Rome");
  await picture("transaction");
  await saves(page, dialog);
  await row.filter({ hasText: "Holidays in Rome" }).waitFor();
  await finds(page, "Category", "Holidays in Rome", 1);
  assert.match(await rows(page).first().textContent(), /Comcast/);
  await ada.opensMoney(page, "Cash flow");
  const counted = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Holidays in Rome" }) });
  await counted.waitFor();
  assert.deepEqual(await counted.getByRole("cell").allTextContents(), ["–", amount, "1"]);
  await picture("cash flow");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  dialog = await opens(page, rows(page).filter({ hasText: "Holidays in Rome" }));
  await dialog.getByRole("button", { name: "Clear" }).click();
  await dialog.waitFor({ state: "detached" });
  await row.filter({ hasText: "Rent and utilities" }).waitFor();
  await ada.opensMoney(page, "Cash flow");
  await page.getByRole("rowheader", { name: "Rent and utilities" }).first().waitFor();
  assert.equal(await page.getByText("Holidays in Rome").count(), 0);
});

story("a category that is called as one of Plaid’s is that one", async ({ page, ada }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 40 });
  const dialog = await opens(page, rows(page).first());
  await dialog.getByLabel("Your category").fill("food and drink");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await saves(page, dialog);
  assert.deepEqual((await sent).postDataJSON(), { corrected_category: "FOOD_AND_DRINK" });
  await rows(page).first().filter({ hasText: "Food and drink" }).waitFor();
});

story("a note and tags stay when what was pending is posted", async ({ page, ada, witness, picture }) => {
  await ada.arrives(page);
  const item = await ada.connectsBank(page, { transactions: 40 });
  const { added: [pending] } = await happens(item, { add: [{ name: "Trattoria Nerone", merchant_name: null, amount: 48.2, pending: true }] });
  const refresh = page.getByRole("button", { name: "Refresh First Platypus Bank" });
  await refresh.click();
  const row = rows(page).filter({ hasText: "Trattoria Nerone" });
  await row.filter({ hasText: "pending" }).waitFor();
  const dialog = await opens(page, row);
  await dialog.getByLabel("Your note").fill("Ada paid for both of us");
  await dialog.getByLabel("Your tags").fill("friends, to settle, friends");
  await saves(page, dialog);
  await row.filter({ hasText: "Ada paid for both of us" }).waitFor();
  await happens(item, { post: [{ transaction_id: pending, amount: 51.2, date: await row.evaluate(() => new Date().toISOString().slice(0, 10)) }] });
  await refresh.click();
  await row.filter({ hasText: "51.20" }).waitFor();
  assert.equal(await row.count(), 1);
  assert.deepEqual(await row.locator(".tag").allTextContents(), ["friends", "to settle"]);
  assert.equal(await row.locator(".note").textContent(), "Ada paid for both of us");
  await picture("annotated");
  await finds(page, "Tag", "to settle", 1);
  await page.getByLabel("Tag", { exact: true }).fill("");
  await finds(page, "Search", "both of us", 1);
  const addresses = witness.requests.map(({ url }) => decodeURIComponent(url));
  assert.ok(addresses.every((url) => !/settle|both/.test(url)));
});

story("what will not do is told beside its field, and nothing is sent", async ({ page, ada, witness }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 40 });
  const dialog = await opens(page, rows(page).first());
  const tags = dialog.getByLabel("Your tags");
  await tags.fill(Array.from({ length: 21 }, (_, index) => `tag ${index}`).join(","));
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("This takes 20 tags at most.").waitFor();
  await tags.fill("a".repeat(41));
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("A tag has 40 characters at most.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(witness.requests.filter(({ method }) => method === "PATCH").length, 0);
});

story("a transaction is opened, changed and left again with the keyboard alone", async ({ page, ada }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 40 });
  const row = rows(page).first();
  const focused = (name) => page.waitForFunction((wanted) => document.activeElement?.textContent === wanted, name);
  const name = await row.getByRole("button").textContent();
  await row.getByRole("button").focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await focused(name);
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("By hand");
  await page.keyboard.press("Tab");
  await page.keyboard.type("keys");
  await page.keyboard.press("Enter");
  await row.filter({ hasText: "By hand" }).filter({ hasText: "keys" }).waitFor();
  await focused(name);
});
