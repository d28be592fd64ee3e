// Short notes at the corner, read aloud. The server sends one by HX-Trigger: {"toast": {"text": "…", "level": "success",
// "link": {"url": "/…", "text": "…"}}}; the link is optional, and a note with one stays longer.
import { word } from "./words.js";

const SECONDS = 8, WITH_LINK = 20;

export function toast(text, level = "info", link = null) {
  const note = document.createElement("div");
  note.className = `notice notice-${level}`;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet";
  close.textContent = word("close");
  close.addEventListener("click", () => note.remove());
  note.append(text);
  if (link) note.append(linked(link));
  note.append(close);
  document.getElementById("toasts").append(note);
  if (level !== "error") setTimeout(() => note.remove(), (link ? WITH_LINK : SECONDS) * 1000); // an error stays until it is closed
}

function linked({ url, text }) {
  const link = document.createElement("a");
  link.href = url;
  link.textContent = text;
  return link;
}

document.addEventListener("toast", ({ detail }) => toast(detail.text, detail.level, detail.link));
document.addEventListener("htmx:responseError", () => toast(word("serverError"), "error"));
document.addEventListener("htmx:sendError", () => toast(word("offline"), "error"));
