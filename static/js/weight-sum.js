// The sum of the weights of a [data-weights] while they are typed: shown in its [data-weight-sum].
import { read, shown } from "./grid-totals.js";
import { word } from "./words.js";

const NUMBER = /^[+−-]?(\d*)([.,]\d{0,4})?$/; // else the server refuses it
const FULL = 1000000n; // 100 in ten-thousandths

document.addEventListener("input", ({ target }) => {
  const weights = target.closest?.("[data-weights]");
  const place = weights?.querySelector("[data-weight-sum]");
  if (!place || !target.matches('[name$=".weight"]')) return;
  const inputs = [...weights.querySelectorAll('[name$=".weight"]')];
  if (!inputs.every((input) => NUMBER.test(input.value.trim()))) {
    place.textContent = word("weights").replace("#", "–");
    return place.classList.remove("is-full");
  }
  const total = inputs.reduce((sum, input) => sum + read(input.value.replace(",", "."), "."), 0n);
  place.textContent = word("weights").replace("#", shown(total));
  place.classList.toggle("is-full", total === FULL);
});
