// Ten one-time codes for the day a key is lost. Shown once; the service keeps only their hashes.

import { get, post } from "../../api/request.js";
import { refresh } from "../../identity/session.js";
import { momentName } from "../../page/dates.js";
import { element, fill } from "../../page/dom.js";
import { actionButton, alertBox } from "../../page/form.js";
import { copyButton, download } from "../../page/secret.js";
import { section } from "./sections.js";

export default async function recovery({ user }) {
  const { remaining, created_at: made = null } = await get("/v1/me/recovery-codes");
  const alert = alertBox();
  const holder = element("div", { class: "stack" });
  const act = async () => {
    const { codes } = await post("/v1/me/recovery-codes", {}, { reason: "make new recovery codes" });
    fill(state, remaining > 0 ? "The codes from before work no more." : "");
    show(holder, codes);
    await refresh();
  };
  const state = element("p", {}, left(remaining, made));
  const enrolled = user.second_factor.enrolled;
  return section("Recovery codes",
    element("p", { class: "quiet" }, "If you lose your key or phone, each of these ten codes signs you in once, after your password. Keep them on paper or in a password manager."),
    state,
    enrolled ? null : element("p", { class: "notice" }, "They stand in for a second factor: ", element("a", { href: "#/settings/keys" }, "add a security key"), " first."),
    alert, holder,
    enrolled && element("div", { class: "row" }, actionButton({ label: remaining > 0 ? "Replace them with new ones" : "Make recovery codes", act, alert })));
}

function left(remaining, made) {
  if (remaining === 0 && !made) return "You have none.";
  return `${remaining} of 10 are left${made ? `; made ${momentName(made)}` : ""}.`;
}

function show(holder, codes) {
  const text = `Recovery codes for Balance. Each works once.\n\n${codes.join("\n")}\n`;
  fill(holder, element("div", { class: "secret" },
    element("p", { tabindex: "-1", class: "heading" }, element("strong", {}, "Your new codes. They are shown this once.")),
    element("ol", { class: "codes" }, codes.map((code) => element("li", {}, element("code", {}, code)))),
    element("div", { class: "row" }, copyButton(codes.join("\n"), "Copy the codes"),
      element("button", { type: "button", class: "button plain slim", onclick: () => download(new Blob([text], { type: "text/plain" }), "balance-recovery-codes.txt") }, "Download"))));
  holder.querySelector(".heading").focus();
}
