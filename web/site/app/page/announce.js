// What changed, told to whoever does not see it.

/** Says a sentence to a screen reader once it is idle. */
export function announce(sentence) {
  const announcer = document.getElementById("announcer");
  // The same sentence twice is told twice only if the region was empty in between.
  announcer.textContent = "";
  requestAnimationFrame(() => {
    announcer.textContent = sentence;
  });
}
