// Security keys and passkeys: add, rename, remove.

import { get, patch, post, remove } from "../../api/request.js";
import { enrol, isSupported } from "../../identity/passkey.js";
import { refresh } from "../../identity/session.js";
import { momentName } from "../../page/dates.js";
import { element } from "../../page/dom.js";
import { confirmed, openDialog } from "../../page/dialog.js";
import { actionButton, alertBox, field, form } from "../../page/form.js";
import { go } from "../../router.js";
import { section } from "./sections.js";

const HERE = "settings/keys";

export default async function keys() {
  const { data } = await get("/v1/me/passkeys");
  const alert = alertBox();
  return section("Security keys and passkeys",
    element("p", { class: "quiet" }, "A key in your hand or a passkey on your device is asked for after your password. One that checks your face, finger or PIN also signs you in alone."),
    alert,
    data.length > 0 && element("ul", { class: "listing" }, data.map((key) => row(key, alert))),
    isSupported() ? form({ fields: [nameField()], submit: data.length ? "Add another key" : "Add a key", send: add })
      : element("p", { class: "notice" }, "This browser can’t use security keys."));
}

const nameField = (value = "") => field({ name: "name", label: "A name for the key", value, maxlength: "100", missing: "a name", autocapitalize: "sentences", hint: "So that you can tell it from others: “Blue key”, “Phone”." });

async function add({ name }) {
  const { challenge, options } = await post("/v1/passkey-challenges", { purpose: "enrolment" });
  const credential = await enrol(options);
  await post("/v1/me/passkeys", { challenge, name: name.trim(), credential }, { reason: `add the security key “${name.trim()}”` });
  await changed();
}

function row(key, alert) {
  const rename = () => openDialog("Rename the key", (close) => form({
    fields: [nameField(key.name)], submit: "Save",
    send: async ({ name }) => {
      await patch(`/v1/me/passkeys/${key.id}`, { name: name.trim() });
      close();
      await go(HERE);
    },
  }));
  const drop = async () => {
    const text = "You can’t sign in with it any more. The key itself may still list it.";
    if (!(await confirmed({ title: `Remove “${key.name}”?`, text, yes: "Remove" }))) return;
    await remove(`/v1/me/passkeys/${key.id}`, { reason: `remove the security key “${key.name}”` });
    await changed();
  };
  const details = [
    key.user_verified ? "checks that it is you" : "second factor only",
    key.backed_up && "synchronised",
    `added ${momentName(key.created_at)}`,
    key.last_used_at ? `last used ${momentName(key.last_used_at)}` : "not used yet",
  ];
  return element("li", {},
    element("span", {}, element("strong", {}, key.name), element("br"), element("span", { class: "quiet small" }, details.filter(Boolean).join(" · "))),
    element("div", { class: "row actions" },
      actionButton({ label: "Rename", act: rename, alert, class: "button plain slim", "aria-label": `Rename ${key.name}` }),
      actionButton({ label: "Remove", act: drop, alert, class: "button danger slim", "aria-label": `Remove ${key.name}` })));
}

async function changed() {
  await refresh();
  await go(HERE);
}
