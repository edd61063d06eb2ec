// Another password. Every other session and every API token ends with the old one.

import { put } from "../../api/request.js";
import { ALONE, BESIDE_A_FACTOR, explainPassword, newPasswordField } from "../../identity/new-password.js";
import { refresh } from "../../identity/session.js";
import { element, fill } from "../../page/dom.js";
import { form } from "../../page/form.js";
import { section } from "./sections.js";

export default function password({ user }) {
  const done = element("div", { role: "status" });
  const least = user.second_factor?.enrolled ? BESIDE_A_FACTOR : ALONE;
  const fresh = newPasswordField({ label: "New password", least });
  const send = async (values) => {
    await put("/v1/me/password", values, { reason: "change your password" });
    await refresh();
    fresh.input.value = "";
    fresh.input.dispatchEvent(new Event("input"));
    fill(done, element("p", { class: "notice" }, "Your password is changed. Other sessions and API tokens have ended."));
  };
  return section("Password",
    user.password.exposed && element("p", { class: "notice warning" }, "Your password has turned up in a known data leak. Choose another."),
    element("p", { class: "quiet" }, "You stay signed in here. Everywhere else you are signed out, and API tokens end."),
    done,
    form({ fields: [fresh], submit: "Change the password", send, explain: explainPassword }));
}
