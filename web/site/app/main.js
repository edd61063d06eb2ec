// The client: which screens there are, and the frame around them.

import { Problem } from "./api/problem.js";
import { remove } from "./api/request.js";
import { onChange, sessionEnded } from "./identity/session.js";
import { announce } from "./page/announce.js";
import { element, fill } from "./page/dom.js";
import { enableSkipLink } from "./page/skip.js";
import { current, go, screen, start } from "./router.js";
import { addEntrance } from "./screens/entrance.js";
import { SECTIONS as MONEY } from "./screens/money/sections.js";
import { SECTIONS as SETTINGS } from "./screens/settings/sections.js";

const open = { open: true };
screen("", "", () => import("./screens/start.js"), open);
addEntrance();
screen("erasure", "Your account is being deleted", () => import("./screens/erasure.js"), open);
screen("banks", "Your banks", () => import("./screens/banks.js"));
screen("banks/connect", "Connect a bank", () => import("./screens/connect.js"));
screen("banks/reconnect", "Reconnect a bank", () => import("./screens/reconnect.js"));
screen("billing", "Your plan", () => import("./screens/billing.js"));
for (const { name, title, load } of [...MONEY, ...SETTINGS]) screen(name, title, load);

const LINKS = {
  in: [["", "Home"], ["money", "Money"], ["banks", "Banks"], ["billing", "Plan"], ["settings", "Settings"]],
  out: [["sign-in", "Sign in"], ["sign-up", "Create an account"]],
};

let user = null;

onChange((now, why) => {
  user = now;
  frame();
  if (why) {
    announce(why);
    go("sign-in");
  }
});
addEventListener("screen", frame);

/** The links and the banner, as they are to be for whoever is here. */
function frame() {
  const links = (user ? LINKS.in : LINKS.out).map(([name, label]) => {
    const here = name === "" ? current() === "" : current().split("/")[0] === name;
    return element("a", { href: `#/${name}`, "aria-current": here && "page" }, label);
  });
  fill(document.getElementById("nav"), links,
    user && element("button", { type: "button", onclick: signOut }, "Sign out"));
  fill(document.getElementById("banner"), user?.password?.exposed && current() !== "settings/password" && exposed(user.password));
}

function exposed({ exposed_count: count }) {
  const times = count ? ` (found ${count.toLocaleString()} times)` : "";
  return element("div", { class: "notice warning", role: "status" },
    `Your password has turned up in a known data leak${times}. `, element("a", { href: "#/settings/password" }, "Change it now"));
}

async function signOut() {
  try {
    await remove("/v1/sessions/current");
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    announce(problem.sentence());
    return;
  }
  sessionEnded();
  announce("You are signed out.");
  go("");
}

enableSkipLink();
start();
