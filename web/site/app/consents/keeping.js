// A consent that was signed: taking it back, and keeping the proof of it.

import { get, post } from "../api/request.js";
import { announce } from "../page/announce.js";
import { confirmed } from "../page/dialog.js";
import { element } from "../page/dom.js";
import { actionButton, alertBox } from "../page/form.js";
import { download } from "../page/secret.js";
import { go } from "../router.js";
import { isGranted, placeOf } from "./words.js";

/** What can be done with one that was granted once. */
export function keeping(consent) {
  const { id } = consent;
  const alert = alertBox();
  const takeBack = async () => {
    const text = "Nobody sees anything by it from their next command on. What was shown before stays seen, and is in the list of who looked.";
    if (!(await confirmed({ title: "Take it back?", text, yes: "Take it back" }))) return;
    await post(`/v1/me/consents/${id}/revoke`);
    await go(placeOf(id));
    announce("You have taken it back.");
  };
  const save = async () => {
    download(await get(`/v1/me/consents/${id}/proof`, { as: "blob" }), `balance-consent-${id}.json`);
  };
  return element("section", { class: "stack tight", "aria-label": "What you can do" }, alert,
    element("div", { class: "row" },
      isGranted(consent) && actionButton({ label: "Take it back", act: takeBack, alert, class: "button danger" }),
      actionButton({ label: "Save the proof", act: save, alert, class: "button plain" })),
    element("p", { class: "hint" }, "The proof has the text, your key’s signature and the entry of the public log. ",
      element("code", {}, "docs/audit/verify.py consent FILE"), " in the source of Balance checks it without us."));
}

/** The text that was signed. */
export const signedText = ({ text }) => element("details", {},
  element("summary", {}, "The text that your key signed"), element("pre", { class: "canonical" }, text));
