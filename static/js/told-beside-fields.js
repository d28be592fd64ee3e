// Carries what a check has found ([data-model-told] with li[data-input=ID][data-message]) to the fields it belongs to.
const MARKS = ["aria-invalid", "aria-describedby"];

function clear(form) {
  for (const place of form.querySelectorAll(".told")) place.remove();
  for (const mark of MARKS) for (const field of form.querySelectorAll(`[${mark}]`)) field.removeAttribute(mark);
}

function placeOf(field) {
  const known = document.getElementById(`${field.id}-told`);
  if (known) return known;
  const place = Object.assign(document.createElement("div"), { id: `${field.id}-told`, className: "told" });
  if (field.matches("input, select")) field.closest(".field").append(place);
  else (field.matches(".model-lines") ? field : field.querySelector(".field") ?? field).append(place);
  return place;
}

function tell(form, item) {
  const { dataset } = item;
  const field = dataset.input && document.getElementById(dataset.input);
  if (!field || !form.contains(field)) return;
  const isWarning = dataset.warning !== undefined;
  const text = document.createElement("p");
  text.className = isWarning ? "field-warning" : "field-error";
  text.textContent = dataset.message;
  const mend = item.querySelector("button");
  if (mend) text.append(" ", mend.cloneNode(true));
  placeOf(field).append(text);
  field.setAttribute("aria-describedby", `${field.id}-told`);
  if (!isWarning) field.setAttribute("aria-invalid", "true");
}

document.addEventListener("htmx:afterSettle", () => {
  const told = document.querySelector("[data-model-told]:not([data-carried])");
  const form = told?.closest("form");
  if (!form) return;
  told.dataset.carried = "";
  clear(form);
  for (const each of told.querySelectorAll("li[data-input]")) tell(form, each);
});
