// The sections of the settings.

import { besideMenu } from "../../page/menu.js";

export const SECTIONS = [
  { name: "settings", title: "Profile", load: () => import("./profile.js") },
  { name: "settings/password", title: "Password", load: () => import("./password.js") },
  { name: "settings/email", title: "Email", load: () => import("./email.js") },
  { name: "settings/keys", title: "Security keys", load: () => import("./keys.js") },
  { name: "settings/authenticator", title: "Authenticator app", load: () => import("./authenticator.js") },
  { name: "settings/recovery", title: "Recovery codes", load: () => import("./recovery.js") },
  { name: "settings/sessions", title: "Where you are signed in", load: () => import("./sessions.js") },
  { name: "settings/tokens", title: "API tokens", load: () => import("./tokens.js") },
  { name: "settings/consents", title: "Consents", load: () => import("./consents.js") },
  { name: "settings/access-log", title: "Who looked", load: () => import("./access-log.js") },
  { name: "settings/data", title: "Your data", load: () => import("./data.js") },
];

/** A section's content beside the menu. */
export const section = (title, ...content) => besideMenu(SECTIONS, "Settings", title, ...content);
