// Another email address: a code to the old one and a code to the new one, so that neither a
// stranger in this session nor a typing error can take the account away.

import { post } from "../../api/request.js";
import { refresh } from "../../identity/session.js";
import { element, fill } from "../../page/dom.js";
import { codeField, emailField, form } from "../../page/form.js";
import { section } from "./sections.js";

export default function email({ user }) {
  const holder = element("div", { class: "stack" });
  const send = async (values) => {
    await post("/v1/me/email-changes", values, { reason: "change your email address" });
    codes(holder, user.email, values.email);
  };
  fill(holder, form({ fields: [emailField({ label: "New email", autocomplete: "email" })], submit: "Mail the codes", send }));
  return section("Email",
    element("p", {}, "You sign in as ", element("strong", {}, user.email), "."), holder);
}

function codes(holder, from, to) {
  const fields = [
    codeField({ name: "current_token", label: `Code sent to ${from}`, autofocus: true }),
    codeField({ name: "new_token", label: `Code sent to ${to}`, autocomplete: "off" }),
  ];
  const send = async (values) => {
    await post("/v1/me/email-changes/confirm", values);
    await refresh();
    fill(holder, element("p", { class: "notice", role: "status", tabindex: "-1" }, `You sign in as ${to} from now on.`));
    holder.firstChild.focus();
  };
  fill(holder, element("p", {}, "We have mailed two codes: one to each address."), form({ fields, submit: "Change the email", send }));
  holder.querySelector("[autofocus]").focus();
}
