// Stripe: what a person does on its pages, what time does to her subscription, and what is true there.

import { STRIPE, ask } from "./instance.mjs";

/** Cards: one that pays, one that is declined at once, one that can be saved and never charged. */
export const PAYS = "4242 4242 4242 4242";
export const DECLINED = "4000 0000 0000 0002";
export const FAILS_LATER = "4000000000000341";

export const DAY = 86_400;

/** Types a card into Checkout and pays. */
export async function pays(page, card) {
  await page.getByRole("heading", { name: "Checkout" }).waitFor();
  await page.getByLabel("Email").fill("ada@stripe.example");
  await page.getByLabel("Card number").fill(card);
  await page.getByRole("button", { name: "Subscribe" }).click();
}

/** The id of whoever is signed in on a page of ours. */
export async function idOf(page) {
  const { id } = await page.evaluate(() => fetch("/v1/me").then((response) => response.json()));
  return id;
}

/** What Stripe has of a person, or of a customer: `customer`, `subscriptions`. */
export const truth = (of) => ask(`${STRIPE}/_control/truth?${new URLSearchParams(of)}`);

/** A customer's events are kept back; returns how to deliver what happened since. */
export async function keepBack({ id: customer }) {
  await ask(`${STRIPE}/_control/webhooks`, { customer, enabled: false });
  return async () => {
    const { events } = await ask(`${STRIPE}/_control/events?customer=${customer}`);
    await ask(`${STRIPE}/_control/deliver`, { events: events.map(({ id }) => id) });
  };
}

/** A customer's time passes, her subscription being charged to this card. */
export const passTime = ({ id: customer }, seconds, card) => ask(`${STRIPE}/_control/advance`, { customer, seconds, card });
