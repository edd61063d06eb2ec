// The page of the plan by itself: each standing in plain words, on what the API may answer. What
// Stripe makes of it is in billing.test.mjs.

import assert from "node:assert/strict";

import { ORIGIN } from "./harness/instance.mjs";
import { story } from "./harness/story.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const ANSWER = `${ORIGIN}/v1/billing/subscription`;

const FREE = {
  plan: "free", status: null, entitlements: { connections: { used: 1, limit: 2 } }, price: null,
  current_period_end: null, cancel_at: null, trial_end: null, grace_ends_at: null, offers: ["monthly", "yearly"],
};
const PLUS = {
  ...FREE, plan: "plus", status: "active", entitlements: { connections: { used: 3, limit: null } },
  price: { offer: "monthly", amount: 500, currency: "USD", interval: "month", interval_count: 1 }, current_period_end: "2027-03-09T12:00:00Z",
};

/** What is shown for an answer: texts that are there, and the buttons. */
const STANDINGS = [
  { name: "free", answer: FREE, texts: ["with room for 2 banks", "1 of 2"], buttons: ["Subscribe monthly", "Subscribe yearly"] },
  { name: "no payments", answer: { ...FREE, offers: [], entitlements: { connections: { used: 1, limit: null } } }, texts: ["Everything is free here"], buttons: [] },
  { name: "plus", answer: PLUS, texts: ["$5.00 a month", "Renews", "March 9, 2027"], buttons: ["Change or cancel"] },
  { name: "trial", answer: { ...PLUS, status: "trialing", trial_end: "2027-03-09T12:00:00Z" }, texts: ["Until March 9, 2027", "First payment"], buttons: ["Change or cancel"] },
  { name: "trial that ends", answer: { ...PLUS, status: "trialing", trial_end: "2027-03-09T12:00:00Z", cancel_at: "2027-03-09T12:00:00Z" }, texts: ["and is not renewed"], buttons: ["Change or cancel"] },
  { name: "grace over", answer: { ...FREE, status: "past_due", grace_ends_at: "2026-03-09T12:00:00Z" }, texts: ["was not paid in time, so Plus has ended"], buttons: ["Pay, change or cancel"] },
  { name: "unpaid", answer: { ...FREE, status: "unpaid" }, texts: ["was not paid, so Plus has ended"], buttons: ["Pay, change or cancel"] },
  { name: "paused", answer: { ...FREE, status: "paused" }, texts: ["Plus is paused"], buttons: ["Pay, change or cancel"] },
  { name: "incomplete", answer: { ...FREE, status: "incomplete" }, texts: ["nothing has changed"], buttons: ["Subscribe monthly", "Subscribe yearly"] },
  { name: "expired", answer: { ...FREE, status: "incomplete_expired" }, texts: ["1 of 2"], buttons: ["Subscribe monthly", "Subscribe yearly"] },
  { name: "canceled", answer: { ...FREE, status: "canceled" }, texts: ["Has ended"], buttons: ["Subscribe monthly", "Subscribe yearly", "Past invoices"] },
  { name: "a new word", answer: { ...FREE, status: "other" }, texts: ["in a way that is new to Balance"], buttons: ["Change or cancel"] },
  { name: "yen for a quarter", answer: { ...PLUS, price: { ...PLUS.price, amount: 1200, currency: "JPY", interval_count: 3 } }, texts: ["¥1,200 every 3 months"], buttons: ["Change or cancel"] },
  { name: "a currency that Stripe counts in its own way", answer: { ...PLUS, price: { ...PLUS.price, amount: 90000, currency: "ISK" } }, texts: [/900[.,]00/], buttons: ["Change or cancel"] },
];

/** The API answers this from now on; how often it was asked. */
async function answers(page, answer) {
  const asked = { times: 0 };
  await page.unroute(ANSWER);
  await page.route(ANSWER, (route) => {
    asked.times += 1;
    return route.fulfill({ json: answer });
  });
  return asked;
}

