// Signals by keyboard: buttons with data-signal-step go from one to the next, those with data-signal-press press what has
// that data-signal-key in the signal one is in. After a signal was dealt with, the hand goes on to the next one.
const listed = () => [...document.querySelectorAll("[data-signal]")];
let place = -1;

function go(step) {
  const signals = listed();
  const here = signals.indexOf(document.activeElement?.closest("[data-signal]"));
  signals[Math.min(Math.max(here + step, 0), signals.length - 1)]?.focus();
}

function press(key) {
  const signal = document.activeElement?.closest("[data-signal]");
  const button = signal?.querySelector(`[data-signal-key="${key}"]`);
  button?.click();
  if (button?.matches("summary")) signal.querySelector("details[open] :is(input:not([type=hidden]), button)")?.focus();
}

document.addEventListener("click", ({ target }) => {
  if (target.dataset?.signalStep) go(Number(target.dataset.signalStep));
  if (target.dataset?.signalPress) press(target.dataset.signalPress);
});

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  place = listed().indexOf(target.closest?.("[data-signal]"));
});

document.addEventListener("htmx:afterSettle", () => {
  if (place < 0 || document.querySelector("dialog[open]")) return;
  const signals = listed();
  const isOpen = signals[place]?.matches(".is-open");
  (signals[isOpen ? place : place + 1] ?? signals[place])?.focus();
  place = -1;
});
