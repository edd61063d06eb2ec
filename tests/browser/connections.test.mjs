// How a connection fares, in plain words, and all that can be done with it.

import assert from "node:assert/strict";

import { ORIGIN } from "./harness/instance.mjs";
import { accountBecomes, becomes, fails, itemOf, opensAccount, tells } from "./harness/bank.mjs";
import { story } from "./harness/story.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

const BANK = "First Platypus Bank";

/** As the stories' reader has a day. */
const dayOf = (time) => new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "Europe/Berlin" }).format(new Date(time));

const card = (page, bank = BANK) => page.getByRole("region", { name: bank });
const presses = (page, name) => page.getByRole("button", { name, exact: true }).click();
/** An account with its balance. */
const account = (page, name) => card(page).locator("ul.listing").first().getByRole("listitem").filter({ hasText: name });

/** Arrives with a bank, and goes to it; what Plaid calls the connection. */
async function arrivesAtBank(page, ada, drafts = {}) {
  await ada.arrives(page);
  const item = await ada.connectsBank(page, { transactions: 60, ...drafts });
  await ada.opensBanks(page);
  return item;
}

/** Opens the screen anew until something of it is there: what webhooks bring takes a moment. */
async function comes(page, ada, locator) {
  for (let tries = 0; tries < 20 && !(await locator.isVisible()); tries += 1) {
    await page.reload();
    await page.getByRole("heading", { name: "Your banks" }).waitFor();
  }
  await locator.waitFor();
}

const GOOD = {
  id: `item_${"0".repeat(32)}`, institution: { id: "ins_109508", name: BANK }, status: "good", message: "Everything works.", warnings: [],
  last_synced_at: "2027-03-09T12:00:00Z", failing_since: null, next_try_at: null, created_at: "2027-01-01T12:00:00Z",
};

/** What is shown for an answer: texts that are there, and whether the bank is to be reconnected, or accounts chosen. */
const STATES = [
  { name: "good", answer: GOOD, texts: [], offered: "Choose accounts" },
  { name: "preparing", answer: { ...GOOD, status: "preparing", message: "They appear by themselves.", last_synced_at: null }, texts: ["On its way", "They appear by themselves."], offered: "Choose accounts" },
  { name: "failing", answer: { ...GOOD, status: "failing", message: "It does not answer.", failing_since: "2027-03-09T13:00:00Z", next_try_at: "2027-03-09T14:00:00Z" }, texts: ["Not answering", /^It does not answer\. Since Mar 9, 2027, 2:00\sPM\. The next try is on Mar 9, 2027, 3:00\sPM\. What is shown is of Mar 9, 2027, 1:00\sPM\.$/], offered: "Choose accounts" },
  { name: "a new sign-in", answer: { ...GOOD, status: "needs_reauth", message: "Sign in anew." }, texts: ["Sign in again", "Sign in anew."], offered: "Reconnect" },
  { name: "broken for good", answer: { ...GOOD, status: "needs_relink", message: "Connect it once more." }, texts: ["Connect again", "Connect it once more."], offered: null },
  { name: "a new word", answer: { ...GOOD, status: "sleeping", message: "It sleeps." }, texts: ["sleeping", "It sleeps."], offered: "Choose accounts" },
  { name: "consent", answer: { ...GOOD, warnings: [{ kind: "consent_expires", at: "2027-04-01T12:00:00Z", message: "…" }] }, texts: ["Your consent at the bank ends on April 1, 2027."], offered: "Reconnect" },
  { name: "two warnings", answer: { ...GOOD, warnings: [{ kind: "disconnects", at: "2027-04-02T12:00:00Z", message: "…" }, { kind: "new_accounts", at: null, message: "There are new accounts." }] }, texts: ["on April 2, 2027.", "There are new accounts."], offered: "Reconnect" },
  { name: "a warning without a good date", answer: { ...GOOD, warnings: [{ kind: "disconnects", at: "soon", message: "The bank leaves soon." }] }, texts: ["The bank leaves soon."], offered: "Reconnect" },
];

