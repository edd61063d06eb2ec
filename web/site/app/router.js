// Screens by the part of the address after `#/`, which is never sent to a server. No screen has
// a token, a code or an email in its address; a query after the name says at most why one is here,
// or which consent it is about.

import { Problem } from "./api/problem.js";
import { whoAmI } from "./identity/session.js";
import { element, fill } from "./page/dom.js";

const screens = new Map();
let shown = 0;

/** Adds a screen. `load()` imports its module, whose default export makes it of the person. */
export function screen(name, title, load, { open = false } = {}) {
  screens.set(name, { name, title, load, open });
}

/** Goes to a screen, and to it again where it is shown already. */
export function go(wanted) {
  if (address() === wanted) return show({ moved: true });
  location.hash = `#/${wanted}`;
  return undefined;
}

/** The screen in the address: its name, and a query where it has one. */
export const address = () => (location.hash.startsWith("#/") ? location.hash.slice(2) : "");

/** Its name alone. */
export const current = () => address().split("?", 1)[0];

/** Takes the query out of the address, once it has been answered. */
export const forgetQuery = () => history.replaceState(null, "", `#/${current()}`);

/** Shows what the address says, now and whenever it changes. */
export function start() {
  addEventListener("hashchange", () => {
    if (location.hash.startsWith("#/") || location.hash === "") show({ moved: true });
  });
  // Brought back as it was left for another site's page: what it shows may be old.
  addEventListener("pageshow", ({ persisted }) => persisted && show({ moved: false }));
  return show({ moved: false });
}

async function show({ moved }) {
  shown += 1;
  const turn = shown;
  const main = document.getElementById("main");
  const name = current();
  const query = new URLSearchParams(address().slice(name.length));
  try {
    const user = await whoAmI();
    const found = screens.get(name) ?? screens.get("lost");
    const wanted = found.open || user ? found : screens.get("sign-in");
    const { default: make } = await wanted.load();
    const made = await make({ user, name, query });
    if (turn !== shown) return;
    document.title = wanted.title ? `${wanted.title} · Balance` : "Balance";
    fill(main, made);
  } catch (problem) {
    if (turn !== shown) return;
    // A session that ended meanwhile brings up the sign-in.
    if (problem.slug === "unauthenticated") return;
    fill(main, failure(problem));
    if (!(problem instanceof Problem)) throw problem;
  }
  dispatchEvent(new CustomEvent("screen", { detail: name }));
  if (moved) arrive(main);
}

/** A new screen begins at its heading, for eyes and for screen readers. */
function arrive(main) {
  scrollTo(0, 0);
  if (main.querySelector("[autofocus]")) return main.querySelector("[autofocus]").focus();
  const heading = main.querySelector("h1") ?? main;
  heading.tabIndex = -1;
  return heading.focus({ preventScroll: true });
}

function failure(problem) {
  const sentence = problem instanceof Problem ? problem.sentence() : "Something went wrong in this page.";
  return element("div", { class: "narrow" }, element("h1", {}, "That did not work"),
    element("p", { role: "alert" }, sentence),
    element("div", { class: "row" }, element("button", { type: "button", class: "button", onclick: () => show({ moved: true }) }, "Try again")));
}
