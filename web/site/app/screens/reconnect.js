// Repairing a connection: the bank's sign-in once more, at Plaid's own page, where the person also
// chooses which accounts she shares. Then everything is looked at anew.

import { get, post } from "../api/request.js";
import { showLink } from "../banking/link-page.js";
import { takeRepair } from "../banking/repair.js";
import { bankName } from "../banking/state.js";
import { Problem } from "../api/problem.js";
import { announce } from "../page/announce.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox } from "../page/form.js";
import { go } from "../router.js";

/** How often to look whether the bank answers again, in milliseconds: Plaid says so by a webhook. */
const LOOK = 5_000;

export default function reconnect() {
  const item = takeRepair();
  // Reloaded, or opened by its address: which bank it is about is forgotten.
  if (!item) return fill(element("div", { class: "narrow" }), element("h1", {}, "Reconnect a bank"),
    element("p", { class: "lead" }, "Choose it among ", element("a", { href: "#/banks" }, "your banks"), "."));
  const screen = element("div", { class: "narrow" });
  const alert = alertBox();
  const act = async () => finish(screen, item, await post("/v1/link-tokens", { item_id: item.id, hosted: true }));
  return fill(screen,
    element("h1", {}, `Reconnect ${bankName(item)}`),
    element("p", { class: "lead" }, "You go through your bank’s sign-in at Plaid once more. Your banking password never reaches Balance."),
    element("p", {}, "There you also choose which accounts you share. Everything that is here stays."),
    alert,
    element("div", { class: "row" }, actionButton({ label: "Go on", act, alert }),
      element("a", { class: "button plain", href: "#/banks" }, "Not now")));
}

function finish(screen, item, link) {
  const alert = alertBox();
  const isMended = ({ status }) => status !== "needs_reauth";
  const act = async () => {
    const now = await post(`/v1/items/${item.id}/repairs`);
    if (!isMended(now)) throw new Problem({ title: "Your bank still wants you to sign in. Finish on Plaid’s page first." });
    announce(`${bankName(item)} is connected.`);
    if (screen.isConnected) go("banks");
  };
  const button = actionButton({ label: "I am done there", act, alert, class: "button plain" });
  showLink(screen, link, [alert, element("div", { class: "row" }, button)]);
  // That accounts were chosen cannot be seen from here; that a sign-in was done, can.
  if (!isMended(item)) watch(screen, item, isMended, () => button.click());
}

async function watch(screen, item, willDo, then) {
  for (;;) {
    await new Promise((resume) => setTimeout(resume, LOOK));
    if (!screen.isConnected) return;
    try {
      if (willDo(await get(`/v1/items/${item.id}`))) {
        then();
        return;
      }
    } catch (problem) {
      // The next look may be answered.
      if (!(problem instanceof Problem)) throw problem;
    }
  }
}
