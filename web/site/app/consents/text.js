// The text that a key is to sign, held to two things before the key is asked: that the challenge is
// SHA-256 of exactly this text, so that nothing else is signed; and that the text asks for what was
// said of it in plain words (crates/consent has its format).

import { Problem } from "../api/problem.js";

const HEADER = "balance-consent/v1";

/** Refuses where `text`, as it is shown, is not what `options` have signed, or says other things than `consent`. */
export async function check(text, options, consent) {
  if ((await challengeOf(text)) !== options.challenge?.replace(/=+$/, "")) {
    throw refusal("What the key was to sign is not the text above, so your key was not asked. Do not try again: tell us.");
  }
  if (!says(text, consent)) {
    throw refusal("The text asks for something else than what is said above it, so your key was not asked. Do not try again: tell us.");
  }
}

const refusal = (title) => new Problem({ type: "/consent-differs", title });

/** SHA-256 of its UTF-8, in base64url. */
async function challengeOf(text) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...digest)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Whether it says of whom, of what, for what, how long and how often what the consent does. */
function says(text, { id, operator, purpose, resources, fields, hours, uses }) {
  const [header, ...lines] = text.split("\n");
  const all = (name) => lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const isOne = (name, value) => same(all(name), [String(value)]);
  const [expires, issued] = [all("expires"), all("issued")].map(Number);
  return header === HEADER
    && isOne("consent", id) && isOne("operator", operator.id) && isOne("purpose", purpose) && isOne("uses", uses)
    && same(all("resource"), resources) && same(all("field"), fields)
    && expires - issued <= hours * 3600;
}

/** The same ones, in whatever order. */
const same = (some, others) => some.length === others.length && others.every((one) => some.includes(one));
