// A question that must be answered first. The browser's own <dialog> keeps the focus inside,
// and Escape means no.

import { element, freshId } from "./dom.js";

/**
 * Opens a dialog. `build(close)` makes its content; the promise has what `close` was given,
 * undefined where it was dismissed.
 */
export function openDialog(title, build) {
  return new Promise((resolve) => {
    const id = freshId("dialog-title");
    const heading = element("h2", { id }, title);
    const dialog = element("dialog", { "aria-labelledby": id });
    let answer;
    const close = (value) => {
      answer = value;
      dialog.close();
    };
    dialog.append(element("div", { class: "stack" }, heading, build(close)));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks before something that can't be undone. */
export async function confirmed({ title, text, yes }) {
  const answer = await openDialog(title, (close) => [
    element("p", {}, text),
    element("div", { class: "row" },
      element("button", { type: "button", class: "button danger", onclick: () => close(true) }, yes),
      element("button", { type: "button", class: "button plain", onclick: () => close(false) }, "Cancel")),
  ]);
  return answer === true;
}
