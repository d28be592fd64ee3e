// Levers of a what-if: a slider beside each number that names its ends, and nothing in the address that changes nothing.
import { forFresh, unseen } from "./fresh.js";

function slider(number) {
  const [min, max] = number.dataset.ends.split(" ");
  const range = document.createElement("input");
  Object.assign(range, { type: "range", min, max, step: "1", value: number.value || "0" });
  range.className = "lever-range";
  range.tabIndex = -1; // the number beside it takes the keyboard
  range.setAttribute("aria-hidden", "true");
  range.addEventListener("input", () => (number.value = range.value));
  number.addEventListener("input", () => (range.value = number.value || "0"));
  number.parentElement.prepend(range);
}

function connect(form) {
  form.querySelectorAll("[data-ends]").forEach(slider);
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) {
      const unchanged = value === "0" && !["discount_cap", "minimum_order"].includes(name) && !name.startsWith("own");
      if (value === "" || unchanged) formData.delete(name);
    }
    if (!formData.has("minimum_order")) formData.delete("small_orders");
    if (!formData.has("volume")) formData.delete("volume_in_orders");
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
  unseen(root, "form[data-levers]", "leversReady").forEach(connect);
  unseen(root, "form[data-keep]", "keepReady").forEach(keep);
});
