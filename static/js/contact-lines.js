// Draws the lines of a contact chart: [data-contact-chart] with cards and, in the JSON element data-lines names, who is
// joined with whom. Lines run in the space between the rows, so they never cross a card.
import { forFresh, unseen } from "./fresh.js";

const SVG = "http://www.w3.org/2000/svg";
const ROUND = 6;
const LANE = 4;

function draw(chart) {
  const svg = chart.querySelector(".contact-lines");
  const source = document.getElementById(chart.dataset.lines);
  if (!svg || !source || getComputedStyle(svg).display === "none") return;
  const frame = chart.getBoundingClientRect();
  svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
  svg.replaceChildren();
  const lanes = new Map();
  const cards = [...chart.querySelectorAll("[data-person]")].map((card) => place(card, frame));
  const edge = chart.querySelector(".between").getBoundingClientRect().left - frame.left;
  const trunk = Math.min(...cards.map((card) => card.left)) - 10;
  for (const line of JSON.parse(source.textContent)) {
    const from = document.getElementById(line.from);
    const to = document.getElementById(line.to);
    if (!from || !to) continue;
    const start = place(from, frame);
    const end = place(to, frame);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", line.kind);
    path.dataset.from = line.from;
    path.dataset.to = line.to;
    path.setAttribute("d", line.kind === "boss" ? upwards(start, end, cards, trunk) : across(start, end, cards, edge, lanes));
    svg.append(path);
  }
}

function place(card, frame) {
  const box = card.getBoundingClientRect();
  return {
    left: box.left - frame.left,
    right: box.right - frame.left,
    top: box.top - frame.top,
    bottom: box.bottom - frame.top,
    middle: (box.top + box.bottom) / 2 - frame.top,
    centre: (box.left + box.right) / 2 - frame.left,
  };
}

/** From the top of a card up to the boss: along the trunk at the left edge, where another card is in the way. */
function upwards(start, end, cards, trunk) {
  if (start.top < end.bottom) return `M${start.centre} ${start.bottom}C${start.centre} ${start.bottom + 22} ${end.centre} ${end.bottom + 22} ${end.centre} ${end.bottom}`;
  const lane = start.top - 10;
  const isFree = !cards.some((card) => card.bottom < start.top && card.top > end.bottom && card.left < end.centre && card.right > end.centre);
  if (isFree) return `M${start.centre} ${start.top}V${lane}H${end.centre}V${end.bottom}`;
  return `M${start.centre} ${start.top}V${lane}H${trunk}V${end.bottom + 10}H${end.centre}V${end.bottom}`;
}

/** From a card down into the lane below its row, along it, and over to one of us. */
function across(start, end, cards, edge, lanes) {
  const last = !cards.some((card) => card.left > start.right && card.top < start.bottom && card.bottom > start.top);
  const bend = (end.left - edge) * 0.6;
  if (last) return `M${start.right} ${start.middle}H${edge}C${edge + bend} ${start.middle} ${end.left - bend} ${end.middle} ${end.left} ${end.middle}`;
  const used = lanes.get(start.bottom) ?? 0;
  lanes.set(start.bottom, used + 1);
  const lane = start.bottom + 8 + (used % 4) * LANE;
  const leaves = start.centre + 16 + (used % 4) * LANE;
  return `M${leaves} ${start.bottom}V${lane - ROUND}q0 ${ROUND} ${ROUND} ${ROUND}H${edge}C${edge + bend} ${lane} ${end.left - bend} ${end.middle} ${end.left} ${end.middle}`;
}

/** The lines of the card under the hand stand out. */
function light(chart, card) {
  chart.classList.toggle("has-hot", Boolean(card));
  for (const path of chart.querySelectorAll(".contact-lines path")) {
    path.classList.toggle("is-hot", Boolean(card) && [path.dataset.from, path.dataset.to].includes(card.id));
  }
}

function watch(chart) {
  draw(chart);
  new ResizeObserver(() => draw(chart)).observe(chart);
  for (const [begin, end] of [["pointerover", "pointerleave"], ["focusin", "focusout"]]) {
    chart.addEventListener(begin, ({ target }) => light(chart, target.closest("[data-person], [data-colleague]")));
    chart.addEventListener(end, () => light(chart, null));
  }
}

forFresh((root) => unseen(root, "[data-contact-chart]", "drawn").forEach(watch));
for (const [when, prints] of [["beforeprint", true], ["afterprint", false]]) {
  window.addEventListener(when, () => {
    for (const chart of document.querySelectorAll("[data-contact-chart]")) {
      chart.classList.toggle("is-printed", prints); // as wide as paper: drawn lines do not move any more
      draw(chart);
    }
  });
}