story("each state of a connection is told in plain words, on a phone", async ({ page, ada, picture }) => {
  await ada.arrives(page);
  const main = page.getByRole("main");
  for (const { name, answer, texts, offered } of STATES) {
    await page.unroute(`${ORIGIN}/v1/items`);
    await page.route(`${ORIGIN}/v1/items`, (route) => route.fulfill({ json: { data: [answer], next_cursor: null } }));
    await ada.opensBanks(page);
    for (const text of texts) await main.getByText(text).first().waitFor();
    const [offer] = (await main.getByRole("button").allTextContents()).filter((label) => /^(Reconnect|Choose)/.test(label));
    assert.equal(offer ?? null, offered, name);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${name}: ${wide} pixels`);
    await picture(`phone bank ${name}`);
    await page.getByRole("link", { name: "Money" }).click();
    await page.getByRole("heading", { name: "Cash flow" }).waitFor();
  }
}, PHONE);

story("one account is disconnected: the others stay, and it comes back only when it is shared again", async ({ page, ada, picture }) => {
  await arrivesAtBank(page, ada);
  await card(page).getByText("Disconnect one account").click();
  await picture("disconnect one account");
  await presses(page, "Disconnect the account Plaid Checking (0000)");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await account(page, "Plaid Checking").waitFor();
  await presses(page, "Disconnect the account Plaid Checking (0000)");
  await dialog.getByRole("button", { name: "Disconnect" }).click();
  await account(page, "Plaid Checking").waitFor({ state: "detached" });
  await account(page, "Plaid Saving").waitFor();
  await presses(page, `Refresh ${BANK}`);
  await page.getByRole("status").filter({ hasText: "is up to date" }).waitFor({ state: "attached" });
  assert.equal(await account(page, "Plaid Checking").count(), 0);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  await page.locator(".month .listing > li").first().waitFor();
  for (const row of await page.locator(".month .listing > li").all()) assert.doesNotMatch(await row.textContent(), /Plaid Checking$/);
  await ada.opensBanks(page);
  await presses(page, `Choose accounts: ${BANK}`);
  await presses(page, "Go on");
  await ada.goesThroughLink(page);
  await presses(page, "I am done there");
  await page.getByRole("heading", { name: "Your banks" }).waitFor();
  await account(page, "Plaid Checking").waitFor();
});

story("the last account goes with its bank", async ({ page, ada }) => {
  await arrivesAtBank(page, ada, { institution_id: "ins_109510" });
  const [bank, kept] = ["Tattersall Federal Credit Union", /^Disconnect the account/];
  await card(page, bank).getByText("Disconnect one account").click();
  assert.equal(await page.getByRole("button", { name: kept }).count(), 2);
  await page.getByRole("button", { name: kept }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("button", { name: kept }).first().waitFor({ state: "detached" });
  assert.equal(await card(page, bank).getByText("Disconnect one account").count(), 0);
  await card(page, bank).getByRole("button", { name: `Disconnect ${bank}` }).waitFor();
});

story("a warning is shown with its date, and is gone once the connection is repaired", async ({ page, ada, picture }) => {
  const item = await arrivesAtBank(page, ada);
  const { disconnect_time: time } = await tells(item, "PENDING_DISCONNECT");
  const warning = page.getByText(`Your bank ends this connection on ${dayOf(time)}.`);
  await comes(page, ada, warning);
  await picture("bank with a warning");
  await presses(page, `Reconnect: ${BANK}`);
  await page.getByRole("heading", { name: `Reconnect ${BANK}` }).waitFor();
  await presses(page, "Go on");
  await ada.goesThroughLink(page);
  await presses(page, "I am done there");
  await page.getByRole("heading", { name: "Your banks" }).waitFor();
  await account(page, "Plaid Checking").waitFor();
  assert.equal(await warning.count(), 0);
  assert.equal(await page.getByRole("button", { name: `Reconnect: ${BANK}` }).count(), 0);
});

story("new accounts at the bank are offered, and taken in", async ({ page, ada }) => {
  const item = await arrivesAtBank(page, ada);
  await opensAccount(item, { name: "Holiday fund", mask: "4321" });
  await comes(page, ada, page.getByText("Your bank has new accounts"));
  assert.equal(await account(page, "Holiday fund").count(), 0);
  await presses(page, `Reconnect: ${BANK}`);
  await presses(page, "Go on");
  await ada.goesThroughLink(page);
  await presses(page, "I am done there");
  await account(page, "Holiday fund").waitFor();
  assert.equal(await page.getByText("Your bank has new accounts").count(), 0);
});

story("a bank that wants a new sign-in is reconnected, which the page sees by itself", async ({ page, ada, picture }) => {
  const item = await arrivesAtBank(page, ada);
  await becomes(item, { error: "ITEM_LOGIN_REQUIRED" });
  await presses(page, `Refresh ${BANK}`);
  await card(page).getByText("Sign in again", { exact: true }).waitFor();
  await card(page).getByText("Your bank wants you to sign in again").waitFor();
  await picture("bank wants a sign-in");
  await presses(page, `Reconnect: ${BANK}`);
  await presses(page, "Go on");
  await presses(page, "I am done there");
  await page.getByText("Your bank still wants you to sign in.").waitFor();
  await ada.goesThroughLink(page);
  await page.getByRole("heading", { name: "Your banks" }).waitFor();
  await account(page, "Plaid Checking").waitFor();
  assert.equal(await card(page).getByText("Sign in again", { exact: true }).count(), 0);
});

story("a bank that does not answer says so in plain words, since when and until when", async ({ page, ada, picture }) => {
  // Its fault is its institution's, so it is one that no other story reads.
  const bank = "Houndstooth Bank";
  const item = await arrivesAtBank(page, ada, { institution_id: "ins_109512" });
  await fails(item, "/transactions/sync", { error_code: "PLANNED_MAINTENANCE", times: null });
  await presses(page, `Refresh ${bank}`);
  const notice = card(page, bank).getByText("Your bank does not answer at the moment");
  await notice.waitFor();
  await picture("bank not answering");
  const time = "[A-Z][a-z]{2} \\d{1,2}, \\d{4}, \\d{1,2}:\\d\\d\\s[AP]M";
  assert.match(await notice.textContent(), new RegExp(`Since ${time}\\. The next try is on ${time}\\. What is shown is of ${time}\\.`));
  await card(page, bank).getByText("How it is read").click();
  await card(page, bank).getByText("PLANNED_MAINTENANCE").waitFor();
  await picture("bank not answering details");
});

story("balances are asked of the bank at this moment, but not without end", async ({ page, ada, picture }) => {
  const item = await arrivesAtBank(page, ada);
  const { accounts } = await itemOf(item);
  const checking = accounts.find(({ name }) => name === "Plaid Checking");
  await accountBecomes(item, checking.account_id, { current: 4321.09, available: 4300 });
  await presses(page, `Balances now at ${BANK}`);
  await account(page, "Plaid Checking").filter({ hasText: "$4,321.09" }).filter({ hasText: "$4,300.00 available" }).waitFor();
  await picture("balances now");
  const refused = card(page).getByText(/^Too many tries\. Wait \d+ (seconds|minutes)/);
  for (let presses = 0; presses < 6 && !(await refused.isVisible()); presses += 1) {
    const answered = page.waitForResponse((response) => response.url().endsWith("/balances"));
    await page.getByRole("button", { name: `Balances now at ${BANK}` }).click();
    await answered;
  }
  await refused.waitFor();
});

story("the details tell how each kind of data fares, and the key to the bank is replaced", async ({ page, ada, picture }) => {
  const item = await arrivesAtBank(page, ada);
  await card(page).getByText("How it is read").click();
  for (const product of ["Transactions", "Investments", "Debts", "Recurring payments"]) {
    const fact = card(page).locator("dt").getByText(product, { exact: true }).locator("xpath=following-sibling::dd[1]");
    await fact.filter({ hasText: "Up to date as of the last success." }).waitFor();
  }
  await picture("bank details");
  const before = (await itemOf(item)).access_token;
  await presses(page, `Replace the key to ${BANK}`);
  await page.getByRole("dialog").getByRole("button", { name: "Replace it" }).click();
  await card(page).getByText("The key is replaced.").waitFor();
  assert.notEqual((await itemOf(item)).access_token, before);
  await presses(page, `Refresh ${BANK}`);
  await page.getByRole("status").filter({ hasText: "is up to date" }).waitFor({ state: "attached" });
});
