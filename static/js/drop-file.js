// A file dropped anywhere on a page with <… data-drop> goes into the file field in it; one that is too large is told at once.
import { forFresh, unseen } from "./fresh.js";

const MEGABYTE = 1 << 20;

function connect(place) {
  const input = place.querySelector("input[type=file]");
  const holdsFile = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const show = (change) => {
    depth = Math.max(0, change === 0 ? 0 : depth + change);
    place.classList.toggle("over", depth > 0);
  };
  document.addEventListener("dragenter", (event) => holdsFile(event) && show(1));
  document.addEventListener("dragleave", (event) => holdsFile(event) && show(-1));
  document.addEventListener("dragover", (event) => holdsFile(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    show(0);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
  input.addEventListener("change", () => {
    const tooLarge = input.files[0]?.size > Number(place.dataset.dropMost) * MEGABYTE;
    input.setCustomValidity(tooLarge ? place.dataset.dropTooLarge : "");
    if (tooLarge) input.reportValidity();
  });
}

forFresh((root) => unseen(root, "[data-drop]", "dropReady").forEach(connect));
