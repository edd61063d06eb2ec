// The plan: its limit, Stripe's pages and the way back from them.

import assert from "node:assert/strict";

import { ORIGIN, STRIPE } from "./harness/instance.mjs";
import { story } from "./harness/story.mjs";
import { DAY, DECLINED, FAILS_LATER, PAYS, idOf, keepBack, passTime, pays, truth } from "./harness/stripe.mjs";

/** Banks of which no two are the same. */
const BANKS = ["ins_109508", "ins_109509", "ins_109510"];

/** A story with pages of Stripe's in it. */
function storyWithStripe(name, tell) {
  story(name, (told) => {
    told.witness.visits(STRIPE);
    return tell(told);
  });
}

/** Seconds since 1970 as the stories' reader has a day. */
const dayOf = (seconds) => new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "Europe/Berlin" }).format(seconds * 1000);

/** A fact of the plan. */
const fact = (page, term) => page.locator("dt").getByText(term, { exact: true }).locator("xpath=following-sibling::dd[1]");

/** Arrives with a plan that is paid for; who that is at Stripe. */
async function arrivesWithPlus(page, ada) {
  await ada.arrives(page);
  const user = await idOf(page);
  await ada.opensPlan(page);
  await page.getByRole("button", { name: "Subscribe monthly" }).click();
  await pays(page, PAYS);
  await page.getByText("It is confirmed").first().waitFor();
  const { customer } = await truth({ user });
  return customer;
}

/** Presses a button for the portal, does something there and returns. */
async function atThePortal(page, button, act) {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("heading", { name: "Billing" }).waitFor();
  await act();
  await page.getByRole("link", { name: "Return to Balance" }).click();
  await page.getByRole("heading", { name: "Your plan" }).waitFor();
}

story("who meets the limit of the free plan is led to the plan, and told why", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  await ada.opensPlan(page);
  await picture("plan free");
  const [, limit] = /^0 of ([123])$/.exec(await fact(page, "Banks").textContent()) ?? [];
  assert.ok(limit, "a small FREE_CONNECTIONS");
  for (const bank of BANKS.slice(0, limit)) await ada.connectsBank(page, { institution_id: bank, transactions: 20 });
  await page.getByRole("link", { name: "Connect another bank" }).click();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "Your plan" }).waitFor();
  await page.getByText(`you have connected ${limit}. Subscribe to connect another`).first().waitFor();
  assert.equal(await fact(page, "Banks").textContent(), `${limit} of ${limit}`);
  await picture("plan limit met");
  // What is hers stays in reach.
  await page.getByRole("link", { name: "take it with you or delete it" }).click();
  await page.getByRole("heading", { name: "Your data" }).waitFor();
});

storyWithStripe("a plan is paid for on Stripe’s page and confirmed on ours, which has no card", async ({ page, ada, picture }) => {
  const sent = [];
  page.on("request", (request) => request.url().startsWith(ORIGIN) && sent.push(`${request.url()} ${request.postData()}`));
  await ada.arrives(page);
  const user = await idOf(page);
  await ada.opensPlan(page);
  const leaving = page.waitForRequest((request) => request.url().startsWith(STRIPE));
  await page.getByRole("button", { name: "Subscribe yearly" }).click();
  const { referer, cookie } = await (await leaving).allHeaders();
  assert.deepEqual([referer, cookie], [undefined, undefined]);
  await page.getByRole("heading", { name: "Checkout" }).waitFor();
  const { customer } = await truth({ user });
  assert.deepEqual([customer.email, customer.name], [null, null]);
  const deliver = await keepBack(customer);
  await pays(page, PAYS);
  await page.getByText("Your payment is being confirmed").first().waitFor();
  assert.equal(await fact(page, "Plan").textContent(), "Free");
  // Nobody is asked to pay twice.
  assert.equal(await page.getByRole("button", { name: /^Subscribe/ }).count(), 0);
  await picture("plan being confirmed");
  await deliver();
  await page.getByText("It is confirmed").first().waitFor();
  assert.equal(await fact(page, "Plan").textContent(), "Plus");
  assert.equal(await fact(page, "Price").textContent(), "$50.00 a year");
  const { subscriptions } = await truth({ user });
  assert.equal(await fact(page, "Renews").textContent(), dayOf(subscriptions[0].items.data[0].current_period_end));
  assert.equal(new URL(page.url()).hash, "#/billing");
  await picture("plan plus");
  assert.deepEqual(sent.filter((text) => /4242|stripe\.example/.test(text)), []);
});

