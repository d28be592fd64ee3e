// Alt and an arrow key move the line one is in: <… data-line> with buttons whose value begins with up: and down:. The
// hand stays in its field, which has another number after the move.
const DIRECTIONS = { ArrowUp: ["up:", -1], ArrowDown: ["down:", 1] };
let hand = null;

document.addEventListener("keydown", (event) => {
  const [direction, step] = DIRECTIONS[event.key] ?? [];
  if (!event.altKey || !direction || event.target.matches("select")) return;
  const button = event.target.closest("[data-line]")?.querySelector(`button[value^="${direction}"]`);
  if (!button) return;
  event.preventDefault();
  hand = fieldAfter(event.target.name, button.value.slice(direction.length), step);
  button.click();
});

function fieldAfter(name, line, step) {
  if (!name?.startsWith(`${line}.`)) return null;
  const moved = line.replace(/\d+(?=\]$)/, (number) => Number(number) + step);
  return [moved, line].map((place) => place + name.slice(line.length)); // the first or last line stays
}

document.addEventListener("htmx:afterSettle", () => {
  const [field] = (hand ?? []).map((name) => document.querySelector(`[name="${CSS.escape(name)}"]`)).filter(Boolean);
  hand = null;
  field?.focus();
});
