// The dialog of a touchpoint: opens when its form has arrived, closes when the server has logged it. Ctrl Enter saves;
// Alt T makes the sentence at the hand, or what is selected, a line of its own that begins with “- ”: an action.
import { openDialog } from "./panel.js";

const BODY = "quick-add-body";

function ready(root) {
  for (const button of root.querySelectorAll("[data-to-action]")) button.hidden = false;
}

function firstEmpty(form) {
  const account = form.querySelector("[data-accounts]");
  return account?.value && !account.matches("[aria-invalid]") ? form.querySelector("[data-note]") : account;
}

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (target.id !== BODY) return;
  ready(target);
  openDialog("quick-add");
  (target.querySelector("[aria-invalid]") ?? target.querySelector("[name=action_kept]:not(:checked)") ?? firstEmpty(target.querySelector("form")))?.focus();
});

document.addEventListener("touchpoint-logged", () => {
  document.getElementById("quick-add").close();
  document.getElementById(BODY).replaceChildren();
});

// The sentence at the hand: from the end of the one before to its own full stop, within its line.
function sentence({ value, selectionStart, selectionEnd }) {
  if (selectionEnd > selectionStart) return [selectionStart, selectionEnd];
  const before = value.slice(0, selectionStart).search(/[^.!?\n]*[.!?]?\s*$/);
  const rest = value.slice(selectionStart).search(/[.!?\n]|$/);
  return [before, Math.min(selectionStart + rest + 1, value.length)];
}

export function withAction(value, from, to) {
  const text = value.slice(from, to).trim().replace(/\s*\n\s*/g, " ").replace(/^[-*•]\s+/, "").replace(/[.;]+$/, "");
  if (!text) return value;
  const parts = [value.slice(0, from).trimEnd(), `- ${text}`, value.slice(to).trim()];
  return parts.filter(Boolean).join("\n");
}

function toAction(form) {
  const note = form.querySelector("[data-note]");
  note.value = withAction(note.value, ...sentence(note));
  note.focus();
  note.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-to-action]");
  if (button) toAction(button.form);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-touch]");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  else if (event.altKey && event.code === "KeyT") toAction(form);
  else return;
  event.preventDefault();
});

ready(document);
