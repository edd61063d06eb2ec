// A new password: its length as it is typed, and whether it has leaked before it is sent. The
// policy is the service's (NIST SP 800-63B-4): length and leaks count, composition does not.

import { element } from "../page/dom.js";
import { passwordField } from "../page/form.js";
import { timesLeaked } from "./leaks.js";

/** As the only factor, and where a second one is always asked for. */
export const ALONE = 15;
export const BESIDE_A_FACTOR = 8;
const MOST_BYTES = 1024;

/** The field. `least` is how many characters it takes. */
export function newPasswordField({ label = "Password", least = ALONE, ...more } = {}) {
  const bar = element("progress", { max: least, value: 0, "aria-hidden": "true" });
  const verdict = element("p", { class: "hint verdict", "aria-live": "polite" }, advice(least));
  const meter = element("div", { class: "stack tight" }, bar, verdict);
  const leaks = new Map();
  const made = passwordField({
    label, autocomplete: "new-password", missing: "a password",
    check: async (value) => tooShort(value, least) || tooLong(value) || leaked(await count(value, leaks)),
    ...more,
  });
  const show = (state, sentence) => {
    meter.className = `stack tight ${state}`;
    verdict.textContent = sentence;
  };
  made.input.addEventListener("input", () => {
    const length = characters(made.input.value);
    bar.value = Math.min(length, least);
    if (length === 0) show("", advice(least));
    else if (length < least) show("", `${length} of ${least} characters`);
    else show("good", `${length} characters: long enough`);
  });
  // Once it is typed, before it is sent.
  made.input.addEventListener("change", async () => {
    const value = made.input.value;
    if (tooShort(value, least)) return;
    const found = await count(value, leaks);
    if (made.input.value !== value) return;
    if (found > 0) show("bad", `In known leaks, ${times(found)}`);
    else if (found === 0) show("good", `${characters(value)} characters, and in no known leak`);
  });
  made.input.closest(".field").querySelector(".error").before(meter);
  return made;
}

/** What the API's refusal of a password means. */
export function explainPassword(problem) {
  const count = problem.members.exposed_count;
  return problem.slug === "password-exposed" && count ? leaked(count) : undefined;
}

const characters = (text) => [...text.normalize("NFC")].length;

const advice = (least) => `At least ${least} characters, of any kind. A few words you can remember do well.`;

function tooShort(value, least) {
  const length = characters(value);
  return length < least ? `This has ${length} of at least ${least} characters.` : "";
}

function tooLong(value) {
  return new TextEncoder().encode(value).length > MOST_BYTES ? "This is longer than a password can be." : "";
}

function leaked(count) {
  if (!count) return "";
  return `This password has leaked: it was found ${times(count)} in known data leaks, so attackers try it first. Choose another.`;
}

const times = (count) => (count === 1 ? "once" : `${count.toLocaleString()} times`);

async function count(value, seen) {
  if (!seen.has(value)) {
    const found = await timesLeaked(value);
    // Not known is not remembered, and no reason to refuse: the service looks again.
    if (found === null) return null;
    seen.clear();
    seen.set(value, found);
  }
  return seen.get(value);
}