storyWithStripe("a declined card is told on Stripe’s page, and nothing changes", async ({ page, ada }) => {
  await ada.arrives(page);
  const user = await idOf(page);
  await ada.opensPlan(page);
  await page.getByRole("button", { name: "Subscribe monthly" }).click();
  await pays(page, DECLINED);
  await page.getByRole("alert").filter({ hasText: "Your card was declined." }).waitFor();
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByText("Nothing was charged").first().waitFor();
  assert.equal(await fact(page, "Plan").textContent(), "Free");
  assert.deepEqual((await truth({ user })).subscriptions, []);
});

storyWithStripe("who goes back from Stripe’s page has nothing, and may begin again", async ({ page, ada }) => {
  await ada.arrives(page);
  const user = await idOf(page);
  await ada.opensPlan(page);
  await page.getByRole("button", { name: "Subscribe monthly" }).click();
  await page.getByRole("heading", { name: "Checkout" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Your plan" }).waitFor();
  assert.equal(await fact(page, "Plan").textContent(), "Free");
  assert.deepEqual((await truth({ user })).subscriptions, []);
  await page.getByRole("button", { name: "Subscribe monthly" }).click();
  await pays(page, PAYS);
  await page.getByText("It is confirmed").first().waitFor();
  assert.equal((await truth({ user })).subscriptions.length, 1);
});

storyWithStripe("a plan that is cancelled in the portal shows when it ends, until that is taken back", async ({ page, ada, picture }) => {
  const { id: customer } = await arrivesWithPlus(page, ada);
  const { subscriptions: [before] } = await truth({ customer });
  const end = dayOf(before.items.data[0].current_period_end);
  await atThePortal(page, "Change or cancel", () => page.getByRole("button", { name: "Cancel subscription" }).click());
  await fact(page, "Ends").getByText(`${end}, and is not renewed`).waitFor();
  assert.equal(await fact(page, "Plan").textContent(), "Plus");
  await picture("plan ends");
  await atThePortal(page, "Change or cancel", () => page.getByRole("button", { name: "Don’t cancel" }).click());
  await fact(page, "Renews").getByText(end).waitFor();
});

storyWithStripe("a renewal that fails shows the grace, and another card puts it right", async ({ page, ada, picture }) => {
  const customer = await arrivesWithPlus(page, ada);
  await passTime(customer, 31 * DAY, FAILS_LATER);
  const { subscriptions: [owing] } = await truth({ customer: customer.id });
  assert.equal(owing.status, "past_due");
  const grace = dayOf(owing.items.data[0].current_period_start + 14 * DAY);
  await page.reload();
  await page.getByText(`You keep Plus until ${grace}`).waitFor();
  assert.equal(await fact(page, "Plan").textContent(), "Plus");
  await picture("plan past due");
  await atThePortal(page, "Pay, change or cancel", async () => {
    await page.getByLabel("Card number").fill(PAYS);
    await page.getByRole("button", { name: "Save card" }).click();
  });
  await fact(page, "Renews").waitFor();
  assert.equal(await page.getByText("You keep Plus until").count(), 0);
});

storyWithStripe("a deleted account has no subscription left at Stripe", async ({ page, ada }) => {
  const { id: customer } = await arrivesWithPlus(page, ada);
  await ada.opens(page, "Your data");
  await page.getByLabel("Type your email to confirm").fill(ada.email);
  await page.getByRole("button", { name: "Delete my account" }).click();
  await ada.confirmsByPassword(page);
  await page.getByText("Everything is erased").waitFor({ timeout: 90_000 });
  const left = await truth({ customer });
  assert.equal(left.customer, null);
  assert.deepEqual(left.subscriptions.map(({ status }) => status), ["canceled"]);
});
