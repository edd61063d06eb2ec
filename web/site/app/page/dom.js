// Elements, made without markup: text is always text, so nothing that a bank or a person wrote
// can become script. (The policy in `_headers` forbids the ways in which it could.)

/** An element: `element("a", { href, class: "x", onclick: f }, "text", child)`. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...present(children));
  return made;
}

/** Puts these in place of what was there. */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
  return parent;
}

function present(children) {
  return children.flat(2).filter((child) => child !== null && child !== undefined && child !== false);
}

let made = 0;

/** An id that no other element of the page has. */
export function freshId(name) {
  made += 1;
  return `${name}-${made}`;
}
