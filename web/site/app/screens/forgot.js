// A forgotten password: a code by mail, a new password. It takes no second factor away, and signs
// nobody in.

import { post } from "../api/request.js";
import { BESIDE_A_FACTOR, explainPassword, newPasswordField } from "../identity/new-password.js";
import { element, fill } from "../page/dom.js";
import { codeField, emailField, form } from "../page/form.js";

export default function forgot() {
  const screen = element("div", { class: "narrow" });
  const send = async ({ email }) => {
    await post("/v1/password-resets", { email });
    reset(screen);
  };
  return fill(screen,
    element("h1", {}, "Forgot your password"),
    element("p", { class: "lead" }, "We mail you a code with which you can set another. Your security keys stay as they are."),
    form({ fields: [emailField({ autofocus: true })], submit: "Mail me a code", send }),
    element("p", {}, element("a", { href: "#/sign-in" }, "Back to sign in")));
}

function reset(screen) {
  const send = async ({ token, password }) => {
    await post("/v1/password-resets/confirm", { token, password });
    fill(screen,
      element("h1", { tabindex: "-1" }, "Your password is changed"),
      element("p", { class: "lead" }, "You were signed out everywhere, and every API token has ended."),
      element("div", { class: "row" }, element("a", { class: "button", href: "#/sign-in" }, "Sign in")));
    screen.querySelector("h1").focus();
  };
  // The service knows whether there is a second factor; this page must not.
  const password = newPasswordField({
    label: "New password", least: BESIDE_A_FACTOR,
    hint: "At least 15 characters, or 8 if you sign in with a second factor.",
  });
  fill(screen,
    element("h1", { tabindex: "-1" }, "Look into your mail"),
    element("p", { class: "lead" }, "If there is an account with that address, a code is on its way to it."),
    form({ fields: [codeField({ name: "token", autofocus: true }), password], submit: "Set the new password", send, explain: explainPassword }));
  screen.querySelector("[autofocus]").focus();
}
