// The page on which an operator opens the console: what the terminal asks for is taken out of the
// address before anything else happens, and is kept in memory while somebody signs in.

import { takeAsked } from "./console/asked.js";
import { onChange } from "./identity/session.js";
import { announce } from "./page/announce.js";
import { enableSkipLink } from "./page/skip.js";
import { go, screen, start } from "./router.js";
import { addEntrance } from "./screens/entrance.js";

screen("", "Open the console", () => import("./screens/open-console.js"), { open: true });
addEntrance();

takeAsked();
// The terminal may ask again on this very page: the router, who comes after, shows it.
addEventListener("hashchange", takeAsked);

onChange((_, why) => {
  if (!why) return;
  announce(why);
  go("");
});

enableSkipLink();
start();
