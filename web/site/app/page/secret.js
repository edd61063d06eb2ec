// What is shown once: to be copied or saved, never kept by the page.

import { announce } from "./announce.js";
import { element } from "./dom.js";

/** A button that copies a text. */
export function copyButton(text, label = "Copy") {
  const button = element("button", { type: "button", class: "button plain slim" }, label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      announce("Copied.");
    } catch {
      button.textContent = "Select it and copy";
    }
  });
  return button;
}

/** A text in a box of its own, with a button to copy it. */
export function secretBox(label, text) {
  return element("div", { class: "secret" },
    element("span", { class: "small quiet" }, label), element("code", {}, text),
    element("div", { class: "row" }, copyButton(text, `Copy ${label.toLowerCase()}`)));
}

/** Hands a file to the person. */
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name }).click();
  // The download has its own reference once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
