// Sign-up. The account begins only once the mailed code comes back with this password.

import { post } from "../api/request.js";
import { explainPassword, newPasswordField } from "../identity/new-password.js";
import { remember } from "../identity/waiting.js";
import { element } from "../page/dom.js";
import { emailField, field, form } from "../page/form.js";
import { go } from "../router.js";

export default function signUp() {
  const name = field({ name: "name", label: "What to call you (optional)", optional: true, autocomplete: "name", autocapitalize: "words", maxlength: "100" });
  const send = async ({ email, password, name: called }) => {
    await post("/v1/users", { email, password, ...(called.trim() && { name: called.trim() }) }, { once: true });
    remember(email, password);
    go("verify");
  };
  return element("div", { class: "narrow" },
    element("h1", {}, "Create an account"),
    form({ fields: [name, emailField(), newPasswordField()], submit: "Go on", send, explain: explainPassword }),
    element("p", { class: "hint" },
      "Your browser checks the password against known leaks before it is sent. Only five characters of its hash leave."),
    element("p", {}, "Have an account? ", element("a", { href: "#/sign-in" }, "Sign in")));
}
