// What to call the person, and what else is known of the account.

import { patch } from "../../api/request.js";
import { refresh } from "../../identity/session.js";
import { announce } from "../../page/announce.js";
import { momentName } from "../../page/dates.js";
import { element } from "../../page/dom.js";
import { field, form } from "../../page/form.js";
import { go } from "../../router.js";
import { section } from "./sections.js";

export default function profile({ user }) {
  const name = field({ name: "name", label: "What to call you", optional: true, autocomplete: "name", autocapitalize: "words", maxlength: "100", value: user.name ?? "" });
  const send = async ({ name: called }) => {
    await patch("/v1/me", { name: called.trim() || null });
    await refresh();
    await go("settings");
    announce("Saved.");
  };
  return section("Profile",
    element("dl", { class: "facts" },
      element("dt", {}, "Email"), element("dd", {}, user.email),
      element("dt", {}, "Member since"), element("dd", {}, momentName(user.created_at)),
      element("dt", {}, "Password"), element("dd", {}, leaks(user.password)),
      element("dt", {}, "Second factor"), element("dd", {}, factors(user.second_factor))),
    form({ fields: [name], submit: "Save", send }));
}

function leaks({ exposed, exposed_count: count, checked_at: checked }) {
  if (exposed) return `In known leaks${count ? `, ${count.toLocaleString()} times` : ""}: change it`;
  return checked ? `In no known leak (looked up ${momentName(checked)})` : "Not looked up yet";
}

function factors(found) {
  if (!found?.enrolled) return "None yet";
  const parts = [
    found.passkeys > 0 && `${found.passkeys} security ${found.passkeys === 1 ? "key" : "keys"}`,
    found.totp && "authenticator app",
    found.recovery_codes > 0 && `${found.recovery_codes} recovery codes`,
  ];
  return parts.filter(Boolean).join(", ");
}
