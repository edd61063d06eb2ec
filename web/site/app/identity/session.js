// Who is signed in, as far as this page knows. The session itself is a cookie that no script
// can read; this is a copy of what `GET /v1/me` said.

import { get } from "../api/request.js";

let user;
const listeners = new Set();

/** The person, asked for once; null where nobody is signed in. */
export async function whoAmI() {
  if (user === undefined) await refresh();
  return user;
}

/** Asks again: after a change of the account. */
export async function refresh() {
  try {
    user = await get("/v1/me");
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    user = null;
  }
  listeners.forEach((tell) => tell(user));
  return user;
}

/** After signing in, whoever it is. */
export async function signedIn() {
  user = undefined;
  return whoAmI();
}

/** After signing out; `why` is told where the session ended by itself while it was in use. */
export function sessionEnded(why) {
  const wasIn = Boolean(user);
  user = null;
  listeners.forEach((tell) => tell(null, wasIn ? why : undefined));
}

/** Calls back with the person, or null, whenever someone comes or goes. */
export function onChange(tell) {
  listeners.add(tell);
}
