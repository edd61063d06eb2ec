// Consents: that somebody of Balance sees some of the person's data, for once and for a reason.

import { get } from "../../api/request.js";
import { deciding } from "../../consents/deciding.js";
import { consentFacts } from "../../consents/facts.js";
import { keeping, signedText } from "../../consents/keeping.js";
import { resourceNames } from "../../consents/resources.js";
import { hrefOf, isConsentId, isGranted, isRequested, operatorText, stateText, timesText } from "../../consents/words.js";
import { announce } from "../../page/announce.js";
import { momentName } from "../../page/dates.js";
import { element, fill } from "../../page/dom.js";
import { actionButton, alertBox } from "../../page/form.js";
import { section } from "./sections.js";

const PAGE = 20;

export default function consents({ query }) {
  const id = query.get("consent");
  return id !== null && isConsentId(id) ? one(id) : all();
}

async function one(id) {
  const [consent, name] = await Promise.all([get(`/v1/me/consents/${id}`), resourceNames()]);
  const { data: keys } = isRequested(consent) ? await get("/v1/me/passkeys") : { data: [] };
  return section(isRequested(consent) ? "Someone asks for your consent" : "A consent",
    element("p", {}, element("a", { href: "#/settings/consents" }, "All consents")),
    consentFacts(consent, name),
    isRequested(consent) && deciding(consent, keys),
    consent.granted_at && [keeping(consent), signedText(consent)]);
}

async function all() {
  const alert = alertBox();
  const asking = element("div", { class: "stack" });
  const answered = element("ul", { class: "listing" });
  const holder = element("div", { class: "row" });
  const [first, name] = await Promise.all([page(null), resourceNames()]);
  let cursor = null;
  const more = actionButton({
    label: "More", class: "button plain", alert,
    act: async () => {
      const next = await page(cursor);
      take(next);
      announce(`${next.data.length} more.`);
    },
  });
  function take({ data, next_cursor: next }) {
    asking.append(...data.filter(isRequested).map((consent) => card(consent, name)));
    answered.append(...data.filter((consent) => !isRequested(consent)).map(row));
    cursor = next;
    fill(holder, next && more);
  }
  take(first);
  return section("Consents",
    element("p", { class: "quiet" }, "Whoever helps you from Balance sees neither what your bank says nor who you are, unless you sign a consent with your key: for these data, this long, this often. You can take it back at any time."),
    first.data.length === 0 && element("p", {}, "Nobody has asked you for one."),
    asking, answered, alert, holder);
}

function page(cursor) {
  return get(`/v1/me/consents?${new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) })}`);
}

/** One that waits for an answer. */
const card = (consent, name) => element("section", { class: "card", "aria-label": `${consent.operator.name} asks` },
  element("h2", {}, `${operatorText(consent.operator)}, asks`),
  consentFacts(consent, name),
  element("div", { class: "row" }, element("a", { class: "button", href: hrefOf(consent.id), "aria-label": `Read and decide: ${consent.purpose}` }, "Read and decide")));

/** One that has its answer. */
function row(consent) {
  const details = [
    operatorText(consent.operator),
    `asked ${momentName(consent.requested_at)}`,
    isGranted(consent) && `until ${momentName(consent.expires_at)}`,
    isGranted(consent) && `can be used ${timesText(consent.uses_left)} more`,
  ];
  return element("li", {},
    element("span", {}, element("a", { href: hrefOf(consent.id) }, consent.purpose), element("br"),
      element("span", { class: "quiet small" }, details.filter(Boolean).join(" · "))),
    element("span", { class: `tag ${isGranted(consent) ? "current" : ""}` }, stateText(consent)));
}
