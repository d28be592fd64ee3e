// A plan is kept as one types: form[data-plan-form] sends each field by itself when it is left or at Enter; Esc puts back
// what was there. The server answers saved, refused, conflict or gone; nothing that was typed is thrown away.
import { refreshSoon } from "./plan-parts.js";
import { post } from "./plan-sending.js";

const RETRY = 4000; // before what got no answer is sent again
const queues = new WeakMap(); // form → the promise of its last save
const words = () => document.getElementById("plan-words")?.dataset ?? {};
const announce = (text) => (document.getElementById("announcer").textContent = text);

export const cellOf = (control) => control.closest("[data-field]");
export const hiddenOf = (cell) => cell.querySelector('input[type="hidden"]');
const boxesOf = (cell) => [...cell.querySelectorAll('fieldset input[type="checkbox"]')];
const controlOf = (cell) => cell.querySelector("select, textarea, .cell-control input");
const isField = (element) => Boolean(element.closest?.("form[data-plan-form] [data-field]"));

/** What a field holds now; of several boxes the values that are ticked. */
export function valueOf(cell) {
  const control = controlOf(cell);
  if (!control) return boxesOf(cell).filter((box) => box.checked).map((box) => box.value).join(",");
  if (control.type === "checkbox") return control.checked ? "yes" : "no";
  return control.value;
}

function setValue(cell, value) {
  const control = controlOf(cell);
  if (!control) for (const box of boxesOf(cell)) box.checked = value.split(",").includes(box.value);
  else if (control.type === "checkbox") control.checked = value === "yes";
  else control.value = value;
  grow(control);
}

export const isDirty = (cell) => valueOf(cell) !== cell.dataset.last;

/** A text field is as high as its text where the browser does not see to that itself. */
function grow(control) {
  if (!control?.matches("textarea") || CSS.supports("field-sizing", "content")) return;
  control.style.height = "auto";
  control.style.height = `${control.scrollHeight}px`;
}

/** Remember what the server has; call for each line that comes into the page. */
export function watch(root) {
  for (const cell of root.querySelectorAll("form[data-plan-form] [data-field]")) {
    if (!hiddenOf(cell)) continue;
    cell.dataset.last = valueOf(cell);
    grow(controlOf(cell));
  }
}

const LINE = { saved: "saved", saving: "saving", conflict: "choose", refused: "" }; // what the head of the page says

/** `message` is a text, or an element with a way out in it. */
function tell(cell, state, message = "") {
  const place = cell.querySelector(".field-error");
  const control = controlOf(cell) ?? boxesOf(cell)[0];
  const before = place.textContent;
  cell.dataset.state = state;
  place.replaceChildren(message);
  place.hidden = !message;
  if (message) {
    control?.setAttribute("aria-invalid", "true");
    control?.setAttribute("aria-describedby", place.id);
    if (place.textContent !== before) announce(place.textContent);
  } else {
    control?.removeAttribute("aria-invalid");
    control?.removeAttribute("aria-describedby");
  }
  const line = document.querySelector("[data-plan-saved]");
  if (line && state in LINE) line.textContent = words()[LINE[state]] ?? "";
}

function body(form, cell, typed) {
  const { name } = hiddenOf(cell);
  const data = new FormData();
  for (const part of ["section", "entry", "revision"]) data.append(part, form.elements[part].value);
  data.append(name, hiddenOf(cell).value);
  data.append(cell.dataset.field, typed);
  return data;
}

export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Everything the server knows better, but not what somebody is typing. */
function take(form, answer, saved) {
  const fresh = answer.entry && parsed(answer.entry);
  const line = form.closest("[data-plan-entry]");
  if (answer.revision) for (const input of (line ?? form).querySelectorAll('input[name="revision"]')) input.value = answer.revision;
  if (!fresh || !line) return;
  form.setAttribute("aria-label", fresh.querySelector("form").getAttribute("aria-label"));
  for (const cell of form.querySelectorAll("[data-field]")) {
    const other = fresh.querySelector(`[data-field="${cell.dataset.field}"]`);
    if (!other || !hiddenOf(cell) || !hiddenOf(other) || (cell !== saved && isDirty(cell))) continue;
    fill(cell, other);
  }
  const facts = line.querySelector("[data-facts]");
  const newer = fresh.querySelector("[data-facts]");
  if (facts && newer) facts.innerHTML = newer.innerHTML;
  window.htmx?.process(line);
  for (const place of line.querySelectorAll(".cell-hint")) {
    const other = fresh.querySelector(`[data-field="${cellOf(place).dataset.field}"] .cell-hint`);
    if (other) place.textContent = other.textContent;
  }
}

function fill(cell, other) {
  hiddenOf(cell).value = hiddenOf(other).value;
  cell.dataset.last = valueOf(other);
  setValue(cell, cell.dataset.last);
}

