// Levers of a what-if: a slider beside each number that names its ends, and nothing in the address that changes nothing.
import { forFresh, unseen } from "./fresh.js";

/** Of a limit that may be none, the slider says none one step beyond its upper end. */
function slider(number) {
  const [min, most] = number.dataset.ends.split(" ");
  const none = "none" in number.dataset;
  const max = none ? Number(most) + 1 : most;
  const rest = none ? max : "0";
  const range = document.createElement("input");
  const said = () => number.value.replace("−", "-").replace(",", ".");
  const place = () => (number.value === "" ? rest : none ? Math.min(said(), most) : said());
  Object.assign(range, { type: "range", min, max, step: "1", value: place() });
  range.className = "lever-range";
  range.tabIndex = -1; // the number beside it takes the keyboard
  range.setAttribute("aria-hidden", "true");
  range.addEventListener("input", () => (number.value = none && range.value === String(max) ? "" : range.value));
  number.addEventListener("input", () => (range.value = place()));
  number.parentElement.prepend(range);
}

/** On a narrow screen the result stands first and the levers are folded, unless one of them is wrong. */
function fold(part) {
  if (!matchMedia("(min-width: 1100px)").matches && !part.querySelector(".field-error")) part.open = false;
}

function connect(form) {
  form.querySelectorAll("[data-ends]").forEach(slider);
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) {
      const unchanged = value === "0" && !["discount_cap", "minimum_order"].includes(name) && !name.startsWith("own");
      if (value === "" || unchanged) formData.delete(name);
    }
    if (!formData.has("minimum_order")) ["small_orders", "joined_within"].forEach((name) => formData.delete(name));
    if (!formData.has("volume")) formData.delete("volume_in_orders");
    const rest = form.querySelector("[data-rest]")?.name;
    if ([...formData.keys()].some((name) => name !== rest)) formData.delete(rest);
  });
}

/** What is kept is what the levers say now. */
function keep(form) {
  form.addEventListener("submit", () => {
    const [path] = form.getAttribute("action").split("?");
    form.action = `${path}?${document.getElementById("keep-query").dataset.query}`;
  });
}

forFresh((root) => {
  unseen(root, "details[data-fold]", "foldReady").forEach(fold);
  unseen(root, "form[data-levers]", "leversReady").forEach(connect);
  unseen(root, "form[data-keep]", "keepReady").forEach(keep);
});
