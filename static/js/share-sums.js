// Sums of shares while they are typed: of what a support pool serves, and of a pool over all activities that share it.
const FULL = 1e-9;

/** A share as one types it: 0.25, 25 %, 1/4. What is no number counts as nothing: the server says so. */
function read(text) {
  const [, size, percent] = text.trim().replace(",", ".").match(/^(\d*\.?\d*(?:\/\d+)?)\s*(%?)$/) ?? [];
  if (!size) return 0;
  const [over, under = 1] = size.split("/").map(Number);
  return Number.isFinite(over / under) ? over / under / (percent ? 100 : 1) : 0;
}

function linesOf(root) {
  const lines = [...root.querySelectorAll(".model-line")];
  return lines.map((line) => ({ line, pool: line.querySelector('[name$=".name"]').value.trim(), share: read(line.querySelector('[name$=".number"]').value) }));
}

function show(place, sum, isUsed) {
  if (!place) return;
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 4 }).format(sum);
  place.textContent = place.dataset.words.replace("#", percent);
  place.classList.toggle("is-full", Math.abs(sum - 1) < FULL);
  place.hidden = !isUsed;
}

const total = (lines) => lines.reduce((sum, { share }) => sum + share, 0);

function update(form) {
  for (const group of form.querySelectorAll('[data-shares="serves"]')) {
    const lines = linesOf(group);
    show(group.querySelector("[data-share-sum]"), total(lines), lines.length > 0);
  }
  const shared = [...form.querySelectorAll('[data-shares="shares"]')].filter((group) => group.offsetParent).flatMap(linesOf);
  for (const { line, pool } of shared) {
    show(line.querySelector("[data-share-sum]"), total(shared.filter((each) => each.pool === pool)), pool !== "");
  }
}

function updateAll() {
  for (const form of document.querySelectorAll("form.model-form")) update(form);
}

document.addEventListener("input", ({ target }) => {
  if (target.form?.matches("form.model-form")) update(target.form);
});
document.addEventListener("htmx:afterSettle", updateAll);
updateAll();
