// How far the deletion of an account has come. The receipt that asks is in memory only.

import { get } from "../api/request.js";
import { momentName } from "../page/dates.js";
import { element, fill } from "../page/dom.js";
import { Problem } from "../api/problem.js";

/** How often to ask, in milliseconds. */
const AGAIN = 2000;

let receipt = null;

/** What `DELETE /v1/me` answered with. */
export const remember = (erasure) => {
  receipt = erasure;
};

export default function erasure() {
  const screen = element("div", { class: "narrow" });
  if (!receipt) return fill(screen, element("h1", {}, "Nothing is being deleted from here"), element("p", {}, element("a", { href: "#/" }, "Back to the start")));
  const state = element("div", { class: "stack", role: "status" }, element("p", {}, "It has begun."));
  fill(screen,
    element("h1", {}, "Your account is deleted"),
    element("p", { class: "lead" }, "The keys to your data are destroyed, so nobody can read it any more. What is left is cleared away now."),
    state,
    element("p", { class: "small quiet" }, "Receipt: ", element("code", {}, receipt.id)));
  follow(screen, state);
  return screen;
}

async function follow(screen, state) {
  try {
    const now = await get(`/v1/erasures/${receipt.id}`, { bearer: receipt.token });
    fill(state, progress(now));
    if (now.status === "erased") return;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    // It goes on without us; ask again.
  }
  setTimeout(() => screen.isConnected && follow(screen, state), AGAIN);
}

function progress({ status, steps, completed_at: completed }) {
  return [
    element("ol", { class: "steps" }, steps.map(({ name, done_at: done }) =>
      element("li", { class: done && "done" }, element("span", {}, words(name),
        element("span", { class: "quiet small" }, done ? `, done ${momentName(done)}` : ", under way"))))),
    element("p", {}, status === "erased" ? element("strong", {}, `Everything is erased${completed ? ` (${momentName(completed)})` : ""}.`) : "This page follows it."),
  ];
}

function words(name) {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
