// Deciding about a consent: the person chooses a key, reads the very text that it signs, and signs
// or declines. What the key signs is the text on the page and nothing else (./text.js).

import { Problem } from "../api/problem.js";
import { post } from "../api/request.js";
import { assert, isSupported } from "../identity/passkey.js";
import { announce } from "../page/announce.js";
import { momentName } from "../page/dates.js";
import { element, fill, freshId } from "../page/dom.js";
import { actionButton, alertBox, form } from "../page/form.js";
import { go } from "../router.js";
import { check } from "./text.js";
import { placeOf } from "./words.js";

/** The section for a requested consent. `keys` are all of hers. */
export function deciding(consent, keys) {
  // A consent is signed by a key that makes sure who holds it.
  const able = keys.filter((key) => key.user_verified);
  const holder = element("section", { class: "card", "aria-label": "Your decision" });
  if (able.length === 0 || !isSupported()) return fill(holder, withoutKey(keys), declining(consent));
  choose(holder, consent, able);
  return holder;
}

function withoutKey(keys) {
  if (!isSupported()) return element("p", { class: "notice" }, "This browser can’t use security keys, and a consent is signed with one. Open this page in another browser, or decline.");
  return element("p", { class: "notice" },
    keys.length > 0 ? "A consent needs a key that checks your face, finger or PIN, and yours do not: " : "A consent needs a security key or passkey to sign it, and you have none: ",
    element("a", { href: "#/settings/keys" }, "add one"), ". Without one nobody can look; you can also decline.");
}

/** First which key; `refused` says why a try before came to nothing. */
function choose(holder, consent, keys, refused) {
  const send = async ({ passkey }) => {
    const opening = await post(`/v1/me/consents/${consent.id}/openings`, { passkey });
    read(holder, consent, keys, opening);
  };
  fill(holder,
    element("h2", { tabindex: "-1" }, "Read and decide"),
    refused && element("div", { class: "alert", role: "alert" }, refused),
    element("p", {}, "Your key signs a text that says all of this exactly. You read it first; you then have five minutes to sign it."),
    form({ fields: [keyField(keys)], submit: "Show the text", send }),
    declining(consent));
}

function keyField(keys) {
  const id = freshId("passkey");
  const input = element("select", { id }, keys.map((key) => element("option", { value: key.id }, key.name)));
  const node = element("div", { class: "field" }, element("label", { for: id }, "The key that signs"), input);
  return { name: "passkey", input, node, value: () => input.value };
}

/** Then the text. */
function read(holder, consent, keys, { challenge, text, options, expires_at: expires }) {
  const shown = element("pre", { class: "canonical" }, text);
  const alert = alertBox();
  const again = (sentence) => {
    choose(holder, consent, keys, sentence);
    holder.querySelector("h2").focus();
  };
  const sign = async () => {
    await check(shown.textContent, options, consent);
    const credential = await assert(options);
    try {
      await post(`/v1/me/consents/${consent.id}/grant`, { challenge, credential });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // A text is good for one try.
      again(problem.sentence());
      return;
    }
    await go(placeOf(consent.id));
    announce("You have signed it.");
  };
  fill(holder,
    element("h2", { tabindex: "-1" }, "This is what your key signs"),
    element("p", { class: "quiet" }, `All of it, and nothing else. Sign it until ${momentName(expires)}, or leave it.`),
    shown, alert,
    element("div", { class: "row" },
      actionButton({ label: "Sign with your key", act: sign, alert }),
      declineButton(consent, alert)));
  holder.querySelector("h2").focus();
}

function declining(consent) {
  const alert = alertBox();
  return element("div", { class: "stack tight" }, alert, element("div", { class: "row" }, declineButton(consent, alert)));
}

function declineButton(consent, alert) {
  const act = async () => {
    await post(`/v1/me/consents/${consent.id}/decline`);
    await go(placeOf(consent.id));
    announce("You have declined.");
  };
  return actionButton({ label: "Decline", act, alert, class: "button danger" });
}
