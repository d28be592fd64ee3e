// <input data-accounts="URL">: accounts by a part of their name, from the server. Arrows move, Enter or Tab takes one.
const WAIT = 120;
let timer, asked = 0;

function listOf(input) {
  return document.getElementById(input.getAttribute("aria-controls"));
}

function close(input) {
  clearTimeout(timer);
  asked += 1; // an answer that is still on its way comes too late
  listOf(input).hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(input, index) {
  const options = [...listOf(input).children];
  const place = Math.max(0, Math.min(index, options.length - 1));
  options.forEach((option, number) => option.setAttribute("aria-selected", number === place));
  options[place]?.scrollIntoView({ block: "nearest" });
  if (options[place]) input.setAttribute("aria-activedescendant", options[place].id);
}

function marked(input) {
  return [...listOf(input).children].findIndex((option) => option.getAttribute("aria-selected") === "true");
}

async function ask(input) {
  const number = ++asked;
  const text = input.value.trim();
  if (!text) return close(input);
  const answer = await fetch(`${input.dataset.accounts}?q=${encodeURIComponent(text)}`, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || number !== asked) return;
  const list = listOf(input);
  list.innerHTML = await answer.text();
  list.hidden = !list.children.length;
  input.setAttribute("aria-expanded", String(!list.hidden));
  mark(input, 0);
}

function take(input, option) {
  input.value = option.dataset.value;
  close(input);
  input.dispatchEvent(new CustomEvent("account-chosen", { bubbles: true }));
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("input[data-accounts]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => ask(target), WAIT);
});

document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (!input.matches?.("input[data-accounts]") || listOf(input).hidden) return;
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves) mark(input, marked(input) + moves[event.key]);
  else if (event.key === "Enter" || event.key === "Tab") take(input, listOf(input).children[marked(input)]);
  else if (event.key === "Escape") close(input);
  else return;
  if (event.key !== "Tab") event.preventDefault();
});

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest(".account-list [role=option]");
  if (!option) return;
  event.preventDefault(); // the hand stays in the field
  take(document.querySelector(`[aria-controls="${option.parentElement.id}"]`), option);
});

document.addEventListener("focusout", ({ target }) => {
  if (target.matches("input[data-accounts]")) close(target);
});
