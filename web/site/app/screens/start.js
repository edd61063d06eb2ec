// The first screen: what Balance is, or, for whoever is signed in, how things are.

import { element } from "../page/dom.js";
import home from "./home.js";

const ASSURANCES = [
  ["Read-only", "Balance can look at your accounts. It has no way to move money."],
  ["Sealed", "What your bank tells us is encrypted with a key that the database does not hold."],
  ["Yours", "No trackers, no third-party requests, nothing sold. Take it all with you, or delete it."],
];

export default function start({ user }) {
  return user ? home({ user }) : welcome();
}

function welcome() {
  return element("div", { class: "welcome" },
    element("h1", {}, "Your money, in one quiet place."),
    element("p", { class: "lead" }, "See every account and every transaction together. Not for advertisers, not for whoever steals a database: for you."),
    element("div", { class: "row" },
      element("a", { class: "button", href: "#/sign-up" }, "Create an account"),
      element("a", { class: "button plain", href: "#/sign-in" }, "Sign in")),
    element("ul", { class: "assurances" }, ASSURANCES.map(([title, text]) =>
      element("li", {}, element("strong", {}, title), element("span", { class: "quiet" }, text)))),
    element("p", { class: "small" }, element("a", { href: "/security" }, "How each of these is proven")));
}
