// Where Plaid asks the person for her bank: its own page in a tab of its own, so that no banking
// password and no script of others is ever here. Without that page, in development, by hand.

import { element, fill } from "../page/dom.js";
import { secretBox } from "../page/secret.js";

/** Shows the way to Plaid's page, or what stands for it, with `next` below. */
export function showLink(screen, link, next) {
  fill(screen, link.hosted_link_url ? hosted(link) : development(link), next,
    element("div", { class: "row" }, element("a", { class: "button plain", href: "#/banks" }, "Cancel")));
  (screen.querySelector("[autofocus]") ?? screen.querySelector("h1")).focus();
}

function hosted({ hosted_link_url: address }) {
  return [
    element("h1", { tabindex: "-1" }, "Go on at Plaid"),
    element("p", { class: "lead" }, "Come back here afterwards: this page goes on by itself."),
    element("div", { class: "row" },
      element("a", { class: "button", href: address, target: "_blank", rel: "noopener noreferrer" }, "Open Plaid’s page")),
  ];
}

function development({ link_token: token }) {
  return [
    element("h1", { tabindex: "-1" }, "Finish at Plaid Link"),
    element("p", { class: "notice warning" }, element("strong", {}, "Development. "),
      "This instance has no hosted Link page. Give this Link token to Plaid Link, or to the stand-in that plays your part, and go on here."),
    secretBox("Link token", token),
  ];
}
