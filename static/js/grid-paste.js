// <table data-grid> of inputs takes a paste from a spreadsheet: its cells go to the right and down from the one in focus.
function rowsOf(text) {
  const rows = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return rows.map((row) => row.split("\t").map((cell) => cell.trim()));
}

function inputsOf(row) {
  return [...row.querySelectorAll("td > input")];
}

function put(grid, start, rows) {
  const lines = [...grid.tBodies[0].rows];
  const from = lines.indexOf(start.closest("tr"));
  const column = inputsOf(lines[from]).indexOf(start);
  let left = 0;
  rows.forEach((cells, down) => {
    const inputs = lines[from + down] ? inputsOf(lines[from + down]) : [];
    cells.forEach((cell, right) => {
      const input = inputs[column + right];
      if (!input || input.readOnly) left += cell === "" ? 0 : 1;
      else input.value = cell;
    });
  });
  return left;
}

document.addEventListener("paste", (event) => {
  const grid = event.target.closest?.("table[data-grid]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!grid || !event.target.matches("td > input") || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const left = put(grid, event.target, rowsOf(text));
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = left ? grid.dataset.someLeft.replace("0", left) : grid.dataset.pasted;
});
