// The matrix of boxes. Data: {label, orientation, cuts, axis, boxes, points, density, currency, digits; on its own page
// also stages, cells, forecasts, timeline, trail, words, addresses}; a point is as matrix-point.js says.
// Area = net revenue, colour = contribution, outline = firmness, hatched = provisional, hollow = no sales.
import { word } from "../words.js";
import { count, exact, score } from "./format.js";
import { diverging, faint, grid } from "./look.js";
import { labelled } from "./matrix-labels.js";
import { density, kept, quadrants } from "./matrix-layers.js";
import { hatching, marks } from "./matrix-marks.js";
import { EDGES, axes, nearness, pixel, plot, x } from "./matrix-plane.js";
import { ATTRACTIVENESS, BOX, CODE, CONTRIBUTION, FIRMNESS, NAME, PROVISIONAL, RELATIONSHIP, REVENUE, STAGE, URL, across, namedFirst, ordered } from "./matrix-point.js";

export { legend } from "./matrix-legend.js";

const AWAY = { x: -99, y: -99, radius: 0, text: "" }; // of an account without a column

function largest(values, share = 1) {
  const sorted = values.filter((value) => value !== null).map(Math.abs).sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length - 1) * share)] ?? 0;
}

/** Radius of an amount: its area is in proportion. */
function scale(rows, width, height) {
  const crowd = rows.length > 400 ? 0.75 : 1;
  const most = Math.max(8, Math.min(36, Math.min(width, height) * 0.065)) * crowd;
  const top = Math.max(...rows.map((row) => row[REVENUE]), 1);
  return (amount) => most * Math.sqrt(Math.max(amount, 0) / top);
}

const OUTLINES = {
  settled: (look, radius) => ({ borderColor: faint(look.ink, 0.75), borderWidth: radius > 4 ? 1.1 : 0.6 }),
  fragile: (look, radius) => ({ borderColor: look.ink, ...(radius > 6 ? { borderWidth: 1.6, borderType: [4, 3] } : { borderWidth: 1, borderType: [2, 1.5] }) }),
  unknown: (look, radius) => ({ borderColor: look.inkQuiet, ...(radius > 6 ? { borderWidth: 0.9, borderType: [1, 2.5] } : { borderWidth: 0.7, borderType: [1, 1.5] }) }),
};

function outline(row, radius, look) {
  const known = OUTLINES[row[FIRMNESS] ?? (row[PROVISIONAL] ? "unknown" : "")];
  return known ? known(look, radius) : { borderColor: row[CONTRIBUTION] === null ? look.inkQuiet : look.surface, borderWidth: 0.75 };
}

function style(row, radius, look, top, opacity) {
  const colour = row[CONTRIBUTION] === null ? look.surface : diverging(look, row[CONTRIBUTION], top);
  if (row[REVENUE] <= 0) return { ...outline(row, 7, look), color: "transparent", borderColor: row[CONTRIBUTION] === null ? look.inkQuiet : colour, opacity };
  return { color: colour, ...outline(row, radius, look), opacity };
}

/** Where each bubble lies in pixels: for names, for the hand and for the keyboard. */
function spots(view, rows, radii) {
  return rows.map((row, place) => {
    const along = x(view, across(row), row[STAGE]);
    return along === null ? AWAY : { ...pixel(view, along, row[ATTRACTIVENESS]), radius: radii[place], text: row[NAME] };
  });
}

function measure(view) {
  const { data, width, height, state } = view;
  const rows = ordered(state.weighed ? { points: state.weighed } : data);
  state.rows = rows;
  state.radiusOf = scale(rows, width, height);
  state.radii = rows.map((row) => (row[REVENUE] > 0 ? Math.max(1.5, state.radiusOf(row[REVENUE])) : 3));
  state.spots = spots(view, rows, state.radii);
}

