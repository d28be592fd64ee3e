// On phones and tablets the lines of a plan are folded (plan-narrow.css): [data-fold] unfolds its own. What an address
// leads to is open.
function unfold(line, open) {
  line.classList.toggle("is-open", open);
  line.querySelector("[data-fold]")?.setAttribute("aria-expanded", String(open));
}

document.addEventListener("click", ({ target }) => {
  const line = target.closest?.("[data-fold]")?.closest("[data-plan-entry]");
  if (line) unfold(line, !line.classList.contains("is-open"));
});

function arrive() {
  const line = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (line && line.matches("[data-plan-entry]")) unfold(line, true);
}

window.addEventListener("hashchange", arrive);
arrive();
