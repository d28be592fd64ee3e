// The private what-if: sliders for the weights of both axes and the cuts. Nothing of it is stored; it is in the address.
import { beside, remember } from "./matrix-address.js";
import { count } from "./format.js";
import { CODE, NAME, URL } from "./matrix-point.js";
import { WHOLE, rescaled, reweighed } from "./matrix-weigh.js";

const AXES = { attractiveness: "up", relationship: "across" };
const MOST_MOVES = 100;

function made(tag, props, ...content) {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...content);
  return element;
}

function percent(hundredths) {
  return String(Math.round(hundredths) / 100);
}

class Weights {
  constructor(view, panel) {
    Object.assign(this, { view, panel });
    panel.querySelector("[data-reset]").addEventListener("click", () => this.reset());
    panel.querySelector("[data-close]").addEventListener("click", () => this.close());
  }

  async open(text = "") {
    this.panel.hidden = false;
    const button = document.querySelector("[data-weights]");
    button?.setAttribute("aria-expanded", "true");
    this.found = await (await fetch(beside(this.view.data.addresses.scores))).json();
    this.now = { weights: {}, cuts: this.found.cuts };
    for (const [axis, side] of Object.entries(AXES)) this.now.weights[side] = this.found.criteria[axis].map(([, , weight]) => Math.round(weight * 100));
    this.tried = structuredClone(this.now);
    this.held = {};
    if (text) this.read(text);
    this.build();
    this.apply(false);
  }

  /** As the address says: `volume:30,…,@attractiveness:5.5`; weights that do not make 100 are passed over. */
  read(text) {
    const stated = new Map(text.split(",").map((part) => part.split(":")).map(([code, value]) => [code, Number(value)]));
    for (const [axis, side] of Object.entries(AXES)) {
      const weights = this.found.criteria[axis].map(([code], place) => (Number.isFinite(stated.get(code)) ? Math.round(stated.get(code) * 100) : this.now.weights[side][place]));
      if (weights.every((each) => each >= 0) && weights.reduce((sum, each) => sum + each, 0) === WHOLE) this.tried.weights[side] = weights;
      const cut = stated.get(`@${axis}`);
      if (Number.isFinite(cut) && cut >= 0 && cut <= 10) this.tried.cuts[this.cutName(axis)] = cut;
    }
  }

  cutName(axis) {
    return axis === "relationship" && this.found.cuts.ratio !== null ? "ratio" : axis;
  }

  text() {
    const parts = [];
    for (const [axis, side] of Object.entries(AXES)) {
      const changed = this.tried.weights[side].some((weight, place) => weight !== this.now.weights[side][place]);
      if (changed) parts.push(...this.found.criteria[axis].map(([code], place) => `${code}:${percent(this.tried.weights[side][place])}`));
      const name = this.cutName(axis);
      if (this.tried.cuts[name] !== this.now.cuts[name]) parts.push(`@${axis}:${this.tried.cuts[name]}`);
    }
    return parts.join(",");
  }

  build() {
    const place = this.panel.querySelector("[data-sliders]");
    place.replaceChildren(...Object.entries(AXES).map(([axis, side]) => this.group(axis, side)));
  }

  group(axis, side) {
    const rows = this.found.criteria[axis].map(([code, name], place) => this.slider(`${axis}-${code}`, name, this.tried.weights[side][place] / 100, 100, 1, (value) => this.set(side, place, value)));
    const name = this.cutName(axis);
    const [most, step] = name === "ratio" ? [2, 0.05] : [10, 0.1];
    const cut = this.slider(`${axis}-cut`, this.view.data.words.cut, this.tried.cuts[name], most, step, (value) => this.cut(name, value));
    cut.classList.add("weight-cut");
    return made("fieldset", { className: "weight-group" }, made("legend", { textContent: this.view.data.axis[axis].name }), ...rows, cut);
  }

