// Sets the theme before the first paint. Loaded on its own, blocking, so that nothing flashes.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  function choice() {
    try {
      return localStorage.getItem("theme") ?? "auto";
    } catch {
      return "auto"; // storage may be blocked: follow the system
    }
  }

  function apply() {
    const chosen = choice();
    const theme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
    if (root.dataset.bsTheme === theme) return;
    root.dataset.bsTheme = theme;
    root.dispatchEvent(new CustomEvent("theme:changed", { bubbles: true }));
  }

  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  root.addEventListener("theme:chosen", apply);
})();
