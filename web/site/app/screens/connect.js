// Connecting a bank. The person signs in at Plaid's own page, never here: Balance sees no banking
// password, and this page loads nobody else's script.

import { post } from "../api/request.js";
import { showLink } from "../banking/link-page.js";
import { withinPlan } from "../billing/limit.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox, codeField, form } from "../page/form.js";
import { go } from "../router.js";

/** How often to look whether the bank is there, in milliseconds. */
const LOOK = 3_000;

export default function connect() {
  const screen = element("div", { class: "narrow" });
  const alert = alertBox();
  const act = () => withinPlan(async () => {
    const link = await post("/v1/link-tokens", { hosted: true });
    if (link.hosted_link_url) awaitBank(screen, link);
    else showLink(screen, link, tokenForm());
  });
  return fill(screen,
    element("h1", {}, "Connect a bank"),
    element("p", { class: "lead" }, "You sign in to your bank at Plaid, who connects us. Your banking password never reaches Balance."),
    element("ul", { class: "stack tight" },
      element("li", {}, "Balance asks for your accounts and transactions, and for investments and loans where your bank has them."),
      element("li", {}, "It asks for nothing that could move money. A connection that comes with more is removed at once."),
      element("li", {}, "You can disconnect at any time; what was read is then deleted.")),
    alert,
    element("div", { class: "row" }, actionButton({ label: "Go on", act, alert }),
      element("a", { class: "button plain", href: "#/" }, "Not now")));
}

/** Asks what came of Plaid's page until the bank is there. */
function awaitBank(screen, link) {
  const alert = alertBox();
  const look = async () => {
    if (!screen.isConnected) return;
    try {
      await withinPlan(async () => {
        if (!(await isConnected(link))) setTimeout(look, LOOK);
        else if (screen.isConnected) go("");
      });
    } catch (problem) {
      fill(alert, problem.sentence());
    }
  };
  showLink(screen, link, alert);
  setTimeout(look, LOOK);
}

async function isConnected({ hosted_link: ticket }) {
  try {
    return Boolean(await post("/v1/items", { hosted_link: ticket }));
  } catch (problem) {
    if (problem.slug === "link-pending") return false;
    throw problem;
  }
}

/** Where there is no hosted page: someone who plays the part of Plaid Link types what it gave. */
function tokenForm() {
  const token = codeField({ name: "public_token", label: "Public token from your bank", autocomplete: "off", missing: "the public token", autofocus: true });
  const send = (values) => withinPlan(async () => {
    await post("/v1/items", values, { once: true });
    go("");
  });
  return form({ fields: [token], submit: "Connect", send });
}
