// Someone who uses Balance, by what is on the page: labels, buttons, headings.

import { randomBytes } from "node:crypto";

import { ORIGIN, PLAID, ask } from "./instance.mjs";
import { codeFor } from "./mailbox.mjs";

export class Newcomer {
  constructor() {
    const mark = randomBytes(4).toString("hex");
    this.email = `ada-${mark}@example.com`;
    this.password = `seven quiet herons at dusk ${mark}`;
  }

  /** What must stand in no address. */
  secrets() {
    return [this.email, this.password, this.code].filter(Boolean);
  }

  /** Signs up on the page, up to the code. */
  async signUp(page) {
    await page.goto("/#/sign-up");
    await page.getByLabel("What to call you").fill("Ada");
    await page.getByLabel("Email").fill(this.email);
    await page.getByLabel("Password", { exact: true }).fill(this.password);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  }

  /** Enters the code that came. */
  async verify(page) {
    this.code = await codeFor(this.email);
    await page.getByLabel("Code from the mail").fill(this.code);
    await page.getByRole("button", { name: "Open my account" }).click();
    await this.isIn(page);
  }

  /** Has an account already, made without the pages. */
  async exists() {
    const { email, password } = this;
    await ask(`${ORIGIN}/v1/users`, { email, name: "Ada", password });
    this.code = await codeFor(email);
    await ask(`${ORIGIN}/v1/email-verifications`, { token: this.code, password });
  }

  /** Types email and password. */
  async typePassword(page) {
    await page.goto("/#/sign-in");
    // The screen before may have an email field too.
    await page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
    await page.getByLabel("Email").fill(this.email);
    await page.getByLabel("Password", { exact: true }).fill(this.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  }

  /** With an account and signed in. */
  async arrives(page) {
    await this.exists();
    await this.typePassword(page);
    await this.isIn(page);
  }

  async isIn(page) {
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
  }

  async signOut(page) {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Your money, in one quiet place." }).waitFor();
  }

  /** Goes to a section of the settings by its link. */
  async opens(page, section) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: section, exact: true }).click();
  }

  /** Confirms a sensitive request by password, in the dialog. */
  async confirmsByPassword(page) {
    const dialog = page.getByRole("dialog", { name: "Confirm it’s you" });
    await dialog.getByLabel("Password", { exact: true }).fill(this.password);
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await dialog.waitFor({ state: "detached" });
  }

  /** Confirms it by the key that is plugged in. */
  async confirmsByKey(page) {
    const dialog = page.getByRole("dialog", { name: "Confirm it’s you" });
    await dialog.getByRole("button", { name: "Use a security key or passkey" }).click();
    await dialog.waitFor({ state: "detached" });
  }

  /** Adds the key that is plugged in, confirming by what `confirm` does. */
  async addsKey(page, name, confirm) {
    await this.opens(page, "Security keys");
    await page.getByLabel("A name for the key").fill(name);
    await page.getByRole("button", { name: /^Add a/ }).click();
    await confirm();
    await page.getByRole("listitem").filter({ hasText: name }).waitFor();
  }

  /** Goes to the plan. */
  async opensPlan(page) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Plan" }).click();
    await page.getByRole("heading", { name: "Your plan" }).waitFor();
  }

  /** Connects a bank; what the stand-in of Plaid calls the connection. */
  async connectsBank(page, drafts = {}) {
    await this.opensBanks(page);
    await page.getByRole("main").getByRole("link", { name: "Connect a bank" }).click();
    await page.getByRole("button", { name: "Go on" }).click();
    const item = await this.goesThroughLink(page, drafts);
    await page.getByRole("heading", { name: "Transactions" }).waitFor();
    return item;
  }

  /** Does what a person does on Plaid's page, which is out of reach: the stand-in does it. */
  async goesThroughLink(page, drafts = {}) {
    const address = await page.getByRole("link", { name: "Open Plaid’s page" }).getAttribute("href");
    const { item_id: item } = await ask(`${PLAID}/_control/link`, { link_token: address.split("/").at(-1), ...drafts });
    return item;
  }

  /** Goes to her banks. */
  async opensBanks(page) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Banks" }).click();
    await page.getByRole("heading", { name: "Your banks" }).waitFor();
  }

  /** Goes to a section of the money by its link. */
  async opensMoney(page, section) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Money" }).click();
    await page.getByRole("navigation", { name: "Money" }).getByRole("link", { name: section, exact: true }).click();
    await page.getByRole("heading", { name: section, level: 1 }).waitFor();
  }
}
