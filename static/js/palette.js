// The palette of Ctrl K: pages of the navigation by name, and a search for what is typed.
import { word } from "./words.js";

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-list");
let chosen = 0;

function pages() {
  return [...document.querySelectorAll(".side a, [data-palette]")].map((link) => ({
    label: link.dataset.palette || link.textContent.trim(),
    url: link.href,
    key: link.dataset.go,
  }));
}

function entries(text) {
  const wanted = text.trim().toLowerCase();
  const found = pages().filter((page) => page.label.toLowerCase().includes(wanted));
  if (!wanted) return found;
  const form = document.getElementById("search").form;
  return [...found, { label: `${word("search")} “${text.trim()}”`, url: `${form.action}?q=${encodeURIComponent(text.trim())}` }];
}

function option({ label, url, key }, index) {
  const item = document.createElement("li");
  item.id = `palette-${index}`;
  item.role = "option";
  item.dataset.url = url;
  item.append(label);
  if (key) {
    const hint = document.createElement("kbd");
    hint.textContent = `g ${key}`;
    item.append(hint);
  }
  return item;
}

function choose(index) {
  const items = [...list.children];
  chosen = Math.max(0, Math.min(index, items.length - 1));
  items.forEach((item, place) => item.setAttribute("aria-selected", place === chosen));
  items[chosen]?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", items[chosen]?.id ?? "");
}

function refresh() {
  list.replaceChildren(...entries(input.value).map(option));
  choose(0);
}

function follow(item) {
  if (item) location.assign(item.dataset.url);
}

if (dialog) {
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  input.addEventListener("input", refresh);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") follow(list.children[chosen]);
    if (!(event.key in moves)) return;
    event.preventDefault();
    choose(chosen + moves[event.key]);
  });
  list.addEventListener("click", (event) => follow(event.target.closest("li")));
  dialog.addEventListener("dialog:opened", () => {
    input.value = "";
    refresh();
    input.focus();
  });
}
