// The person's data is theirs: take all of it along, or have it erased.

import { get, remove } from "../../api/request.js";
import { sessionEnded } from "../../identity/session.js";
import { element } from "../../page/dom.js";
import { actionButton, alertBox, emailField, form } from "../../page/form.js";
import { download } from "../../page/secret.js";
import { go } from "../../router.js";
import { remember } from "../erasure.js";
import { section } from "./sections.js";

const FORMATS = [
  ["json", "Download as JSON", "balance-export.json"],
  ["csv", "Download as CSV (zip)", "balance-export.zip"],
];

export default function data({ user }) {
  const alert = alertBox();
  const exportAs = (format, name) => async () => {
    const blob = await get(`/v1/me/export?format=${format}`, { as: "blob", reason: "export your data" });
    download(blob, name);
  };
  return section("Your data",
    element("section", { class: "stack" }, element("h2", {}, "Take it with you"),
      element("p", {}, "Everything that Balance holds about you, complete and readable."),
      alert,
      element("div", { class: "row" }, FORMATS.map(([format, label, name]) =>
        actionButton({ label, act: exportAs(format, name), alert, class: "button plain" })))),
    element("section", { class: "stack" }, element("h2", {}, "Delete the account"),
      element("p", {}, "The keys to your data are destroyed at once, bank connections and a paid plan end, and the rest is cleared away. Nobody can bring it back, we neither."),
      erase(user)));
}

function erase(user) {
  const typed = emailField({
    label: "Type your email to confirm", autocomplete: "off",
    check: (value) => (value.trim().toLowerCase() === user.email.toLowerCase() ? "" : "This is not the email of this account."),
  });
  const send = async () => {
    remember(await remove("/v1/me", { reason: "delete your account and everything in it" }));
    sessionEnded();
    go("erasure");
  };
  return form({ fields: [typed], submit: "Delete my account", look: "button danger", send });
}