function bubbles(view) {
  const { look, state } = view;
  const { rows, radii } = state;
  const top = largest(rows.map((row) => row[CONTRIBUTION]), 0.98);
  const chosen = rows.findIndex((row) => row[CODE] === state.account);
  const named = { order: namedFirst(rows, state.account), taken: kept(view), nearness: nearness(view), chosen };
  const sides = labelled(state.spots, plot(view), named);
  return rows.map((row, place) => ({
    id: row[CODE],
    value: [x(view, across(row), row[STAGE]), row[ATTRACTIVENESS]],
    symbolSize: 2 * radii[place],
    itemStyle: { ...style(row, radii[place], look, top, chosen >= 0 && place !== chosen ? 0.35 : 0.9), ...(place === chosen ? { borderColor: look.ink, borderWidth: 2.5 } : {}) },
    label: sides.has(place) ? { show: true, position: sides.get(place), distance: 3, ...(place === chosen ? { fontWeight: 600 } : {}) } : undefined,
    url: row[URL],
  }));
}

export function option(view) {
  const { look, state } = view;
  measure(view);
  const scatter = {
    id: "bubbles",
    type: "scatter",
    data: bubbles(view),
    label: { show: false, formatter: ({ dataIndex }) => state.rows[dataIndex][NAME], color: look.ink, fontSize: 11, textBorderColor: look.surface, textBorderWidth: 3 },
    emphasis: { scale: false, label: { show: false }, itemStyle: { borderColor: look.ink, borderWidth: 2.5, opacity: 1 } },
    z: 4,
    ...(state.travels ? { animation: true, animationDurationUpdate: 180, animationEasingUpdate: "cubicOut", animationThreshold: 5000 } : {}),
  };
  const over = state.travels ? [] : [hatching(view), marks(view)];
  return {
    ...axes(view),
    grid: grid(EDGES.left, EDGES.right, EDGES.top, EDGES.bottom),
    tooltip: { trigger: "item", formatter: (event) => tip(event, view) },
    series: [scatter, quadrants(view), density(view), ...over],
  };
}

function tip({ seriesId, dataIndex }, { data, state }) {
  if (seriesId === "density") return `${count(state.squares[dataIndex].many)} ${word("smaller")}`;
  return seriesId === "bubbles" ? describe(state.rows[dataIndex], data).join("\n") : "";
}

function boxName(row, data) {
  const name = data.boxes.find(({ code }) => code === row[BOX])?.name ?? "–";
  return row[PROVISIONAL] ? `${name} (${word("provisional")})` : name;
}

function firmness(row, data) {
  return data.firmness?.[row[FIRMNESS]];
}

function describe(row, data) {
  const held = firmness(row, data);
  const stage = data.stages?.find(({ code }) => code === row[STAGE])?.name;
  return [
    row[NAME],
    held ? `${boxName(row, data)} · ${held}` : boxName(row, data),
    `${word("revenue")}: ${exact(row[REVENUE], data)}`,
    `${word("contribution")}: ${row[CONTRIBUTION] === null ? word("missing") : exact(row[CONTRIBUTION], data)}`,
    `${word("relationship")}: ${score(row[RELATIONSHIP])}${stage ? ` · ${stage}` : ""}`,
    `${data.axis.attractiveness.name}: ${score(row[ATTRACTIVENESS])}`,
  ];
}

export function table(data) {
  const head = [word("account"), word("box"), ...(data.firmness ? [data.words?.firmness ?? ""] : []), word("revenue"), word("contribution"), word("relationship"), data.axis.attractiveness.name];
  const texts = data.firmness ? 3 : 2;
  return {
    head: head.map((text, place) => ({ text, number: place >= texts })),
    rows: ordered(data).map((row) => [
      { text: row[NAME], url: row[URL] }, boxName(row, data), ...(data.firmness ? [firmness(row, data) ?? "–"] : []),
      exact(row[REVENUE], data), exact(row[CONTRIBUTION], data), score(row[RELATIONSHIP]), score(row[ATTRACTIVENESS]),
    ]),
  };
}

export function points(data) {
  return ordered(data).map((row, place) => ({ text: describe(row, data).join(", "), url: row[URL], action: { seriesIndex: 0, dataIndex: place } }));
}

export { connect, keys, onPaper, prepare, size } from "./matrix-page.js";
