// Forms: fields with labels, errors beside the field they are about and told to a screen
// reader, and one submission at a time.

import { Cancelled, Problem } from "../api/problem.js";
import { element, fill, freshId } from "./dom.js";

/**
 * A field. `check(value)` returns a sentence where the value will not do; one with `rows` has lines.
 * `name` is also what the API calls it, so that its errors find their field.
 */
export function field({ name, label, hint, check, missing = "this", optional = false, ...attributes }) {
  const id = freshId(name);
  const common = { id, name, autocapitalize: "none", spellcheck: "false", required: !optional, ...attributes };
  const input = attributes.rows ? element("textarea", common) : element("input", { type: "text", ...common });
  const error = element("p", { id: `${id}-error`, class: "error" });
  const note = hint ? element("p", { id: `${id}-hint`, class: "hint" }, hint) : null;
  input.setAttribute("aria-describedby", [note?.id, error.id].filter(Boolean).join(" "));
  const node = element("div", { class: "field" }, element("label", { for: id }, label), input, note, error);
  const made = {
    node, input, name,
    value: () => input.value,
    complain(sentence) {
      error.textContent = sentence;
      if (sentence) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    },
    async validate() {
      const value = made.value();
      if (value.trim() === "") return optional ? "" : `Enter ${missing}.`;
      return (await check?.(value)) ?? "";
    },
  };
  input.addEventListener("input", () => made.complain(""));
  return made;
}

/** An email address, as a field. */
export function emailField({ autocomplete = "username", label = "Email", ...more } = {}) {
  const made = field({
    name: "email", label, type: "email", inputmode: "email", autocomplete, missing: "your email address",
    check: (value) => (/^[^\s@]+@[^\s@]+$/.test(value.trim()) ? "" : "This does not look like an email address."),
    ...more,
  });
  return { ...made, value: () => made.input.value.trim() };
}

/** A password, as a field; it can be shown. */
export function passwordField({ name = "password", label = "Password", autocomplete = "current-password", ...more } = {}) {
  const made = field({ name, label, type: "password", autocomplete, missing: "your password", ...more });
  const toggle = element("button", { type: "button", class: "toggle", "aria-label": `Show ${label.toLowerCase()}` }, "Show");
  toggle.addEventListener("click", () => {
    const shown = made.input.type === "text";
    made.input.type = shown ? "password" : "text";
    toggle.textContent = shown ? "Show" : "Hide";
    toggle.setAttribute("aria-label", `${toggle.textContent} ${label.toLowerCase()}`);
  });
  const holder = element("div", { class: "with-toggle" });
  made.input.replaceWith(holder);
  holder.append(made.input, toggle);
  return made;
}

/** A code that was mailed. */
export function codeField({ name, label = "Code from the mail", ...more }) {
  const made = field({ name, label, class: "code", autocomplete: "one-time-code", missing: "the code", ...more });
  return { ...made, value: () => made.input.value.trim() };
}

/**
 * A form. `send(values)` does the work; a Problem it throws is shown where it belongs.
 * `explain(problem)` may return a better sentence than the API's; `beside` stands next to the button.
 */
export function form({ fields = [], submit, look = "button", explain, send, beside }) {
  const alert = element("div", { class: "alert", role: "alert" });
  const button = element("button", { class: look, type: "submit" }, submit);
  const made = element("form", { novalidate: true },
    alert, fields.map((one) => one.node), element("div", { class: "row" }, button, beside));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    fill(alert);
    try {
      if (await valid(fields)) {
        await send(Object.fromEntries(fields.map((one) => [one.name, one.value()])));
      }
    } catch (problem) {
      show(problem, fields, alert, explain);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
  return made;
}

async function valid(fields) {
  const complaints = await Promise.all(fields.map((one) => one.validate?.() ?? ""));
  fields.forEach((one, index) => one.complain?.(complaints[index]));
  const first = fields.find((_, index) => complaints[index]);
  first?.input.focus();
  return first === undefined;
}

function show(problem, fields, alert, explain) {
  if (problem instanceof Cancelled) return fill(alert, problem.message);
  if (!(problem instanceof Problem)) {
    fill(alert, "Something went wrong in this page. Reload it and try again.");
    throw problem;
  }
  const beside = problem.errors.filter(({ field: name, message }) => {
    const one = fields.find((candidate) => candidate.name === name);
    one?.complain?.(message);
    return one !== undefined;
  });
  if (beside.length > 0 && beside.length === problem.errors.length) {
    fields.find((one) => one.name === beside[0].field).input.focus();
    return undefined;
  }
  return fill(alert, explain?.(problem) ?? problem.sentence());
}

/** A button that does one thing at a time; a Problem is shown in `alert`. */
export function actionButton({ label, act, alert, ...attributes }) {
  const button = element("button", { type: "button", class: "button", ...attributes }, label);
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    if (alert) fill(alert);
    try {
      await act();
    } catch (problem) {
      if (!(problem instanceof Problem || problem instanceof Cancelled)) throw problem;
      fill(alert, problem.sentence?.() ?? problem.message);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
  return button;
}

/** Where an action's problem is shown. */
export function alertBox() {
  return element("div", { class: "alert", role: "alert" });
}
