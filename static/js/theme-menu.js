// The buttons light, dark, as the system: the choice is kept by this browser.
const buttons = document.querySelectorAll("[data-theme-choice]");

function show() {
  const chosen = localStorage.getItem("theme") ?? "auto";
  for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.themeChoice === chosen);
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    localStorage.setItem("theme", button.dataset.themeChoice);
    document.documentElement.dispatchEvent(new CustomEvent("theme:chosen"));
    show();
  });
}
show();
