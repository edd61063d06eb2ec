// An authenticator app (TOTP, RFC 6238): a fallback beside security keys.

import { post, remove } from "../../api/request.js";
import { refresh } from "../../identity/session.js";
import { element, fill } from "../../page/dom.js";
import { confirmed } from "../../page/dialog.js";
import { actionButton, alertBox, codeField, form } from "../../page/form.js";
import { secretBox } from "../../page/secret.js";
import { go } from "../../router.js";
import { section } from "./sections.js";

const HERE = "settings/authenticator";

export default function authenticator({ user }) {
  const alert = alertBox();
  const holder = element("div", { class: "stack" });
  const begin = async () => {
    const made = await post("/v1/me/totp", {}, { reason: "add an authenticator app" });
    confirm(holder, made);
  };
  const drop = async () => {
    const text = "Its codes are not asked for any more.";
    if (!(await confirmed({ title: "Remove the authenticator app?", text, yes: "Remove" }))) return;
    await remove("/v1/me/totp", { reason: "remove the authenticator app" });
    await changed();
  };
  fill(holder, element("div", { class: "row" }, user.second_factor.totp
    ? actionButton({ label: "Remove the app", act: drop, alert, class: "button danger" })
    : actionButton({ label: "Set up an app", act: begin, alert })));
  return section("Authenticator app",
    element("p", { class: "quiet" }, "An app that shows six digits can stand in when no key is at hand. A security key is stronger: it can’t be talked out of you by a false page."),
    element("p", {}, user.second_factor.totp ? "An app is set up." : "No app is set up."),
    alert, holder);
}

function confirm(holder, { secret, uri, challenge }) {
  const code = codeField({ name: "code", label: "Six digits from the app", inputmode: "numeric", maxlength: "6", missing: "the six digits" });
  const send = async (values) => {
    await post("/v1/me/totp/confirm", { challenge, ...values });
    await changed();
  };
  fill(holder,
    element("p", { tabindex: "-1" }, "Enter this secret in your app by hand, or give it the address below. It is shown this once."),
    secretBox("Secret", secret), secretBox("Address for the app", uri),
    form({ fields: [code], submit: "Check and switch on", send }));
  holder.firstChild.focus();
}

async function changed() {
  await refresh();
  await go(HERE);
}
