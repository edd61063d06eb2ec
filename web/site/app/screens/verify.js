// The code from the mail, together with the password of that sign-up: whoever has only one of
// the two gets no account.

import { post } from "../api/request.js";
import { signedIn } from "../identity/session.js";
import { forget, waitingSignUp } from "../identity/waiting.js";
import { element } from "../page/dom.js";
import { codeField, form, passwordField } from "../page/form.js";
import { go } from "../router.js";

export default function verify() {
  const waiting = waitingSignUp();
  const code = codeField({ name: "token", autofocus: true });
  const password = passwordField({ label: "The password you chose" });
  const send = async ({ token, password: typed }) => {
    await post("/v1/email-verifications", { token, password: waiting?.password ?? typed });
    forget();
    await signedIn();
    go("");
  };
  const sent = waiting
    ? ["We have sent a code to ", element("strong", {}, waiting.email), ". It is good for 24 hours."]
    : "Enter the code that we mailed to you, with the password you chose.";
  return element("div", { class: "narrow" },
    element("h1", {}, "Look into your mail"),
    element("p", { class: "lead" }, sent),
    form({ fields: waiting ? [code] : [code, password], submit: "Open my account", send }),
    element("p", { class: "small" }, "No mail? Look among the unwanted ones, or ", element("a", { href: "#/sign-up" }, "start again"), "."));
}
