// What lies over the bubbles: hatching of provisional ones, and what is told of the chosen account or switched on:
// potential, the way from the run before, the trail, the forecast, both views, the raters' range.
import { faint } from "./look.js";
import { ATTRACTIVENESS, BEFORE_X, BEFORE_Y, CODE, POTENTIAL, PROGRAMME, PROVISIONAL, REVENUE, STAGE, across } from "./matrix-point.js";
import { isZoomed, pixel, shown, x } from "./matrix-plane.js";

const NOTICEABLE = 0.05; // a shorter arrow would be its head alone
const MARKED = 40; // without key accounts: of how many, the largest, a kind of mark that is switched on is drawn
const NEARER = 150; // of how many of those in a nearer view
const HATCH = 4; // pixels between two lines

function line(points, stroke, width = 1.25, dash = undefined) {
  return { type: "polyline", shape: { points }, style: { stroke, fill: "none", lineWidth: width, lineDash: dash } };
}

function head([fromX, fromY], [toX, toY], colour) {
  const angle = Math.atan2(toY - fromY, toX - fromX);
  const side = (turn) => [toX - 7 * Math.cos(angle + turn), toY - 7 * Math.sin(angle + turn)];
  return { type: "polygon", shape: { points: [[toX, toY], side(0.4), side(-0.4)] }, style: { fill: colour } };
}

function ring([cx, cy], r, stroke, width, dash, fill = "none") {
  return { type: "circle", shape: { cx, cy, r }, style: { stroke, fill, lineWidth: width, lineDash: dash } };
}

function note([left, top], text, look) {
  return { type: "text", style: { x: left, y: top, text, fill: look.ink, fontSize: 11, stroke: look.surface, lineWidth: 3 } };
}

/** From a point outwards, so that an arrow begins at the rim of its bubble. */
function rim([x1, y1], [x2, y2], radius) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  return [x1 + ((x2 - x1) * radius) / length, y1 + ((y2 - y1) * radius) / length];
}

/** What a mark needs: pixels of the bubble, and of any other place of the plane; null where it has none. */
class Spot {
  constructor(view, row, radius) {
    Object.assign(this, { view, row, radius, look: view.look });
    this.at = this.of(across(row), row[ATTRACTIVENESS]);
  }

  of(along, up, stage = this.row[STAGE]) {
    const place = x(this.view, along, stage);
    if (place === null || up === null || up === undefined) return null;
    const found = pixel(this.view, place, up);
    return [found.x, found.y];
  }
}

function potential(spot) {
  const { row, radius, look, view, at } = spot;
  if (!row[POTENTIAL] || row[POTENTIAL] <= row[REVENUE]) return [];
  const r = Math.min(view.state.radiusOf(row[POTENTIAL]), 90);
  return r > radius + 1 ? [ring(at, r, faint(look.ink, row[CODE] === view.state.account ? 0.8 : 0.35), 1)] : [];
}

function movement(spot) {
  const { row, look, at } = spot;
  const from = spot.of(row[BEFORE_X], row[BEFORE_Y]);
  if (!from || Math.hypot(row[BEFORE_X] - across(row), row[BEFORE_Y] - row[ATTRACTIVENESS]) <= NOTICEABLE) return [];
  return [line([from, at], look.surface, 3), line([from, at], look.ink, 1.25), head(from, at, look.ink)];
}

function trail(spot) {
  const { row, look, view, at } = spot;
  const steps = (view.state.trails?.get(row[CODE]) ?? []).map(([along, up, stage]) => spot.of(along, up, stage)).filter(Boolean);
  if (steps.length === 0) return [];
  const path = [...steps, at];
  const dots = steps.map((step, place) => ring(step, 2.5, look.surface, 0.75, undefined, faint(look.ink, 0.35 + (0.5 * place) / steps.length)));
  return [line(path, look.surface, 2.5), line(path, faint(look.ink, 0.6), 1), ...dots];
}

function forecast(spot) {
  const { row, look, view, at, radius } = spot;
  const expected = view.state.chosenMore?.code === row[CODE] ? view.state.chosenMore.forecast : view.data.forecasts?.[row[CODE]];
  if (!expected) return [];
  const to = spot.of(expected[0] ?? across(row), expected[1] ?? row[ATTRACTIVENESS]);
  if (!to) return [];
  const shapes = [line([rim(at, to, radius), to], look.accent, 1.5, [5, 3]), head(at, to, look.accent), ring(to, radius, look.accent, 1, [2, 2])];
  return view.state.account === row[CODE] ? [...shapes, note([to[0] + radius + 4, to[1] - 6], String(expected[2]), look)] : shapes;
}

function seenOf({ row, view }) {
  return view.state.chosenMore?.code === row[CODE] ? view.state.chosenMore.seen : view.state.seen?.[row[CODE]];
}

