// <form data-guard>: the browser asks before a page with unsaved changes is left. [data-changed] says there are some.
document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form?.matches("[data-guard]")) return;
  form.dataset.changed = "";
  for (const said of document.querySelectorAll(".messages .notice-success")) said.remove(); // “Saved.” is true no more
  for (const note of form.querySelectorAll("[data-unsaved]")) note.hidden = false;
});

document.addEventListener("submit", ({ target }) => {
  for (const form of document.querySelectorAll("form[data-guard]")) if (form === target) delete form.dataset.changed;
});

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-guard][data-changed]")) event.preventDefault();
});
