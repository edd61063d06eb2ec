// The sections of the settings: one module each, the same menu beside all of them.

import { element } from "../../page/dom.js";
import { current } from "../../router.js";

export const SECTIONS = [
  { name: "settings", title: "Profile", load: () => import("./profile.js") },
  { name: "settings/password", title: "Password", load: () => import("./password.js") },
  { name: "settings/email", title: "Email", load: () => import("./email.js") },
  { name: "settings/keys", title: "Security keys", load: () => import("./keys.js") },
  { name: "settings/authenticator", title: "Authenticator app", load: () => import("./authenticator.js") },
  { name: "settings/recovery", title: "Recovery codes", load: () => import("./recovery.js") },
  { name: "settings/sessions", title: "Where you are signed in", load: () => import("./sessions.js") },
  { name: "settings/tokens", title: "API tokens", load: () => import("./tokens.js") },
  { name: "settings/data", title: "Your data", load: () => import("./data.js") },
];

/** A section's content beside the menu. */
export function section(title, ...content) {
  return element("div", { class: "settings" },
    element("nav", { class: "settings-nav", "aria-label": "Settings" },
      element("ul", {}, SECTIONS.map(({ name, title: label }) =>
        element("li", {}, element("a", { href: `#/${name}`, "aria-current": name === current() && "page" }, label))))),
    element("div", { class: "stack" }, element("h1", {}, title), ...content));
}
