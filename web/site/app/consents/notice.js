// Somebody asks for a consent: told where the person arrives.

import { Problem } from "../api/problem.js";
import { get } from "../api/request.js";
import { element } from "../page/dom.js";
import { hrefOf, isRequested, operatorText } from "./words.js";

/** The notice; null where nobody asks. */
export async function consentNotice() {
  const asking = await requested();
  if (asking.length === 0) return null;
  const [newest] = asking;
  if (asking.length > 1) {
    return element("p", { class: "notice warning" }, `${asking.length} times someone asks to see some of your data. `,
      element("a", { href: "#/settings/consents" }, "Read and decide"));
  }
  return element("p", { class: "notice warning" }, `${operatorText(newest.operator)}, asks to see some of your data. Nothing is shown unless you sign it. `,
    element("a", { href: hrefOf(newest.id) }, "Read and decide"));
}

async function requested() {
  try {
    const { data } = await get("/v1/me/consents?limit=100");
    return data.filter(isRequested);
  } catch (problem) {
    // She sees her accounts all the same; the settings say what was asked.
    if (!(problem instanceof Problem)) throw problem;
    return [];
  }
}
