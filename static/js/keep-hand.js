// <form data-keep-hand>: after saving, the hand is where it was.
const KEY = "hand";

document.addEventListener("submit", ({ target }) => {
  if (!target.matches("form[data-keep-hand]")) return;
  const id = document.activeElement?.id;
  if (id) sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, id }));
});

const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
sessionStorage.removeItem(KEY);
if (kept?.path === location.pathname) document.getElementById(kept.id)?.focus();
