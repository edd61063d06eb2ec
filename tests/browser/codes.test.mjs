// The other second factors: an authenticator app, and recovery codes for when all else is lost.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { PLATFORM, plugIn } from "./harness/authenticator.mjs";
import { story } from "./harness/story.mjs";
import { nextTotp, totp } from "./harness/totp.mjs";

story("an authenticator app is set up and asked for after the password", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.opens(page, "Authenticator app");
  await page.getByRole("button", { name: "Set up an app" }).click();
  await ada.confirmsByPassword(page);
  const shown = page.locator(".secret code");
  await shown.last().waitFor();
  const [secret, address] = await shown.allTextContents();
  assert.match(address, /^otpauth:\/\/totp\//);
  assert.ok(address.includes(secret));
  await picture("authenticator app");
  const code = totp(secret);
  await page.getByLabel("Six digits from the app").fill(code === "000000" ? "111111" : "000000");
  await page.getByRole("button", { name: "Check and switch on" }).click();
  await page.getByRole("alert").filter({ hasText: /\w/ }).waitFor();
  await page.getByLabel("Six digits from the app").fill(totp(secret));
  await page.getByRole("button", { name: "Check and switch on" }).click();
  await page.getByText("An app is set up.").waitFor();
  await ada.signOut(page);
  await ada.typePassword(page);
  await page.getByLabel("Six digits from your authenticator app").fill(nextTotp(secret));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await ada.isIn(page);
});

story("a recovery code gets in once where the key is lost", async ({ page, ada, picture }) => {
  const key = await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.addsKey(page, "Laptop", () => ada.confirmsByPassword(page));
  await ada.opens(page, "Recovery codes");
  await page.getByRole("button", { name: "Make recovery codes" }).click();
  await ada.confirmsByKey(page);
  await page.getByText("They are shown this once.").waitFor();
  const codes = await page.locator(".codes code").allTextContents();
  assert.equal(new Set(codes).size, 10);
  await picture("recovery codes");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const saved = await readFile(await (await saving).path(), "utf8");
  assert.ok(codes.every((code) => saved.includes(code)));

  await key.pullOut();
  await ada.signOut(page);
  await ada.typePassword(page);
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("One of your recovery codes").fill(codes[0]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await ada.isIn(page);
  await ada.opens(page, "Recovery codes");
  await page.getByText("9 of 10 are left").waitFor();

  await ada.signOut(page);
  await ada.typePassword(page);
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("One of your recovery codes").fill(codes[0]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("That was not right. Try again.").waitFor();
  await page.getByLabel("One of your recovery codes").fill(codes[1]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await ada.isIn(page);
});
