// What stands around the picture in its file, so that it can be read alone: above it the title, the run and the filters,
// under it how to read it, the currency and the day.
import { parts } from "./matrix-legend.js";

const NAMES = "http://www.w3.org/2000/svg";
const EDGE = 12;
const FONTS = { title: { size: 16, weight: 600, line: 22 }, small: { size: 11, weight: 400, line: 16 } };
const BETWEEN = { parts: 5, items: 18 }; // pixels, within an item of the legend and between two
const REACHES = { dot: 6, small: 3.5, square: 6, scale: 40 }; // half of a mark's width

export function shape(tag, attributes, ...content) {
  const element = document.createElementNS(NAMES, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

/** How wide words are in the letters of the page. */
function ruler() {
  const context = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  return (words, { size, weight }) => {
    context.font = `${weight} ${size}px ${family}`;
    return context.measureText(words).width;
  };
}

function wrapped(words, font, width, long) {
  const lines = [""];
  for (const each of words.split(/ /)) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${each}` : each;
    if (lines.at(-1) && long(longer, font) > width) lines.push(each);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function letters(words, x, y, { size, weight }, look) {
  const family = getComputedStyle(document.body).fontFamily;
  return shape("text", { x, y, fill: look.ink, "font-size": size, "font-weight": weight, "font-family": family }, words);
}

function said(selector, between) {
  const found = [...document.querySelectorAll(selector)];
  return found.map((each) => each.textContent.replace(/\s+/g, " ").trim()).filter(Boolean).join(between);
}

function above({ data, state }) {
  const filters = data.filters.length ? `${data.words.filters}: ${data.filters.join("; ")}` : data.words.unfiltered;
  return [
    [said("h1", " "), FONTS.title],
    [said(".run-line > span", " · "), FONTS.small],
    [state.weighed ? `${filters} · ${data.words.weighed}` : filters, FONTS.small],
  ];
}

function written(lines, from, { width, look, long }) {
  let y = from;
  const found = lines.flatMap(([words, font]) => wrapped(words, font, width - 2 * EDGE, long).map((line) => [line, font]));
  const drawn = found.map(([line, font]) => letters(line, EDGE, (y += font.line) - 4, font, look));
  return [drawn, y];
}

const MARKS = {
  "settled-box": (look) => ({ stroke: look.ink, "stroke-width": 1.5 }),
  "fragile-box": (look) => ({ stroke: look.ink, "stroke-width": 1.5, "stroke-dasharray": "3 2" }),
  "unknown-box": (look) => ({ stroke: look.inkQuiet, "stroke-dasharray": "1 2" }),
  hatched: () => ({ fill: "url(#caption-hatched)" }),
  hollow: () => ({ fill: "none" }),
  unknown: (look) => ({ fill: look.surface }),
};

/** A mark of the legend as it is on the page, in the middle of its line. */
function mark({ classList }, x, y, look) {
  const half = reach(classList);
  if (classList.contains("scale")) return shape("rect", { x, y: y - 5, width: 2 * half, height: 10, fill: "url(#caption-scale)" });
  if (classList.contains("square")) return shape("rect", { x, y: y - half, width: 2 * half, height: 2 * half, fill: look.ink, opacity: 0.22 });
  const own = Object.entries(MARKS).find(([name]) => classList.contains(name))?.[1](look);
  return shape("circle", { cx: x + half, cy: y, r: half - 0.75, fill: look.neutral, stroke: look.inkQuiet, ...own });
}

function reach(classList) {
  return ["small", "scale", "square", "dot"].filter((name) => classList.contains(name)).map((name) => REACHES[name])[0];
}

function patterns(look) {
  const stops = [look.loss, look.neutral, look.profit].map((colour, place) => shape("stop", { offset: place / 2, "stop-color": colour }));
  const hatch = [shape("rect", { width: 3.5, height: 3.5, fill: look.neutral }), shape("rect", { width: 1, height: 3.5, fill: look.ink })];
  const turned = { id: "caption-hatched", width: 3.5, height: 3.5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  return shape("defs", {}, shape("linearGradient", { id: "caption-scale" }, ...stops), shape("pattern", turned, ...hatch));
}

/** The legend, item after item; one that does not fit goes on the next line. */
function read(view, from, { width, look, long }) {
  const drawn = [patterns(look)];
  const font = FONTS.small;
  let [x, y] = [EDGE, from + font.line];
  for (const item of parts(view)) {
    const pieces = [...item.childNodes].map((node) => {
      const words = node.textContent.replace(/\s+/g, " ").trim();
      return { node, words, size: words ? long(words, font) : 2 * reach(node.classList) };
    });
    const whole = pieces.reduce((sum, { size }) => sum + size + BETWEEN.parts, 0);
    if (x > EDGE && x + whole > width - EDGE) [x, y] = [EDGE, y + font.line];
    for (const { node, words, size } of pieces) {
      drawn.push(words ? letters(words, x, y, font, look) : mark(node, x, y - 4, look));
      x += size + BETWEEN.parts;
    }
    x += BETWEEN.items;
  }
  return [drawn, y];
}

/** The picture with its words around it, and how high it is then. */
export function captioned(view, picture) {
  const paper = { width: view.width, look: view.look, long: ruler() };
  const [head, top] = written(above(view), EDGE / 2, paper);
  picture.setAttribute("y", top + EDGE / 2);
  const [legend, end] = read(view, top + EDGE / 2 + view.height, paper);
  const day = new Date().toLocaleDateString(document.documentElement.lang || undefined, { dateStyle: "medium" });
  const [foot, bottom] = written([[`${view.data.words.amounts} · ${day}`, FONTS.small]], end + BETWEEN.parts, paper);
  const height = bottom + EDGE;
  const sheet = shape("rect", { width: "100%", height: "100%", fill: "#fff" });
  const size = { width: view.width, height, viewBox: `0 0 ${view.width} ${height}` };
  return { picture: shape("svg", size, sheet, ...head, picture, ...legend, ...foot), width: view.width, height };
}
