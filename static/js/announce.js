// Reads out progress that htmx swaps in: a live region that is itself replaced would stay silent.
const announcer = document.getElementById("announcer");

document.addEventListener("htmx:afterSettle", (event) => {
  const element = event.target.closest?.("[data-announce]") ?? event.target.querySelector?.("[data-announce]");
  const text = element?.textContent.trim();
  if (announcer && text && announcer.textContent !== text) announcer.textContent = text;
});
