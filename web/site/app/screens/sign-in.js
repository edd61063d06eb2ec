// Sign-in: a password and, where one is enrolled, a second factor; or a passkey alone.

import { post } from "../api/request.js";
import { assert, isSupported } from "../identity/passkey.js";
import { proofs } from "../identity/proofs.js";
import { signedIn } from "../identity/session.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox, emailField, form, passwordField } from "../page/form.js";
import { address, current, go } from "../router.js";

export default function signIn() {
  const screen = element("div", { class: "narrow" });
  const send = async (credentials) => {
    const reply = await post("/v1/sessions", credentials);
    if (reply.status === "second_factor_required") secondFactor(screen, credentials, reply);
    else await enter();
  };
  const alert = alertBox();
  const act = async () => {
    const { challenge, options } = await post("/v1/passkey-challenges", { purpose: "sign_in" });
    await post("/v1/sessions/passkey", { challenge, credential: await assert(options) });
    await enter();
  };
  return fill(screen,
    element("h1", {}, "Sign in"),
    form({ fields: [emailField({ autocomplete: "username", autofocus: true }), passwordField()], submit: "Sign in", send }),
    isSupported() && [
      element("div", { class: "or" }, "or"),
      alert,
      actionButton({ label: "Sign in with a passkey", act, alert, class: "button plain" }),
    ],
    element("p", { class: "row apart" },
      element("a", { href: "#/forgot" }, "Forgot your password?"),
      element("a", { href: "#/sign-up" }, "Create an account")));
}

function secondFactor(screen, credentials, first) {
  let asked = first;
  const prove = async (proof) => {
    try {
      await post("/v1/sessions/second-factor", { challenge: asked.challenge, ...proof });
    } catch (problem) {
      // A challenge is good for one try.
      if (problem.status === 401) asked = await post("/v1/sessions", credentials);
      throw problem;
    }
    await enter();
  };
  fill(screen,
    element("h1", { tabindex: "-1" }, "One more step"),
    element("p", { class: "lead" }, "Your password is right. Now something only you have."),
    proofs({ methods: asked.methods, options: () => asked.options, prove, label: "Sign in" }),
    element("p", {}, element("a", { href: "#/sign-in", onclick: () => go("sign-in") }, "Start again")));
  (screen.querySelector("[autofocus]") ?? screen.querySelector("h1")).focus();
}

/** On to where the person wanted to go. */
async function enter() {
  await signedIn();
  go(current() === "sign-in" ? "" : address());
}
