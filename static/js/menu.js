// Menus made of <details>: a click elsewhere or Escape closes them. A button with data-toggles opens what a phone folds.
const open = () => document.querySelectorAll("details.menu[open], details.menu-plain[open]");

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggles]");
  if (toggle) {
    const isOpen = document.getElementById(toggle.dataset.toggles).classList.toggle("is-open");
    toggle.setAttribute("aria-expanded", isOpen);
  }
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
