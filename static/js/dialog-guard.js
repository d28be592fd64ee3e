// dialog[data-guards]: what was typed in it is not thrown away by Esc, by “Close” or by a click beside it before somebody
// has been asked once.
import { word } from "./words.js";

const TYPED = 'textarea, input:is([type="text"], [type="email"], [type="url"], [type="number"]):not([data-accounts])';
const guarded = (target) => target.closest?.("dialog[data-guards]");
const isAsked = (dialog) => Boolean(dialog.querySelector("[data-ask]"));
const isWritten = (dialog) => dialog.dataset.typed === "yes" && [...dialog.querySelectorAll(TYPED)].some((field) => field.value.trim());

document.addEventListener("input", ({ target }) => {
  const dialog = target.matches(TYPED) && guarded(target);
  if (!dialog) return;
  dialog.dataset.typed = "yes";
  dialog.querySelector("[data-ask]")?.remove();
});

/** Whether the dialog may be closed now; asks where something was typed. */
export function mayLeave(dialog) {
  if (!dialog.matches("[data-guards]") || isAsked(dialog) || !isWritten(dialog)) return true;
  ask(dialog);
  return false;
}

function ask(dialog) {
  const hand = document.activeElement;
  const question = document.createElement("div");
  question.className = "notice notice-warning dialog-ask";
  question.dataset.ask = "";
  question.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.textContent = word("typed");
  const stay = button("btn btn-primary", "goOn", () => {
    question.remove();
    hand?.focus();
  });
  question.append(text, stay, button("btn", "throwAway", () => dialog.close()));
  dialog.querySelector(".dialog-head").after(question);
  stay.focus();
}

function button(kind, key, act) {
  const made = document.createElement("button");
  [made.type, made.className, made.textContent] = ["button", kind, word(key)];
  made.addEventListener("click", act);
  return made;
}

function stop(event) {
  const dialog = guarded(event.target);
  if (dialog && !mayLeave(dialog)) event.preventDefault();
}

document.addEventListener("cancel", stop, true);
document.addEventListener("submit", (event) => event.target.matches('[method="dialog"]') && stop(event));
document.addEventListener("close", ({ target }) => {
  if (!target.matches("dialog[data-guards]")) return;
  delete target.dataset.typed;
  target.querySelector("[data-ask]")?.remove();
}, true);
