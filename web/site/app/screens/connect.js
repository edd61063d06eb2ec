// Connecting a bank. The person signs in at Plaid's own page, never here: Balance sees no banking
// password, and this page loads nobody else's script.

import { post } from "../api/request.js";
import { takeRepair } from "../banking/repair.js";
import { withinPlan } from "../billing/limit.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox, codeField, form } from "../page/form.js";
import { secretBox } from "../page/secret.js";
import { go } from "../router.js";

/** How often to look whether the bank is there, in milliseconds; a repaired one is read from each time. */
const LOOK = 3_000;
const LOOK_AT_REPAIR = 15_000;

export default function connect() {
  const item = takeRepair();
  const screen = element("div", { class: "narrow" });
  const alert = alertBox();
  const act = () => withinPlan(async () => {
    const link = await post("/v1/link-tokens", item ? { item_id: item, hosted: true } : { hosted: true });
    if (link.hosted_link_url) hosted(screen, link, item);
    else development(screen, link, item);
  });
  return fill(screen,
    element("h1", {}, item ? "Reconnect your bank" : "Connect a bank"),
    element("p", { class: "lead" }, "You sign in to your bank at Plaid, who connects us. Your banking password never reaches Balance."),
    element("ul", { class: "stack tight" },
      element("li", {}, "Balance asks for your accounts and transactions, and may later ask for investments and loans."),
      element("li", {}, "It asks for nothing that could move money. A connection that comes with more is removed at once."),
      element("li", {}, "You can disconnect at any time; what was read is then deleted.")),
    alert,
    element("div", { class: "row" }, actionButton({ label: "Go on", act, alert }),
      element("a", { class: "button plain", href: "#/" }, "Not now")));
}

/** Plaid's own page, in a tab of its own; this one asks what came of it. */
function hosted(screen, link, item) {
  const alert = alertBox();
  const pause = item ? LOOK_AT_REPAIR : LOOK;
  const look = async () => {
    if (!screen.isConnected) return;
    try {
      await withinPlan(async () => {
        if (await isDone(link, item)) go("");
        else setTimeout(look, pause);
      });
    } catch (problem) {
      fill(alert, problem.sentence());
    }
  };
  fill(screen, element("h1", { tabindex: "-1" }, "Go on at Plaid"),
    element("p", { class: "lead" }, "Come back here afterwards: your accounts appear by themselves."),
    alert,
    element("div", { class: "row" },
      element("a", { class: "button", href: link.hosted_link_url, target: "_blank", rel: "noopener noreferrer" }, "Open Plaid’s page"),
      element("a", { class: "button plain", href: "#/" }, "Cancel")));
  screen.querySelector("h1").focus();
  setTimeout(look, pause);
}

/** Whether the bank is connected; a repaired one is asked whether it answers again. */
async function isDone(link, item) {
  try {
    if (!item) return Boolean(await post("/v1/items", { hosted_link: link.hosted_link }));
    const { status } = await post(`/v1/items/${item}/sync`);
    return status !== "needs_reauth";
  } catch (problem) {
    if (["link-pending", "needs-reauth"].includes(problem.slug)) return false;
    throw problem;
  }
}

/** Where there is no hosted page: someone who plays the part of Plaid Link types what it gave. */
function development(screen, link, item) {
  const token = codeField({ name: "public_token", label: "Public token from your bank", autocomplete: "off", missing: "the public token", autofocus: true });
  const send = (values) => withinPlan(async () => {
    if (!item) await post("/v1/items", values, { once: true });
    go("");
  });
  const alert = alertBox();
  const look = async () => {
    await post(`/v1/items/${item}/sync`);
    go("");
  };
  const finish = item
    ? element("div", { class: "stack" }, alert, element("div", { class: "row" }, actionButton({ label: "It is repaired", act: look, alert })))
    : form({ fields: [token], submit: "Connect", send });
  fill(screen, element("h1", { tabindex: "-1" }, "Finish at Plaid Link"),
    element("p", { class: "notice warning" }, element("strong", {}, "Development. "),
      "This instance has no hosted Link page. Give this Link token to Plaid Link, or to the stand-in that plays your part",
      item ? "." : ", and enter the public token it answers with."),
    secretBox("Link token", link.link_token),
    finish);
  (screen.querySelector("[autofocus]") ?? screen.querySelector("h1")).focus();
}
