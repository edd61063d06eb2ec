// An address that leads nowhere.

import { element } from "../page/dom.js";

export default function lost() {
  return element("div", { class: "narrow" }, element("h1", {}, "There is nothing here"),
    element("p", {}, element("a", { href: "#/" }, "Back to the start")));
}
