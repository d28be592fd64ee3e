// <button data-copy="id" hidden>: copies what that field holds. Without a clipboard the button stays hidden.
const reveal = (root) => {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
};

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("button[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
  } catch {
    field.select(); // refused: the hand can copy it
  }
});

document.addEventListener("htmx:load", ({ target }) => reveal(target));
reveal(document);
