// Coming in for the first time: the leak check, the code, and what a mistake looks like.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { ORIGIN } from "./harness/instance.mjs";
import { story } from "./harness/story.mjs";

/** In known leaks, so the stand-in has it, 432 times. */
const LEAKED = "correct horse battery staple";

story("a leaked password is found by the browser and never sent", async ({ page, witness, ada, picture }) => {
  await page.goto("/");
  await picture("welcome");
  await page.getByRole("main").getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Email").fill(ada.email);
  await page.getByLabel("Password", { exact: true }).fill(LEAKED);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("found 432 times in known data leaks").first().waitFor();
  await picture("sign up with a leaked password");
  const password = page.getByLabel("Password", { exact: true });
  assert.equal(await password.getAttribute("aria-invalid"), "true");
  assert.deepEqual(witness.to("/v1/users"), []);
  const prefix = createHash("sha1").update(LEAKED).digest("hex").slice(0, 5).toUpperCase();
  const looked = witness.to("/v1/passwords/range/").map(({ url }) => url.split("/").pop());
  assert.deepEqual([...new Set(looked)], [prefix]);
});

story("the service's own refusal of a leaked password is shown with its count", async ({ page, context, ada }) => {
  // The browser's look-up fails, so the password is sent.
  await context.route("**/v1/passwords/range/*", (route) => route.fulfill({ status: 502, body: "" }));
  await page.goto("/#/sign-up");
  await page.getByLabel("Email").fill(ada.email);
  await page.getByLabel("Password", { exact: true }).fill(LEAKED);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("alert").filter({ hasText: "432 times" }).waitFor();
});

story("someone signs up, enters the mailed code and is in", async ({ page, ada, picture }) => {
  await page.goto("/#/sign-up");
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("too short");
  await page.getByText("9 of 15 characters").waitFor();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Enter your email address.").waitFor();
  await page.getByText("This has 9 of at least 15 characters.").waitFor();
  assert.ok(await page.getByLabel("Email").evaluate((input) => input === document.activeElement));
  await ada.signUp(page);
  await picture("enter the code");
  await page.getByLabel("Code from the mail").fill("x".repeat(43));
  await page.getByRole("button", { name: "Open my account" }).click();
  await page.getByRole("alert").filter({ hasText: /\w/ }).waitFor();
  await ada.verify(page);
  await picture("home without a bank");
  await page.reload();
  await ada.isIn(page);
});

story("after a reload the code is taken together with the password", async ({ page, ada }) => {
  await ada.signUp(page);
  await page.reload();
  await page.getByLabel("The password you chose", { exact: true }).fill(ada.password);
  await ada.verify(page);
});

story("nothing is left in the browser but cookies that no script can read", async ({ page, context, ada }) => {
  await ada.signUp(page);
  await ada.verify(page);
  const kept = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
  assert.deepEqual(kept, ["", 0, 0]);
  const cookies = await context.cookies(ORIGIN);
  const session = cookies.find(({ name }) => name === "__Host-balance");
  assert.ok(session.httpOnly && session.secure);
  assert.ok(cookies.every(({ httpOnly }) => httpOnly));
});