  slider(id, name, value, max, step, act) {
    const range = made("input", { type: "range", id: `weight-${id}`, min: 0, max, step });
    range.value = value;
    const output = made("output", { textContent: String(value) });
    output.htmlFor = range.id;
    range.addEventListener("input", () => act(Number(range.value)));
    return made("p", { className: "weight-line" }, made("label", { htmlFor: range.id, textContent: name }), range, output);
  }

  /** Whose proportions the others keep: of when this slider was first moved; if nothing was left to them, those in force. */
  base(side, place) {
    const held = this.held[side];
    if (held?.place === place) return held.weights;
    const tried = this.tried.weights[side];
    const weights = tried.some((weight, each) => weight && each !== place) ? tried : this.now.weights[side];
    this.held[side] = { place, weights };
    return weights;
  }

  set(side, place, value) {
    this.tried.weights[side] = rescaled(this.base(side, place), place, Math.round(value * 100));
    this.apply();
  }

  cut(name, value) {
    this.tried.cuts = { ...this.tried.cuts, [name]: value };
    this.apply();
  }

  show() {
    for (const [axis, side] of Object.entries(AXES)) {
      const lines = [...this.panel.querySelectorAll(`[id^="weight-${axis}-"]`)];
      const values = [...this.tried.weights[side].map((each) => each / 100), this.tried.cuts[this.cutName(axis)]];
      for (const [place, line] of lines.entries()) {
        if (document.activeElement !== line) line.value = values[place];
        line.parentElement.querySelector("output").textContent = String(Math.round(values[place] * 100) / 100);
      }
    }
  }

  apply(isNew = true) {
    this.show();
    const { view, found, now, tried } = this;
    const { rows, moves } = reweighed(view.data.points, found, now, tried);
    const text = this.text();
    if (isNew) remember({ weights: text }, true);
    view.state.weighed = text ? rows : null;
    view.state.movement = Boolean(text) || undefined;
    view.data.cuts = { attractiveness: tried.cuts.attractiveness, relationship: found.cuts.ratio === null ? tried.cuts.relationship : 5 };
    this.tell(rows, moves, text);
    view.redraw();
  }

  tell(rows, moves, text) {
    const { words, boxes, draft } = this.view.data;
    const counts = boxes.map(({ code, name }) => {
      const [then, now] = [this.view.data.points, rows].map((listed) => listed.filter((row) => row[6] === code).length);
      return made("li", {}, made("span", { className: `box-chip ${code}`, textContent: name }), ` ${count(then)} → `, made("strong", { textContent: count(now) }));
    });
    this.panel.querySelector("[data-counts]").replaceChildren(...counts);
    this.panel.querySelector("[data-moved]").textContent = (moves.length === 1 ? words.moves : words.move).replace("#", count(moves.length));
    this.panel.querySelector("[data-moves]").replaceChildren(...moves.slice(0, MOST_MOVES).map((move) => this.line(move)));
    const form = this.panel.querySelector("form");
    if (!form) return;
    form.hidden = !text || !draft;
    form.elements.weights.value = text;
  }

  line({ code, from, to }) {
    const row = this.view.data.points.find((each) => each[CODE] === code);
    const name = (box) => this.view.data.boxes.find((each) => each.code === box)?.name ?? this.view.data.words.none;
    return made("li", {}, made("a", { href: row[URL], textContent: row[NAME] }), made("span", { className: "hint", textContent: ` ${name(from)} → ${name(to)}` }));
  }

  reset() {
    this.tried = structuredClone(this.now);
    this.held = {};
    this.build();
    this.apply();
  }

  close() {
    if (this.now) this.reset();
    this.panel.hidden = true;
    const button = document.querySelector("[data-weights]");
    button?.setAttribute("aria-expanded", "false");
    button?.focus();
  }
}

export function connectWeights(view, page, text) {
  const panel = page.querySelector("#matrix-weights");
  const button = page.querySelector("[data-weights]");
  if (!panel || !button) return null;
  const weights = new Weights(view, panel);
  button.addEventListener("click", () => (panel.hidden ? weights.open() : weights.close()));
  if (text) weights.open(text);
  return weights;
}
