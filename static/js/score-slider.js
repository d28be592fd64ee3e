// A slider beside each score [data-score], from 0 to 10 in halves; the anchors near it stand out; “I don't know” empties it.
import { forFresh, unseen } from "./fresh.js";

const read = (text) => (text.trim() === "" ? NaN : Number(text.trim().replace(",", ".")));

function mark(card, score) {
  const anchors = [...card.querySelectorAll(".anchors > div")];
  const far = anchors.map((anchor) => Math.abs(Number(anchor.firstElementChild.textContent) - score));
  const nearest = Math.min(...far);
  anchors.forEach((anchor, place) => anchor.classList.toggle("is-near", far[place] === nearest && far[place] <= 2));
}

function connect(number) {
  const card = number.closest(".score-card");
  const range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 10, step: 0.5, tabIndex: -1 });
  range.className = "score-range";
  range.setAttribute("aria-hidden", "true"); // the number beside it takes the keyboard
  const follow = () => {
    const score = read(number.value);
    range.classList.toggle("is-unset", Number.isNaN(score));
    range.value = Number.isNaN(score) ? 5 : score;
    mark(card, score);
  };
  const unknown = card.querySelector("[data-unknown]");
  range.addEventListener("input", () => {
    number.value = range.value;
    unknown.checked = false;
    follow();
  });
  number.addEventListener("input", () => {
    if (number.value.trim()) unknown.checked = false;
    follow();
  });
  unknown.addEventListener("change", () => {
    if (unknown.checked) number.value = "";
    follow();
  });
  number.parentElement.prepend(range);
  follow();
}

forFresh((root) => unseen(root, "[data-score]", "scoreReady").forEach(connect));
