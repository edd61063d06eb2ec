// Signing in and out, by password, by keyboard, and when it is forgotten.

import assert from "node:assert/strict";

import { createHash } from "node:crypto";

import { PWNED, ask } from "./harness/instance.mjs";
import { codeFor, mark } from "./harness/mailbox.mjs";
import { story } from "./harness/story.mjs";

story("a wrong password is refused in words, the right one lets in", async ({ page, ada, picture }) => {
  await ada.exists();
  const { password } = ada;
  ada.password = "not the password at all";
  await ada.typePassword(page);
  await page.getByRole("alert").filter({ hasText: /\w/ }).waitFor();
  await picture("sign in refused");
  ada.password = password;
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await ada.isIn(page);
  await ada.signOut(page);
  await page.goto("/#/settings/sessions");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

story("a password that has leaked since is told of on every screen, until it is changed", async ({ page, ada, picture }) => {
  const prefix = createHash("sha1").update(ada.password).digest("hex").slice(0, 5).toUpperCase();
  // What was looked up once is not asked for again that day: so the sign-up's look-up fails.
  await ask(`${PWNED}/_control/fail`, { mode: "status", status: 500, prefix });
  await ada.exists();
  await fetch(`${PWNED}/_control/fail?prefix=${prefix}`, { method: "DELETE" });
  await ask(`${PWNED}/_control/leak`, { password: ada.password, count: 1207 });
  await ada.typePassword(page);
  await ada.isIn(page);
  const banner = page.getByText("Your password has turned up in a known data leak (found 1,207 times).");
  await banner.waitFor();
  await picture("leaked since");
  await page.getByRole("link", { name: "Change it now" }).click();
  const next = "three brown moths by a lamp";
  await page.getByLabel("New password", { exact: true }).fill(next);
  await page.getByRole("button", { name: "Change the password" }).click();
  await ada.confirmsByPassword(page);
  await page.getByText("Your password is changed.").waitFor();
  ada.password = next;
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
  await banner.waitFor({ state: "detached" });
});

story("whoever is asked to sign in gets where they were going", async ({ page, ada }) => {
  await ada.exists();
  await page.goto("/#/settings/tokens");
  await page.getByLabel("Email").fill(ada.email);
  await page.getByLabel("Password", { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "API tokens" }).waitFor();
});

story("signing in takes a keyboard only, and the focus is always seen", async ({ page, ada, picture }) => {
  await ada.exists();
  await page.goto("/");
  await page.getByRole("link", { name: "Sign in" }).first().waitFor();
  const focused = () => page.evaluate(() => {
    const { activeElement: element } = document;
    const style = getComputedStyle(element);
    const name = element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent.trim();
    return { name, seen: style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2 };
  });
  const tabTo = async (name) => {
    for (let steps = 0; steps < 20; steps += 1) {
      await page.keyboard.press("Tab");
      const now = await focused();
      assert.ok(now.seen, `the focus on ${now.name} is not seen`);
      if (now.name === name) return;
    }
    assert.fail(`no way to ${name} by Tab`);
  };
  await tabTo("Skip to the content");
  await tabTo("Sign in");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  // The screen begins in its first field.
  assert.equal((await focused()).name, "Email");
  await page.keyboard.type(ada.email);
  await tabTo("Password");
  await page.keyboard.type(ada.password);
  await picture("sign in by keyboard");
  await page.keyboard.press("Enter");
  await ada.isIn(page);
  assert.equal((await focused()).name, "Hello, Ada");
});

story("a forgotten password is replaced by a mailed code", async ({ page, ada, picture }) => {
  await ada.exists();
  await page.goto("/#/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByRole("heading", { name: "Forgot your password" }).waitFor();
  const before = await mark(ada.email);
  await page.getByLabel("Email").fill(ada.email);
  await page.getByRole("button", { name: "Mail me a code" }).click();
  ada.code = await codeFor(ada.email, before);
  ada.password = "eleven slow barges under fog";
  await page.getByLabel("Code from the mail").fill(ada.code);
  await page.getByLabel("New password", { exact: true }).fill(ada.password);
  await picture("reset the password");
  await page.getByRole("button", { name: "Set the new password" }).click();
  await page.getByRole("heading", { name: "Your password is changed" }).waitFor();
  await ada.typePassword(page);
  await ada.isIn(page);
});
