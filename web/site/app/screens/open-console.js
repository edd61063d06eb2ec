// Opening the console: the operator's key approves one session for one reason, and the terminal
// that asked gets a code on this very machine. It alone can use it (PKCE).

import { post, remove } from "../api/request.js";
import { reasonText } from "../access-log/words.js";
import { askedFor, forgetAsked } from "../console/asked.js";
import { isSupported } from "../identity/passkey.js";
import { sessionEnded } from "../identity/session.js";
import { element, fill } from "../page/dom.js";
import { actionButton, alertBox } from "../page/form.js";
import { go } from "../router.js";
import signIn from "./sign-in.js";

export default function openConsole({ user }) {
  const screen = element("div", { class: "narrow" });
  const asked = askedFor();
  if (!asked) return fill(screen, nothingAsked());
  if (!user) return signIn();
  const alert = alertBox();
  const act = async () => {
    try {
      await open(screen, asked);
    } catch (problem) {
      if (problem.slug !== "not-an-operator") throw problem;
      fill(screen, refused(user));
      screen.querySelector("h1").focus();
    }
  };
  return fill(screen,
    element("h1", {}, "Open the console"),
    element("p", { class: "lead" }, "A terminal on this computer asks for it. If you have not just started that yourself, close this page."),
    facts(asked, user),
    element("p", { class: "small quiet" }, "The reason and the ticket stand in the audit log with all that you do, and whoever it is about reads them. The session lasts 15 minutes and is reviewed by someone else."),
    alert,
    hasKey(user)
      ? element("div", { class: "row" }, actionButton({ label: "Open the console with your key", act, alert }))
      : element("p", { class: "notice" }, "The console opens with a security key or passkey only. ",
        isSupported() ? [element("a", { href: "/#/settings/keys" }, "Add one to your account"), ", then start again in the terminal."] : "This browser can’t use one: start again with another."),
    element("div", { class: "row" }, otherAccount(alert)));
}

const hasKey = (user) => isSupported() && user.second_factor?.passkeys > 0;

function facts(asked, user) {
  const known = [
    ["Reason", reasonText({ reason_type: asked.reasonType, reason: asked.reason })],
    ["Ticket", asked.ticket],
    ["You are", user.email],
    ["Goes to", `this computer, port ${asked.port}`],
  ];
  return element("dl", { class: "facts" }, known.map(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]));
}

async function open(screen, { codeChallenge, port, state, reasonType, reason, ticket }) {
  const body = { code_challenge: codeChallenge, reason_type: reasonType, reason, ticket };
  const { code } = await post("/v1/operator/authorizations", body, { reason: `open the console for ${ticket}`, only: ["passkey"] });
  forgetAsked();
  fill(screen, element("h1", { tabindex: "-1" }, "Back to the terminal"),
    element("p", { class: "lead" }, "The code is on its way to it. If nothing happens there, start again."));
  screen.querySelector("h1").focus();
  location.replace(`http://127.0.0.1:${port}/callback?${new URLSearchParams({ code, state })}`);
}

function nothingAsked() {
  return [
    element("h1", {}, "Nothing to open"),
    element("p", { class: "lead" }, "This page opens the console for a terminal that asks for it. The terminal did not ask, or not as it should."),
    element("p", {}, "Start it there with ", element("code", {}, "balance-console login"), "."),
    element("p", {}, element("a", { href: "/" }, "To your accounts")),
  ];
}

function refused(user) {
  const alert = alertBox();
  return [
    element("h1", { tabindex: "-1" }, "You are no operator"),
    element("p", { role: "alert" }, `${user.email} may not use the console, so it stays closed. Another operator can grant it.`),
    alert,
    element("div", { class: "row" }, otherAccount(alert), element("a", { href: "/" }, "To your accounts")),
  ];
}

/** Signs out; the terminal's wish is kept meanwhile. */
function otherAccount(alert) {
  const act = async () => {
    await remove("/v1/sessions/current");
    sessionEnded();
    await go("");
  };
  return actionButton({ label: "Use another account", act, alert, class: "button plain slim" });
}
