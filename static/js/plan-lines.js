// Lines of a plan: added by typing what they are and Enter, removed with a way back, moved with Alt and an arrow key.
import { parsed, save, settled, watch, hiddenOf } from "./plan-edit.js";
import { refreshKind } from "./plan-parts.js";
import { post } from "./plan-sending.js";
import { toast } from "./toast.js";

const words = () => document.getElementById("plan-words")?.dataset ?? {};
const announce = (text) => (document.getElementById("announcer").textContent = text);

async function ask(form, data) {
  try {
    return await post(form.action, data);
  } catch (trouble) {
    const said = trouble.shown(words()[`${trouble.kind}Line`]);
    if (form.querySelector(".field-error")) complain(form, said);
    else toast(said, "error");
    return null;
  }
}

function insert(line, place) {
  place(line);
  watch(line.parentElement);
  window.htmx?.process(line);
}

function complain(form, message) {
  const place = form.querySelector(".field-error");
  place.replaceChildren(message);
  place.hidden = !message;
}

let adding = Promise.resolve(); // lines come in the order they were typed

/** The box is free for the next line at once; what could not be added comes back into it. */
function add(form) {
  const data = new FormData(form);
  const boxes = [...form.querySelectorAll('input[type="text"]')].map((box) => [box, box.value]);
  form.reset();
  boxes[0][0].focus();
  complain(form, "");
  adding = adding.then(() => added(form, data)).then((done) => {
    if (!done) for (const [box, text] of boxes) box.value = [text, box.value].filter(Boolean).join(" ");
  });
}

async function added(form, data) {
  const answer = await ask(form, data);
  if (answer?.state !== "saved") {
    if (answer) complain(form, answer.message);
    return false;
  }
  const list = form.parentElement.querySelector("[data-entries]");
  insert(parsed(answer.entry), (line) => list.append(line));
  announce(words().added);
  refreshKind(data.get("section"));
  return true;
}

async function remove(form, data) {
  const line = form.closest("[data-plan-entry]");
  const answer = await ask(form, data);
  if (!answer) return;
  if (answer.state !== "saved") {
    toast(answer.message, "error");
    if (answer.entry) insert(parsed(answer.entry), (fresh) => line.replaceWith(fresh));
    return;
  }
  const way = document.getElementById("plan-undo").content.firstElementChild.cloneNode(true);
  way.querySelector("span").textContent = answer.message;
  way.querySelector("button").addEventListener("click", () => restore(form, way, data.get("section"), answer.change));
  line.replaceWith(way);
  way.querySelector("button").focus();
  announce(answer.message);
  refreshKind(data.get("section"));
}

async function restore(form, way, kind, change) {
  const data = new FormData();
  for (const [name, value] of [["section", kind], ["do", "restore"], ["change", change]]) data.append(name, value);
  const answer = await ask(form, data);
  if (answer?.state !== "saved") return void (answer && toast(answer.message, "error"));
  insert(parsed(answer.entry), (line) => {
    way.replaceWith(line);
    line.querySelector("textarea, select, input:not([type=hidden])")?.focus();
  });
  announce(words().undone);
  refreshKind(kind);
}

async function move(form, data, direction) {
  const line = form.closest("[data-plan-entry]");
  const beside = direction === "up" ? line.previousElementSibling : line.nextElementSibling;
  const hand = document.activeElement;
  if (!beside?.matches("[data-plan-entry]")) return;
  const answer = await ask(form, data);
  if (answer?.state !== "saved") return;
  if (direction === "up") beside.before(line);
  else beside.after(line);
  hand?.focus();
  announce(words().moved);
}

async function act(form, button) {
  const line = form.closest("[data-plan-entry]").querySelector("form[data-plan-form]");
  for (const cell of line.querySelectorAll("[data-field]")) if (hiddenOf(cell)) save(cell);
  await settled(line);
  const data = new FormData(form, button);
  if (button.value === "remove") await remove(form, data);
  else await move(form, data, button.value);
}

async function confirm(form, button) {
  const kind = form.elements.section.value;
  const answer = await ask(form, new FormData(form, button));
  if (answer?.state !== "saved") return;
  announce(words().saved);
  refreshKind(kind);
}

async function note(form) {
  const answer = await ask(form, new FormData(form));
  if (!answer) return;
  complain(form, answer.message ?? "");
  if (answer.state !== "saved") return;
  const line = form.closest("[data-plan-entry]");
  const fresh = parsed(answer.entry);
  line.querySelector("[data-facts]").innerHTML = fresh.querySelector("[data-facts]").innerHTML;
  form.querySelector('input[type="text"]').value = "";
  announce(words().saved);
  refreshKind("objectives");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const does = [["[data-plan-add]", add], ["[data-plan-line]", act], ["[data-plan-confirm]", confirm], ["[data-plan-reading]", note]];
  const [, answer] = does.find(([what]) => form.matches(`#plan form${what}`)) ?? [];
  if (!answer) return;
  event.preventDefault();
  answer(form, event.submitter);
});

document.addEventListener("keydown", (event) => {
  const direction = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (!direction || !event.altKey || event.target.matches("select")) return;
  const line = event.target.closest?.("[data-plan-entry]");
  const button = line?.querySelector(`[data-plan-line] button[value="${direction}"]`);
  if (!button) return;
  event.preventDefault();
  act(button.form, button);
});

document.addEventListener("plan:fresh", ({ target }) => watch(target));
