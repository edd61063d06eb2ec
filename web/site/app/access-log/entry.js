// An entry of the access log: what happened, and the proof that the public log says so.

import { fieldText, hrefOf, isConsentId, operatorText } from "../consents/words.js";
import { momentName } from "../page/dates.js";
import { element } from "../page/dom.js";
import { copyButton } from "../page/secret.js";
import { deedText, reasonText, reviewText } from "./words.js";

/** `head` is the size and the root that the proof leads to. */
export function entryCard(entry, head) {
  const { index, at, event, reviewed } = entry;
  const known = [
    ["When", element("time", { datetime: at }, momentName(at))],
    event.operator && ["Who", [operatorText(event.operator), element("code", { class: "kind small quiet" }, event.operator.id)]],
    event.reason && ["Why", reasonText(event)],
    event.ticket && ["Ticket", event.ticket],
    event.purpose && ["Purpose", event.purpose],
    event.event === "command" && ["Shown", shown(event.fields ?? [])],
    isConsentId(event.consent) && ["Consent", element("a", { href: hrefOf(event.consent) }, "the consent")],
    reviewed && ["Review", reviewText(reviewed)],
    ["Leaf", String(index)],
  ].filter(Boolean);
  return element("li", { class: "card" },
    element("h2", {}, deedText(entry)),
    element("dl", { class: "facts" }, known.map(([term, text]) => [element("dt", {}, term), element("dd", {}, text)])),
    proof(entry, head));
}

function shown(fields) {
  if (fields.length === 0) return "Nothing that is hidden without your consent";
  return element("ul", { class: "lines" }, fields.map((field) => element("li", {}, fieldText(field))));
}

function proof(entry, head) {
  const { leaf, salt, body, inclusion } = entry.proof;
  // As verify.py reads it: a reply with this entry alone.
  const whole = JSON.stringify({ data: [entry], next_cursor: null, ...head }, null, 2);
  const known = [
    ["The leaf, as everybody sees it", element("pre", { class: "canonical" }, leaf)],
    ["The salt", element("code", {}, salt)],
    ["What it commits to", element("pre", { class: "canonical" }, body)],
    ["From the leaf to the root", inclusion === null
      ? "No signed checkpoint has it yet; within a minute one does."
      : inclusion.length === 0 ? "It is the only leaf." : element("ol", { class: "lines" }, inclusion.map((hash) => element("li", {}, element("code", {}, hash))))],
    ["The log", `${head.size} leaves, root ${head.root}`],
  ];
  return element("details", {},
    element("summary", {}, "Proof ", element("span", { class: "unseen" }, `of leaf ${entry.index}`)),
    element("div", { class: "stack" },
      element("dl", { class: "stack tight" }, known.map(([term, text]) => [element("dt", { class: "small quiet" }, term), element("dd", { class: "bare" }, text)])),
      element("div", { class: "row" }, copyButton(whole, "Copy the proof"))));
}
