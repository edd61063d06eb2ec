// What a terminal asks for (RFC 8252, RFC 7636): it comes behind the `#` of the address, which no
// server sees, is taken out of it at once, and is in memory only.

import { REASON_TYPES } from "../access-log/words.js";

/** `{ codeChallenge, port, state, reasonType, reason, ticket }`; null where nothing, or nothing right, was asked. */
let asked = null;

/** Takes it out of the address, where there is anything of the kind. */
export function takeAsked() {
  const fragment = location.hash.slice(1);
  if (!fragment.includes("=") || fragment.startsWith("/")) return;
  history.replaceState(null, "", location.pathname);
  asked = read(new URLSearchParams(fragment));
}

export const askedFor = () => asked;

/** Once it has been answered. */
export const forgetAsked = () => {
  asked = null;
};

/** Nothing but what the terminal is known to send. */
function read(parameters) {
  const one = (name) => (parameters.getAll(name).length === 1 ? parameters.get(name) : "");
  const found = {
    codeChallenge: one("code_challenge"), port: one("port"), state: one("state"),
    reasonType: one("reason_type"), reason: one("reason"), ticket: one("ticket"),
  };
  const isRight = /^[\w-]{43}$/.test(found.codeChallenge)
    && /^[1-9]\d{3,4}$/.test(found.port) && Number(found.port) >= 1024 && Number(found.port) <= 65_535
    && /^[\w.~-]{8,200}$/.test(found.state)
    && REASON_TYPES.includes(found.reasonType)
    && isSentence(found.reason)
    && /^[\x20-\x7e]{1,64}$/.test(found.ticket) && found.ticket.trim() !== "";
  return isRight ? found : null;
}

/** 1 to 500 characters, none of which hides or turns others round. */
function isSentence(text) {
  const length = [...text].length;
  return text.trim() !== "" && length <= 500 && !/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]/u.test(text);
}
