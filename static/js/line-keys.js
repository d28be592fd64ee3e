// Alt and an arrow key move the line one is in: <… data-line> with buttons whose value begins with up: and down:.
const DIRECTIONS = { ArrowUp: "up:", ArrowDown: "down:" };

document.addEventListener("keydown", (event) => {
  const direction = DIRECTIONS[event.key];
  if (!event.altKey || !direction || event.target.matches("select")) return;
  const button = event.target.closest("[data-line]")?.querySelector(`button[value^="${direction}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
