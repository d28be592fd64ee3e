// Dialogs: [data-opens=ID] opens one; what htmx puts into #panel opens the side panel; a click beside it closes it. The
// panel is headed by what [data-panel-title] in it says; the hand goes to [autofocus].
import { mayLeave } from "./dialog-guard.js";

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("dialog:opened"));
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) openDialog(opener.dataset.opens);
  if (event.target.matches("dialog") && outside(event) && mayLeave(event.target)) event.target.close();
});

function outside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = event.detail;
  if (target.id !== "panel") return;
  const heading = document.getElementById("panel-title");
  heading.dataset.usual ??= heading.textContent;
  heading.textContent = target.querySelector("[data-panel-title]")?.textContent ?? heading.dataset.usual;
  openDialog("panel-dialog");
  target.querySelector("[autofocus]")?.focus();
  document.getElementById("panel-dialog").scrollTop = 0;
});
