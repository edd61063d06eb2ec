// Where the person is signed in, and how to end that.

import { get, remove } from "../../api/request.js";
import { sessionEnded } from "../../identity/session.js";
import { momentName } from "../../page/dates.js";
import { element } from "../../page/dom.js";
import { confirmed } from "../../page/dialog.js";
import { actionButton, alertBox } from "../../page/form.js";
import { go } from "../../router.js";
import { section } from "./sections.js";

export default async function sessions() {
  const { data } = await get("/v1/sessions?limit=200");
  const alert = alertBox();
  const everywhere = async () => {
    const text = "You are signed out here too, and on every other device.";
    if (!(await confirmed({ title: "Sign out everywhere?", text, yes: "Sign out everywhere" }))) return;
    await remove("/v1/sessions");
    sessionEnded();
    await go("sign-in");
  };
  return section("Where you are signed in", alert,
    element("ul", { class: "listing" }, data.map((session) => row(session, alert))),
    element("div", { class: "row" }, actionButton({ label: "Sign out everywhere", act: everywhere, alert, class: "button danger" })));
}

const FACTORS = { password: "password", passkey: "security key", totp: "authenticator app", recovery_code: "recovery code" };

function row(session, alert) {
  const end = async () => {
    await remove(`/v1/sessions/${session.id}`);
    await go("settings/sessions");
  };
  const since = momentName(session.created_at);
  const details = [
    `since ${since}`,
    session.ip && `from ${session.ip}`,
    session.factors.length > 0 && `by ${session.factors.map((factor) => FACTORS[factor] ?? factor).join(" and ")}`,
  ];
  return element("li", {},
    element("span", {}, browser(session.user_agent), " ", session.current && element("span", { class: "tag current" }, "this one"),
      element("br"), element("span", { class: "quiet small" }, details.filter(Boolean).join(" · "))),
    !session.current && element("div", { class: "actions" },
      actionButton({ label: "Sign out", act: end, alert, class: "button plain slim", "aria-label": `Sign out the session since ${since}` })));
}

/** A browser and a system that most people recognise, where the user agent names them. */
function browser(agent) {
  if (!agent) return "An unknown client";
  const name = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]].find(([mark]) => agent.includes(mark));
  const system = [["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["Windows", "Windows"], ["Mac OS", "Mac"], ["Linux", "Linux"]].find(([mark]) => agent.includes(mark));
  if (!name) return agent.slice(0, 60);
  return system ? `${name[1]} on ${system[1]}` : name[1];
}
