// A plan on paper: what stands in each field as text, and what is folded under “More” in a line, so that nothing is cut.
const LANGUAGE = document.documentElement.lang || "en";

function day(value) {
  const parts = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).formatToParts(new Date(value));
  const part = (type) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("day")} ${part("month")} ${part("year")}`; // as everywhere in the portal
}

function nameOf(cell) {
  return cell.querySelector(".cell-name")?.textContent.trim() ?? "";
}

function chosen(cell) {
  return [...cell.querySelectorAll(".cell-several input:checked")].map((each) => each.closest("label").textContent.trim()).join(", ");
}

/** What a field says, empty where it says nothing. */
function said(cell) {
  if (cell.querySelector(".cell-several")) return chosen(cell);
  const control = cell.querySelector(".cell-control :is(input, select, textarea)");
  if (!control) return cell.querySelector(".cell-words")?.textContent.trim() ?? "";
  if (control.type === "checkbox") return control.checked ? nameOf(cell) : "";
  if (!control.value.trim()) return "";
  if (control.type === "date") return day(control.value);
  if (control.matches("select")) return control.selectedOptions[0].text;
  const unit = cell.matches(".of-value > :is(.plan-f-today, .plan-f-target), .of-investments > .plan-cell") ? "" : cell.querySelector(".cell-hint")?.textContent; // a column or the section says it
  return [control.value, unit].filter(Boolean).join(" ");
}

function put(beside, tag, text, kind) {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = text;
  beside.append(made);
}

/** Where nothing is said: a dash, for a measure its own, for a tick nothing. */
function unsaid(cell) {
  if (cell.classList.contains("is-check")) return "";
  return cell.dataset.field === "measure" ? cell.querySelector("option:checked").text : "–";
}

function written(cell) {
  put(cell, "span", said(cell) || unsaid(cell), "cell-words cell-paper");
}

function unfolded(more) {
  const told = ["direction", more.closest("[data-group]")?.dataset.group]; // baseline and target, or the heading, say it
  const cells = [...more.querySelectorAll(".plan-cell")].filter((cell) => !told.includes(cell.dataset.field) && said(cell));
  if (cells.length) put(more.parentElement, "p", cells.map((cell) => `${nameOf(cell)}: ${said(cell)}`).join(" · "), "entry-extras hint cell-paper");
}

function clear(plan) {
  plan.classList.remove("is-on-paper");
  plan.querySelectorAll(".cell-paper").forEach((each) => each.remove());
}

addEventListener("beforeprint", () => {
  const plan = document.getElementById("plan");
  if (!plan) return;
  clear(plan);
  plan.querySelectorAll(".plan-cell:has(> .cell-control):not(.entry-more *)").forEach(written);
  plan.querySelectorAll(".entry-more").forEach(unfolded);
  plan.classList.add("is-on-paper");
});

addEventListener("afterprint", () => {
  const plan = document.getElementById("plan");
  if (plan) clear(plan);
});