async function send(form, cell) {
  const typed = valueOf(cell);
  if (typed === cell.dataset.last) return;
  let answer;
  try {
    answer = await post(form.action, body(form, cell, typed));
  } catch (trouble) {
    tell(cell, "refused", trouble.shown());
    if (trouble.passes) setTimeout(() => isDirty(cell) && queue(form, cell), RETRY);
    return;
  }
  const typedOn = valueOf(cell) !== typed;
  if (answer.state === "saved") {
    hiddenOf(cell).value = answer.texts?.[cell.dataset.field] ?? hiddenOf(cell).value;
    cell.dataset.last = typed;
    take(form, answer, typedOn ? null : cell);
    tell(cell, "saved");
    cell.closest("li, section")?.querySelector(`[data-conflict="${cell.dataset.field}"]`)?.remove();
    refreshSoon(form, cell.dataset.field);
  } else {
    tell(cell, answer.state, answer.message);
    if (answer.state === "conflict") showConflict(form, cell, answer, typed);
  }
  if (typedOn && !cell.contains(document.activeElement)) save(cell);
}

/** One save after the other in each line, so that each knows what the one before has made of it. */
export function save(cell) {
  const form = cell.closest("form");
  if (!isDirty(cell)) {
    if (cell.dataset.state && cell.dataset.state !== "saved") tell(cell, "");
    return settled(form);
  }
  tell(cell, "saving");
  return queue(form, cell);
}

function queue(form, cell) {
  const next = settled(form).then(() => send(form, cell));
  queues.set(form, next);
  return next;
}

export const settled = (form) => queues.get(form) ?? Promise.resolve();

// Two versions

function showConflict(form, cell, answer, typed) {
  const place = form.closest("[data-plan-entry]") ?? form.parentElement;
  place.querySelector(`[data-conflict="${cell.dataset.field}"]`)?.remove();
  const shown = parsed(answer.conflict);
  shown.newer = answer.entry && parsed(answer.entry)?.querySelector(`[data-field="${cell.dataset.field}"]`);
  shown.revision = answer.revision;
  form.after(shown);
  if (!isTyping(cell, typed)) shown.querySelector("button").focus();
}

/** Whether somebody is typing elsewhere, or on in this field: then the hand stays where it is. */
function isTyping(cell, typed) {
  const hand = document.activeElement;
  if (!hand?.matches("input, textarea, select, [contenteditable]")) return false;
  return !cell.contains(hand) || valueOf(cell) !== typed;
}

function cellOfConflict(shown) {
  const form = shown.parentElement.querySelector("form[data-plan-form]");
  return form.querySelector(`[data-field="${CSS.escape(shown.dataset.conflict)}"]`);
}

/** Theirs is what the field held from now on; what is chosen is then kept like anything typed. */
function choose(shown, theirs, value) {
  const cell = cellOfConflict(shown);
  hiddenOf(cell).value = theirs;
  cell.dataset.last = "\u0000";
  if (value !== null) setValue(cell, value);
  shown.remove();
  (controlOf(cell) ?? boxesOf(cell)[0]).focus();
  save(cell);
}

function takeTheirs(shown) {
  const cell = cellOfConflict(shown);
  const choice = shown.querySelector("form[data-choice]");
  const theirs = choice.querySelector('input[name^="was."]').value;
  if (shown.newer) fill(cell, shown.newer);
  else {
    hiddenOf(cell).value = theirs;
    setValue(cell, theirs);
    cell.dataset.last = valueOf(cell);
  }
  shown.remove();
  tell(cell, "");
  (controlOf(cell) ?? boxesOf(cell)[0]).focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form[data-plan-form]")) {
    event.preventDefault();
    for (const cell of form.querySelectorAll("[data-field]")) if (hiddenOf(cell)) save(cell);
  }
  const shown = form.matches("form[data-choice]") && form.closest("#plan [data-conflict]");
  if (!shown) return;
  event.preventDefault();
  choose(shown, form.querySelector('input[name^="was."]').value, form.querySelector("textarea").value);
});

document.addEventListener("click", (event) => {
  const shown = event.target.closest?.("[data-take-theirs]")?.closest("#plan [data-conflict]");
  if (!shown) return;
  event.preventDefault();
  takeTheirs(shown);
});

// Keys and leaving

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!isField(target) || event.isComposing) return;
  const cell = cellOf(target);
  if (key === "Escape" && isDirty(cell) && cell.dataset.state !== "saving") {
    event.preventDefault();
    setValue(cell, cell.dataset.last);
    tell(cell, "");
    announce(words().back);
  }
  const breaks = target.matches("[data-area]") && !event.ctrlKey && !event.metaKey;
  if (key === "Enter" && target.matches("input, textarea") && !breaks) {
    event.preventDefault();
    save(cell);
  }
});

document.addEventListener("focusout", ({ target }) => isField(target) && hiddenOf(cellOf(target)) && save(cellOf(target)));
document.addEventListener("change", ({ target }) => isField(target) && target.matches('select, [type="checkbox"]') && save(cellOf(target)));
document.addEventListener("input", ({ target }) => isField(target) && grow(target));

const unsaved = () => [...document.querySelectorAll("form[data-plan-form] [data-field][data-last]")].some((cell) => isDirty(cell) || cell.dataset.state === "saving");
window.addEventListener("beforeunload", (event) => {
  if (unsaved()) event.preventDefault();
});

watch(document);
