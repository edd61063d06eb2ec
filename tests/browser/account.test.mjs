// The account is the person's: name, password, email, sessions, tokens.

import assert from "node:assert/strict";

import { ORIGIN } from "./harness/instance.mjs";
import { codeFor, mark } from "./harness/mailbox.mjs";
import { story } from "./harness/story.mjs";

story("a name is changed", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.opens(page, "Profile");
  await page.getByLabel("What to call you").fill("Countess Ada");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("status").filter({ hasText: "Saved." }).waitFor({ state: "attached" });
  await picture("settings");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  await page.getByRole("heading", { name: "Hello, Countess Ada" }).waitFor();
});

story("a password is changed, but not to a leaked one", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.opens(page, "Password");
  const fresh = page.getByLabel("New password", { exact: true });
  await fresh.fill("correct horse battery staple");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("found 432 times").first().waitFor();
  const next = "nine patient otters by the weir";
  await fresh.fill(next);
  await page.getByRole("button", { name: "Change the password" }).click();
  await ada.confirmsByPassword(page);
  await page.getByText("Your password is changed.").waitFor();
  await picture("password changed");
  ada.password = next;
  await ada.signOut(page);
  await ada.typePassword(page);
  await ada.isIn(page);
});

story("an email is changed with a code from each address", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.opens(page, "Email");
  const next = ada.email.replace("ada-", "ada.new-");
  const before = await mark(ada.email);
  await page.getByLabel("New email").fill(next);
  await page.getByRole("button", { name: "Mail the codes" }).click();
  await ada.confirmsByPassword(page);
  await page.getByLabel(`Code sent to ${ada.email}`).fill(await codeFor(ada.email, before));
  await page.getByLabel(`Code sent to ${next}`).fill(await codeFor(next));
  await picture("email change");
  await page.getByRole("button", { name: "Change the email" }).click();
  await page.getByText(`You sign in as ${next} from now on.`).waitFor();
  ada.email = next;
  await ada.signOut(page);
  await ada.typePassword(page);
  await ada.isIn(page);
});

story("another session is ended from here", async ({ page, context, ada, picture }) => {
  await ada.arrives(page);
  const other = await context.browser().newContext({ baseURL: ORIGIN, locale: "en-US" });
  const there = await other.newPage();
  await ada.typePassword(there);
  await ada.isIn(there);
  await ada.opens(page, "Where you are signed in");
  await picture("sessions");
  const others = page.getByRole("button", { name: /^Sign out the session/ });
  const areLeft = (count) =>
    page.waitForFunction((wanted) => document.querySelectorAll("main .actions button").length === wanted, count);
  // One is the sign-up's own.
  await areLeft(2);
  for (const left of [1, 0]) {
    await others.first().click();
    await areLeft(left);
  }
  await there.reload();
  await there.getByRole("heading", { name: "Your money, in one quiet place." }).waitFor();
  await other.close();
});

story("signing out everywhere ends this session too", async ({ page, ada }) => {
  await ada.arrives(page);
  await ada.opens(page, "Where you are signed in");
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto("/");
  await page.getByRole("heading", { name: "Your money, in one quiet place." }).waitFor();
});

story("an API token is made, shown once, does what it may, and is ended", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.opens(page, "API tokens");
  await page.getByLabel("What is it for?").fill("Spreadsheet");
  await page.getByRole("button", { name: "Make the token" }).click();
  await page.getByText("Choose at least one.").waitFor();
  await page.getByLabel("Read transactions").check();
  await page.getByRole("button", { name: "Make the token" }).click();
  await ada.confirmsByPassword(page);
  const token = await page.locator(".secret code").textContent();
  assert.match(token, /^bal_/);
  await picture("api token");
  const asks = (path) => fetch(ORIGIN + path, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await asks("/v1/transactions")).status, 200);
  assert.equal((await asks("/v1/accounts")).status, 403);
  await page.reload();
  await page.getByRole("listitem").filter({ hasText: "Spreadsheet" }).waitFor();
  assert.equal(await page.getByText(token).count(), 0);
  await page.getByRole("button", { name: "End Spreadsheet" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
  await page.getByRole("listitem").filter({ hasText: "Spreadsheet" }).waitFor({ state: "detached" });
  assert.equal((await asks("/v1/transactions")).status, 401);
});
