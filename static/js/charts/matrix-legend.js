// How to read the matrix, above it; on pages without other switches with the one for movement since the run before.
import { word } from "../words.js";
import { compact } from "./format.js";
import { BEFORE_X, CONTRIBUTION, FIRMNESS, PROVISIONAL, REVENUE } from "./matrix-point.js";

function item(...content) {
  const element = document.createElement("li");
  element.append(...content);
  return element;
}

function mark(name) {
  const element = document.createElement("span");
  element.className = name;
  return element;
}

function movementSwitch(view) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = view.state.movement ?? Boolean(view.data.movement);
  box.addEventListener("change", () => {
    view.state.movement = box.checked;
    view.redraw();
  });
  label.append(box, view.data.movement ?? word("movement"));
  return item(label);
}

/** On a narrow screen the corners have no room for the guidance: it goes under the chart. */
function guidance({ data, element }) {
  const list = document.createElement("ul");
  list.className = "chart-legend";
  list.append(...data.boxes.map(({ name, guidance: text }) => item(`${name}: ${text}`)));
  element.after(list);
}

function outlines(data, any) {
  const found = Object.entries(data.firmness ?? {}).filter(([code]) => any((row) => row[FIRMNESS] === code));
  const [first, ...others] = found.map(([code, name]) => [mark(`dot ${code}-box`), data.words?.[code] ?? name]);
  return first ? [item(data.words?.outline ?? "", ...first, ...others.flat())] : [];
}

/** What the marks mean, item by item. */
export function parts(view) {
  const { data } = view;
  const largest = Math.max(...data.points.map((row) => row[REVENUE]), 0);
  const any = (test) => data.points.some(test);
  const found = [
    item(mark("dot small"), mark("dot"), `${word("area")} ${compact(largest, data)}`),
    item(`${word("colour")} ${word("loss")}`, mark("scale"), word("profit")),
    ...outlines(data, any),
  ];
  if (any((row) => row[PROVISIONAL])) found.push(item(mark("dot hatched"), word("provisional")));
  if (any((row) => row[REVENUE] <= 0)) found.push(item(mark("dot hollow"), word("hollow")));
  if (any((row) => row[CONTRIBUTION] === null)) found.push(item(mark("dot unknown"), word("unknown")));
  if (data.density?.length) found.push(item(mark("square"), word("density")));
  if (!view.page && any((row) => row[BEFORE_X] !== null)) found.push(movementSwitch(view));
  return found;
}

export function legend(view) {
  if (view.element.clientWidth <= 560) guidance(view);
  return parts(view);
}
