// API tokens: for programs of the person's own, each with no more than it needs.

import { get, post, remove } from "../../api/request.js";
import { momentName } from "../../page/dates.js";
import { element, fill } from "../../page/dom.js";
import { confirmed } from "../../page/dialog.js";
import { actionButton, alertBox, field, form } from "../../page/form.js";
import { secretBox } from "../../page/secret.js";
import { go } from "../../router.js";
import { section } from "./sections.js";

const SCOPES = [
  ["transactions:read", "Read transactions"],
  ["transactions:write", "Write your categories, notes and tags"],
  ["accounts:read", "Read accounts and balances"],
  ["items:read", "See which banks are connected"],
  ["items:write", "Connect, refresh and disconnect banks"],
  ["profile:read", "Read your profile"],
];

export default async function tokens() {
  const { data } = await get("/v1/me/tokens");
  const alert = alertBox();
  const shown = element("div", { role: "status" });
  const list = element("ul", { class: "listing" }, data.map((token) => row(token, alert)));
  const send = async ({ name, expires_in_days: days, scopes }) => {
    const body = { name: name.trim(), scopes, expires_in_days: Number(days) };
    const made = await post("/v1/me/tokens", body, { reason: `make the API token “${body.name}”` });
    fill(shown, secretBox("New token", made.token), element("p", { class: "hint" }, "It is shown this once."));
    list.prepend(row(made, alert));
    making.reset();
  };
  const making = form({ fields: [nameField(), scopesField(), daysField()], submit: "Make the token", send });
  return section("API tokens",
    element("p", { class: "quiet" }, "For programs of your own. A token can do what you choose here and nothing else; ",
      element("a", { href: "/docs" }, "the API’s documentation"), " says what that is."),
    alert, shown, list,
    element("h2", {}, "Make a token"),
    making);
}

const nameField = () => field({ name: "name", label: "What is it for?", maxlength: "100", missing: "a name", autocapitalize: "sentences" });

const daysField = () => field({
  name: "expires_in_days", label: "Good for so many days", type: "number", min: "1", max: "365", value: "90", missing: "a number of days",
  check: (value) => (Number.isInteger(Number(value)) && value >= 1 && value <= 365 ? "" : "This takes 1 to 365 days."),
});

function scopesField() {
  const boxes = SCOPES.map(([scope]) => element("input", { type: "checkbox", value: scope }));
  const error = element("p", { class: "error", id: "scopes-error" });
  return {
    name: "scopes",
    input: boxes[0],
    node: element("fieldset", { "aria-describedby": "scopes-error" }, element("legend", {}, "What it may do"),
      SCOPES.map(([, label], index) => element("label", { class: "check" }, boxes[index], label)), error),
    value: () => boxes.filter((box) => box.checked).map((box) => box.value),
    validate: () => (boxes.some((box) => box.checked) ? "" : "Choose at least one."),
    complain: (sentence) => {
      error.textContent = sentence;
    },
  };
}

function row(token, alert) {
  const end = async () => {
    const text = "Whatever uses it stops working at once.";
    if (!(await confirmed({ title: `End “${token.name}”?`, text, yes: "End it" }))) return;
    await remove(`/v1/me/tokens/${token.id}`);
    await go("settings/tokens");
  };
  const used = token.last_used_at ? `last used ${momentName(token.last_used_at)}` : "not used yet";
  return element("li", {},
    element("span", {}, element("strong", {}, token.name), element("br"),
      element("span", { class: "quiet small" }, `${token.scopes.join(", ")} · until ${momentName(token.expires_at)} · ${used}`)),
    element("div", { class: "actions" }, actionButton({ label: "End", act: end, alert, class: "button danger slim", "aria-label": `End ${token.name}` })));
}
