// Security keys and passkeys, with Chromium's virtual authenticators: promise P8.

import assert from "node:assert/strict";

import { PLATFORM, U2F, plugIn } from "./harness/authenticator.mjs";
import { story } from "./harness/story.mjs";

story("a passkey is added, asked for after the password, and signs in alone", async ({ page, ada, picture }) => {
  const key = await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.addsKey(page, "Laptop", async () => {
    await page.getByRole("dialog", { name: "Confirm it’s you" }).waitFor();
    await picture("step up by password");
    await ada.confirmsByPassword(page);
  });
  await picture("security keys");
  assert.equal((await key.credentials()).length, 1);

  await ada.signOut(page);
  await ada.typePassword(page);
  await page.getByRole("heading", { name: "One more step" }).waitFor();
  await picture("second factor");
  await page.getByRole("button", { name: "Use a security key or passkey" }).click();
  await ada.isIn(page);

  await ada.signOut(page);
  await page.goto("/#/sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await ada.isIn(page);
  await ada.opens(page, "Where you are signed in");
  const current = page.getByRole("listitem").filter({ hasText: "this one" });
  assert.match(await current.textContent(), /by security key$/);
});

story("a U2F key is a second factor, and no way in alone", async ({ page, ada }) => {
  await plugIn(page, U2F);
  await ada.arrives(page);
  await ada.addsKey(page, "Old blue key", () => ada.confirmsByPassword(page));
  await page.getByText("second factor only").waitFor();
  await ada.signOut(page);
  await ada.typePassword(page);
  await page.getByRole("button", { name: "Use a security key or passkey" }).click();
  await ada.isIn(page);
});

story("a key is renamed, and removed with its own proof", async ({ page, ada }) => {
  await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.addsKey(page, "Laptop", () => ada.confirmsByPassword(page));
  await page.getByRole("button", { name: "Rename Laptop" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename the key" });
  await dialog.getByLabel("A name for the key").fill("Grey laptop");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Remove Grey laptop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await ada.confirmsByKey(page);
  await page.getByRole("listitem").filter({ hasText: "Grey laptop" }).waitFor({ state: "detached" });
  await ada.signOut(page);
  await ada.typePassword(page);
  await ada.isIn(page);
});

story("calling off the confirmation leaves everything as it was", async ({ page, ada }) => {
  await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.opens(page, "Security keys");
  await page.getByLabel("A name for the key").fill("Laptop");
  await page.getByRole("button", { name: "Add a key" }).click();
  await page.getByRole("dialog", { name: "Confirm it’s you" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("alert").filter({ hasText: "Nothing was done" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Add a key" }).waitFor();
});

story("a wrong password in the confirmation can be mended there", async ({ page, ada }) => {
  await plugIn(page, PLATFORM);
  await ada.arrives(page);
  await ada.addsKey(page, "Laptop", async () => {
    const dialog = page.getByRole("dialog", { name: "Confirm it’s you" });
    await dialog.getByLabel("Password", { exact: true }).fill("not the password at all");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await dialog.getByText("That was not right. Try again.").waitFor();
    await ada.confirmsByPassword(page);
  });
});
