// The screens of whoever is not in yet, the same on each page that needs somebody.

import { screen } from "../router.js";

/** Adds them. */
export function addEntrance() {
  const open = { open: true };
  screen("sign-up", "Create an account", () => import("./sign-up.js"), open);
  screen("verify", "Enter the code", () => import("./verify.js"), open);
  screen("sign-in", "Sign in", () => import("./sign-in.js"), open);
  screen("forgot", "Forgot your password", () => import("./forgot.js"), open);
  screen("lost", "Not here", () => import("./lost.js"), open);
}
