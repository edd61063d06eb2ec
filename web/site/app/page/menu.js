// A screen's sections: one module each, the same menu beside all of them.

import { current } from "../router.js";
import { element } from "./dom.js";

/** A section's content beside the menu of `sections`, which is called `label`. */
export function besideMenu(sections, label, title, ...content) {
  return element("div", { class: "sections" },
    element("nav", { class: "sections-nav", "aria-label": label },
      element("ul", {}, sections.map(({ name, title: text }) =>
        element("li", {}, element("a", { href: `#/${name}`, "aria-current": name === current() && "page" }, text))))),
    element("div", { class: "stack" }, element("h1", {}, title), ...content));
}
