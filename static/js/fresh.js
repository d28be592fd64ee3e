// Calls `act` for the page and again for each part that htmx brings in.
export function forFresh(act) {
  const start = () => act(document);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start, { once: true });
  else start();
  document.addEventListener("htmx:afterSettle", (event) => act(event.target));
}

/** The elements under `root`, itself included, that match and were not seen before. */
export function unseen(root, selector, mark) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  return found.filter((element) => {
    const fresh = element.dataset[mark] === undefined;
    element.dataset[mark] = "";
    return fresh;
  });
}
