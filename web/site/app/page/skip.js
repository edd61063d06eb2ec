// The link over a page's frame: the address belongs to the router, so the focus is moved by hand.

/** Makes the skip link lead to the content. */
export function enableSkipLink() {
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
}