story("each standing is told in plain words, on a phone", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  for (const { name, answer, texts, buttons } of STANDINGS) {
    await answers(page, answer);
    await ada.opensPlan(page);
    const main = page.getByRole("main");
    for (const text of texts) await main.getByText(text).first().waitFor();
    assert.deepEqual(await main.getByRole("button").allTextContents(), buttons, name);
    await main.getByText("Whatever your plan, you can always read what is here").waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${name}: ${wide} pixels`);
    await picture(`phone plan ${name}`);
    await page.getByRole("link", { name: "Home" }).click();
    await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
  }
}, PHONE);

story("a payment that is not confirmed is asked for a while, and then no more", async ({ page, ada }) => {
  await ada.arrives(page);
  const asked = await answers(page, FREE);
  await page.clock.install();
  await page.goto("/#/billing?checkout=done");
  await page.getByText("Your payment is being confirmed").first().waitFor();
  const late = page.getByText("do not pay again").first();
  // Longer than any pause: each step brings at most one look.
  while (!(await late.isVisible())) await page.clock.runFor(40_000);
  assert.equal(asked.times, 9);
  await page.clock.runFor(600_000);
  assert.equal(asked.times, 9);
  await answers(page, PLUS);
  await page.getByRole("button", { name: "Look again" }).click();
  await page.getByText("It is confirmed").first().waitFor();
});

story("a change on Stripe’s page that is heard of late is shown without asking", async ({ page, ada }) => {
  await ada.arrives(page);
  await answers(page, PLUS);
  await page.clock.install();
  await ada.opensPlan(page);
  await page.getByText("Renews").waitFor();
  const asked = await answers(page, { ...PLUS, cancel_at: PLUS.current_period_end });
  const again = page.waitForResponse(ANSWER);
  await page.clock.runFor(1_000);
  await again;
  await page.getByText("and is not renewed").waitFor();
  await page.clock.runFor(600_000);
  assert.equal(asked.times, 1);
});

story("why one came is not lost over a sign-in", async ({ page, ada }) => {
  await ada.exists();
  await page.goto("/#/billing?checkout=left");
  await page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
  await page.getByLabel("Email").fill(ada.email);
  await page.getByLabel("Password", { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("Nothing was charged").first().waitFor();
  assert.equal(new URL(page.url()).hash, "#/billing");
});

story("an address that is no safe page is not gone to", async ({ page, ada, witness }) => {
  await ada.arrives(page);
  await answers(page, FREE);
  await ada.opensPlan(page);
  const addresses = ["javascript:document.title='ran'", "data:text/html,ran", "http://checkout.stripe.example/c/pay/1", "/elsewhere", "http://127.0.0.1.stripe.example/"];
  for (const url of addresses) {
    await page.route(`${ORIGIN}/v1/billing/checkout`, (route) => route.fulfill({ status: 201, json: { url } }));
    await page.getByRole("button", { name: "Subscribe monthly" }).click();
    await page.getByRole("alert").filter({ hasText: "not a safe one" }).waitFor();
    await page.getByRole("button", { name: "Subscribe yearly" }).waitFor();
    assert.equal(new URL(page.url()).hash, "#/billing", url);
  }
  assert.equal(await page.title(), "Your plan · Balance");
  assert.equal(witness.to("/elsewhere").length, 0);
});

story("who subscribed on another device meanwhile is shown the plan", async ({ page, ada }) => {
  await ada.arrives(page);
  await answers(page, FREE);
  await ada.opensPlan(page);
  const problem = { type: "https://balance.example/problems/already-subscribed", title: "There is a subscription already", status: 409 };
  await page.route(`${ORIGIN}/v1/billing/checkout`, (route) => route.fulfill({ status: 409, contentType: "application/problem+json", json: problem }));
  await answers(page, PLUS);
  await page.getByRole("button", { name: "Subscribe monthly" }).click();
  await page.getByRole("button", { name: "Change or cancel" }).waitFor();
});
