// The lines of the day by keyboard: j and k, or arrows, go from line to line; d, s and r act on the line one is at; u takes
// the last act back. The keys are data-shortcut of the line's buttons, so they are switched off with all single keys.
const PANEL = "today";
let place = -1;
let acted = false;

const lines = () => [...document.querySelectorAll(`#${PANEL} [data-day-line]`)];

function stand(line) {
  for (const other of lines()) other.classList.toggle("is-here", other === line);
  for (const control of document.querySelectorAll("[data-day-key]")) {
    if (line?.contains(control)) control.dataset.shortcut = control.dataset.dayKey;
    else delete control.dataset.shortcut;
  }
  place = lines().indexOf(line);
}

function go(to) {
  const all = lines();
  const line = all[Math.max(0, Math.min(to, all.length - 1))];
  if (line) line.querySelector(".day-open").focus();
  else document.querySelector("[data-day-empty]")?.focus();
}

document.addEventListener("focusin", (event) => {
  const line = event.target.closest?.("[data-day-line]");
  if (line) stand(line);
});

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-day-step]");
  if (step) go(place + Number(step.dataset.dayStep));
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches(".day-open") || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  go(place + step);
});

// What a key opens takes the hand: the first choice of the menu.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches("[data-day-line] details.menu") && target.open) target.querySelector(".day-sheet :is(button, select, textarea)").focus();
  },
  true,
);

// After an act the hand is at the line that took the place of the one that is gone.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches?.(`#${PANEL} form`)) acted = true;
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!acted || detail.target?.id !== PANEL) return; // parts of the panel come by themselves
  acted = false;
  go(Math.max(place, 0));
});
