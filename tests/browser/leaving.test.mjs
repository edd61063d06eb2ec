// Leaving: everything taken along, and the account erased.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { story } from "./harness/story.mjs";

story("everything is taken along, as JSON and as CSV", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 20 });
  await ada.opens(page, "Your data");
  await picture("your data");
  const taken = async (button) => {
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: button }).click();
    await ada.confirmsByPassword(page);
    return readFile(await (await saving).path());
  };
  const json = await taken("Download as JSON");
  assert.ok(JSON.stringify(JSON.parse(json)).includes(ada.email));
  const zip = await taken("Download as CSV (zip)");
  assert.equal(zip.subarray(0, 2).toString(), "PK");
});

story("an account is deleted, and its erasure is followed to the end", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.connectsBank(page, { transactions: 20 });
  await ada.opens(page, "Your data");
  await page.getByLabel("Type your email to confirm").fill("someone@example.com");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await page.getByText("This is not the email of this account.").waitFor();
  await page.getByLabel("Type your email to confirm").fill(ada.email);
  await page.getByRole("button", { name: "Delete my account" }).click();
  await ada.confirmsByPassword(page);
  await page.getByRole("heading", { name: "Your account is deleted" }).waitFor();
  await page.getByText("Everything is erased").waitFor({ timeout: 90_000 });
  await picture("erased");
  await ada.typePassword(page);
  await page.getByRole("alert").filter({ hasText: /\w/ }).waitFor();
});
