// The ways to prove who one is, for the second step of signing in and for a step-up: one at a
// time, the strongest first, the others a button away.

import { Problem } from "../api/problem.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox, codeField, form, passwordField } from "../page/form.js";
import { assert } from "./passkey.js";

const NAMES = {
  passkey: "Use a security key or passkey",
  totp: "Use your authenticator app",
  recovery_code: "Use a recovery code",
  password: "Use your password",
};

/**
 * The forms for `methods`. `prove(proof)` sends one and throws the API's problem;
 * `options()` gives the WebAuthn options of the present challenge.
 */
export function proofs({ methods, options, prove, label = "Go on" }) {
  const known = Object.keys(NAMES).filter((method) => methods.includes(method));
  const holder = element("div", { class: "stack" });
  const show = (method, focus) => {
    const others = known.filter((other) => other !== method);
    fill(holder, FORMS[method]({ options, prove, label }), others.length > 0 && element("div", { class: "stack tight" },
      others.map((other) => element("button", { type: "button", class: "button plain", onclick: () => show(other, true) }, NAMES[other]))));
    if (focus) holder.querySelector("input, button").focus();
  };
  show(known[0], false);
  return holder;
}

const FORMS = {
  passkey({ options, prove }) {
    const alert = alertBox();
    const act = async () => {
      const credential = await assert(options());
      await prove({ credential });
    };
    return element("div", { class: "stack" }, alert,
      element("p", {}, "Have your key ready, or the device that you unlock with your face, finger or PIN."),
      actionButton({ label: NAMES.passkey, act, alert, autofocus: true }));
  },
  totp: ({ prove, label }) => code({
    field: codeField({ name: "totp", label: "Six digits from your authenticator app", inputmode: "numeric", maxlength: "6", autofocus: true }),
    label, prove,
  }),
  recovery_code: ({ prove, label }) => code({
    field: codeField({ name: "recovery_code", label: "One of your recovery codes", autocomplete: "off", hint: "Each works once.", autofocus: true }),
    label, prove,
  }),
  password: ({ prove, label }) => code({ field: passwordField({ autofocus: true }), label, prove }),
};

function code({ field, label, prove }) {
  return form({ fields: [field], submit: label, send: prove, explain: refused });
}

function refused(problem) {
  const isRefusal = problem instanceof Problem && ["second-factor-refused", "invalid-credentials"].includes(problem.slug);
  return isRefusal ? "That was not right. Try again." : undefined;
}
