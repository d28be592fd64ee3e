// Filters apply when a choice is made by pointer; by keyboard with Enter or the button, so that arrow keys do not reload.
// Empty fields stay out of the address.
import { forFresh, unseen } from "./fresh.js";

function connect(form) {
  let byPointer = false;
  form.addEventListener("pointerdown", () => (byPointer = true));
  form.addEventListener("keydown", () => (byPointer = false));
  form.addEventListener("change", (event) => {
    if (byPointer && event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date], input[type=month]")) form.requestSubmit();
  });
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
}

forFresh((root) => unseen(root, "form[data-autosubmit]", "submitReady").forEach(connect));
