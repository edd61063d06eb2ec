// Everything there is to know of a consent, as terms and what they say.

import { momentName } from "../page/dates.js";
import { element } from "../page/dom.js";
import { fieldText, hoursText, isGranted, operatorText, stateText, timesText } from "./words.js";

/** `name(id)` says what an id of the data is of. */
export function consentFacts(consent, name) {
  const { operator, purpose, resources, fields, hours, uses, uses_left: left } = consent;
  const known = [
    ["Who asks", [operatorText(operator), idOf(operator.id)]],
    ["Why", purpose],
    ["Which data", lines(resources.map((id) => [name(id), idOf(id)]))],
    ["What of it", lines(fields.map(fieldText))],
    ["How long", `${hoursText(hours)} from when you agree`],
    ["How often", uses === 1 ? "Once" : `${timesText(uses)} at most`],
    ["Asked", momentName(consent.requested_at)],
    consent.granted_at && ["Signed", momentName(consent.granted_at)],
    consent.expires_at && [isGranted(consent) ? "Ends" : "Ended at the latest", momentName(consent.expires_at)],
    consent.granted_at && ["Uses left", `${left} of ${uses}`],
    ["State", stateText(consent)],
    ["Number", element("code", {}, consent.id)],
  ].filter(Boolean);
  return element("dl", { class: "facts" }, known.map(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]));
}

const idOf = (id) => element("code", { class: "kind small quiet" }, id);

const lines = (all) => element("ul", { class: "lines" }, all.map((one) => element("li", {}, one)));