function ghost(spot, to, dash, text) {
  const { look, at, radius, view, row } = spot;
  if (!to || Math.hypot(to[0] - at[0], to[1] - at[1]) < 4) return [];
  const r = Math.max(radius, 5);
  const shapes = [line([rim(at, to, radius), rim(to, at, r)], look.inkQuiet, 1, [1, 2]), ring(to, r, look.ink, 1.5, dash, faint(look.surface, 0.6))];
  return view.state.account === row[CODE] ? [...shapes, note([to[0] - r, to[1] - r - 14], text, look)] : shapes;
}

function views(spot) {
  const seen = seenOf(spot);
  if (!seen) return [];
  const { row, view } = spot;
  const [buyer, ours, , , stageBuyer, stageSupplier] = seen;
  const up = row[ATTRACTIVENESS];
  return [
    ...ghost(spot, spot.of(buyer ?? across(row), up, stageBuyer || row[STAGE]), [4, 4], view.data.words.buyer),
    ...ghost(spot, spot.of(ours ?? across(row), up, stageSupplier || row[STAGE]), undefined, view.data.words.ours),
  ];
}

function whisker(from, to, colour) {
  const cap = from[1] === to[1] ? ([px, py]) => [[px, py - 4], [px, py + 4]] : ([px, py]) => [[px - 4, py], [px + 4, py]];
  return [line([from, to], colour, 1.5), line(cap(from), colour, 1.5), line(cap(to), colour, 1.5)];
}

function spread(spot) {
  const [, , along, up] = seenOf(spot) ?? [];
  const { row, look } = spot;
  const ends = (pair, at) => pair.map(at).filter(Boolean);
  const sideways = along ? ends(along, (each) => spot.of(each, row[ATTRACTIVENESS])) : [];
  const upright = up ? ends(up, (each) => spot.of(across(row), each)) : [];
  return [sideways, upright].flatMap((pair) => (pair.length === 2 ? whisker(...pair, look.ink) : []));
}

const KINDS = { potential, trail, movement, forecast, views, spread };

/** Which kinds of marks a bubble has: all of them when it is chosen, else those that are switched on. */
function kindsOf(row, { state, data }) {
  if (row[CODE] === state.account) return Object.keys(KINDS);
  const on = new Set(state.show ?? []);
  if (state.movement ?? data.movement) on.add("movement");
  return Object.keys(KINDS).filter((kind) => on.has(kind));
}

function isInView(view, row) {
  const { x: [x1, x2], y: [y1, y2] } = shown(view);
  const along = x(view, across(row), row[STAGE]);
  return along !== null && along >= x1 && along <= x2 && row[ATTRACTIVENESS] >= y1 && row[ATTRACTIVENESS] <= y2;
}

/** Marks of all at once would hide each other: of the key accounts, else of the largest; nearer, of those in view. */
function marked(view) {
  const { rows, account, movement } = view.state;
  const all = [...rows.keys()];
  if (movement ?? view.data.movement) return all;
  const isChosen = (place) => rows[place][CODE] === account;
  const found = isZoomed(view) ? all.filter((place) => isInView(view, rows[place])).slice(0, NEARER) : all.filter((place) => rows[place][PROGRAMME]);
  const told = found.length || isZoomed(view) ? found : all.slice(0, MARKED);
  return [...told, ...all.filter((place) => isChosen(place) && !told.includes(place))];
}

function shapesOf(view) {
  const { rows, radii } = view.state;
  const found = [];
  for (const place of marked(view)) {
    const kinds = kindsOf(rows[place], view);
    if (kinds.length === 0) continue;
    const spot = new Spot(view, rows[place], radii[place]);
    if (spot.at) found.push(...kinds.flatMap((kind) => KINDS[kind](spot)));
  }
  return found;
}

/** Lines across a circle, as chords. */
function hatched(view, row, radius) {
  const spot = new Spot(view, row, radius);
  if (!spot.at || radius < 3) return null;
  const lines = [];
  for (let away = -radius + HATCH / 2; away < radius; away += HATCH) {
    const half = Math.sqrt(radius ** 2 - away ** 2);
    const [dx, dy] = [away * Math.SQRT1_2, away * Math.SQRT1_2];
    lines.push([[spot.at[0] + dx - half * Math.SQRT1_2, spot.at[1] + dy + half * Math.SQRT1_2], [spot.at[0] + dx + half * Math.SQRT1_2, spot.at[1] + dy - half * Math.SQRT1_2]]);
  }
  const stroke = faint(view.look.ink, 0.6);
  return { type: "group", children: lines.map((points) => line(points, stroke, 0.75)) };
}

function layer(id, z, elements) {
  return {
    id,
    type: "custom",
    z,
    silent: true,
    clip: true,
    data: elements.map((_, place) => [place, place]),
    encode: { x: [], y: [], tooltip: [] },
    renderItem: ({ dataIndex }) => elements[dataIndex],
  };
}

export function hatching(view) {
  const { rows, radii } = view.state;
  return layer("hatching", 5, rows.map((row, place) => (row[PROVISIONAL] ? hatched(view, row, radii[place]) : null)).filter(Boolean));
}

export function marks(view) {
  return layer("marks", 6, shapesOf(view));
}
