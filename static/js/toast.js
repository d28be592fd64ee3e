// Short notes at the corner, read aloud. The server sends one by HX-Trigger: {"toast": {"text": "…", "level": "success"}}.
import { word } from "./words.js";

const SECONDS = 8;

export function toast(text, level = "info") {
  const note = document.createElement("div");
  note.className = `notice notice-${level}`;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet";
  close.textContent = word("close");
  close.addEventListener("click", () => note.remove());
  note.append(text, close);
  document.getElementById("toasts").append(note);
  if (level !== "error") setTimeout(() => note.remove(), SECONDS * 1000); // an error stays until it is closed
}

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.level));
document.addEventListener("htmx:responseError", () => toast(word("serverError"), "error"));
document.addEventListener("htmx:sendError", () => toast(word("offline"), "error"));
