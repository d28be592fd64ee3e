// Keys: "/" search, "?" help, "a" add, "g" and a letter go to a page, Ctrl K the palette. Single keys can be switched off.
import { openDialog } from "./panel.js";

const SWITCH = "single-keys";
const box = document.getElementById(SWITCH);
let going = false;

function singleKeys() {
  return localStorage.getItem(SWITCH) !== "off";
}

function typing({ target }) {
  return target.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;
}

function press(selector) {
  const element = document.querySelector(selector);
  if (element?.matches("input")) element.focus();
  else element?.click();
  return element !== null;
}

function show(id) {
  openDialog(id);
  return true;
}

function single(key) {
  if (going) {
    going = false;
    return press(`[data-go="${CSS.escape(key)}"]`);
  }
  if (key === "/") return press("#search");
  if (key === "?") return show("shortcuts");
  going = key === "g";
  return going || (/^[a-z]$/.test(key) && press(`[data-shortcut="${key}"]`));
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return void show("palette");
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || !singleKeys()) return;
  if (single(event.key)) event.preventDefault();
});

if (box) {
  box.checked = singleKeys();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
}
