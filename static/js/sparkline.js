// Small trend lines: <svg class="sparkline" data-values="1,2,None,4">; a gap stays a gap, the last value gets a dot.
import { forFresh, unseen } from "./fresh.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const WIDTH = 88;
const HEIGHT = 24;
const EDGE = 3;

function shape(name, attributes) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function numbers(text) {
  return text.split(",").map((part) => (part.trim() === "" || part === "None" ? null : Number(part)));
}

function scale(values) {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const step = (WIDTH - 2 * EDGE) / Math.max(values.length - 1, 1);
  const across = (place) => EDGE + place * step;
  const down = (value) => (high === low ? HEIGHT / 2 : HEIGHT - EDGE - ((value - low) / (high - low)) * (HEIGHT - 2 * EDGE));
  return { across, down, low, high };
}

function path(values, { across, down }) {
  let pen = "M";
  return values
    .map((value, place) => {
      if (value === null) return void (pen = "M");
      const part = `${pen}${across(place).toFixed(1)} ${down(value).toFixed(1)}`;
      pen = "L";
      return part;
    })
    .filter(Boolean)
    .join("");
}

function draw(svg) {
  const values = numbers(svg.dataset.values);
  const last = values.findLastIndex((value) => value !== null);
  if (last < 0) return;
  const axes = scale(values);
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  if (axes.low < 0 && axes.high > 0) svg.append(shape("line", { x1: 0, x2: WIDTH, y1: axes.down(0), y2: axes.down(0) }));
  svg.append(shape("path", { d: path(values, axes) }), shape("circle", { cx: axes.across(last), cy: axes.down(values[last]), r: 2 }));
}

forFresh((root) => unseen(root, 'svg[data-chart="sparkline"]', "drawn").forEach(draw));
