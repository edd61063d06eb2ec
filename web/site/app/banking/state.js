// How a bank connection is, in plain words and with dates: what `GET /v1/items` says, as sentences.

import { dateName, momentName } from "../page/dates.js";
import { element } from "../page/dom.js";

const LABELS = { preparing: "On its way", needs_reauth: "Sign in again", failing: "Not answering", needs_relink: "Connect again" };

export const bankName = ({ institution }) => institution.name ?? "Your bank";

/** Whether going through the bank's sign-in again would mend something. */
export const isRepairable = ({ status, warnings }) => status === "needs_reauth" || (status !== "needs_relink" && warnings.length > 0);

/** Beside the bank's name; null where all is well. */
export function stateTag({ status }) {
  if (status === "good") return null;
  return element("span", { class: `tag ${status === "preparing" ? "" : "problem"}` }, LABELS[status] ?? status);
}

/** What there is to know: what is wrong, since when, what happens next, what is coming. */
export function stateNotes({ status, message, failing_since: since, next_try_at: next, last_synced_at: synced, warnings }) {
  const isWrong = status !== "good" && status !== "preparing";
  const times = [
    since && `Since ${momentName(since)}.`,
    next && `The next try is on ${momentName(next)}.`,
    isWrong && synced && `What is shown is of ${momentName(synced)}.`,
  ].filter(Boolean).join(" ");
  return [
    status !== "good" && element("p", { class: isWrong ? "notice warning" : "small" }, message, times && ` ${times}`),
    warnings.map((warning) => element("p", { class: "notice warning" }, warningText(warning))),
  ].flat();
}

/** The reader's own way to write the date; without one, the API's own words. */
function warningText({ kind, at, message }) {
  if (!at || Number.isNaN(Date.parse(at))) return message;
  switch (kind) {
    case "disconnects":
      return `Your bank ends this connection on ${dateName(at)}. Reconnect it before, and nothing is missed.`;
    case "consent_expires":
      return `Your consent at the bank ends on ${dateName(at)}. Reconnect to renew it.`;
    default:
      return message;
  }
}
