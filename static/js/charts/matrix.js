// The matrix of boxes. Data: {label, orientation, cuts, axis, boxes, points, density, currency, digits}; a point is
// [code, name, relationship, attractiveness, net_revenue, contribution|null, box, provisional, previous_relationship|null, previous_attractiveness|null, url].
// Area = net revenue, colour = contribution, dashed outline = provisional, hollow = no sales.
import { word } from "../words.js";
import { count, exact, score } from "./format.js";
import { axis, diverging, grid } from "./look.js";
import { labelled } from "./matrix-labels.js";
import { density, movements, quadrants } from "./matrix-layers.js";

export { legend } from "./matrix-legend.js";

const [, NAME, RELATIONSHIP, ATTRACTIVENESS, REVENUE, CONTRIBUTION, BOX, PROVISIONAL, , , URL] = Array(11).keys();
const RANGE = [0, 10];

/** Small ones on top of large ones, so that each can be reached. */
function ordered(data) {
  return [...data.points].sort((a, b) => b[REVENUE] - a[REVENUE]);
}

function largest(values, share = 1) {
  const sorted = values.filter((value) => value !== null).map(Math.abs).sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length - 1) * share)] ?? 0;
}

function radii(rows, width, height) {
  const crowd = rows.length > 400 ? 0.75 : 1;
  const most = Math.max(8, Math.min(36, Math.min(width, height) * 0.065)) * crowd;
  const top = Math.max(...rows.map((row) => row[REVENUE]), 1);
  return rows.map((row) => (row[REVENUE] > 0 ? Math.max(1.5, most * Math.sqrt(row[REVENUE] / top)) : 3));
}

function style(row, radius, look, top) {
  const colour = row[CONTRIBUTION] === null ? look.surface : diverging(look, row[CONTRIBUTION], top);
  if (row[REVENUE] <= 0) return { color: "transparent", borderColor: row[CONTRIBUTION] === null ? look.inkQuiet : colour, borderWidth: 1.5 };
  if (row[PROVISIONAL]) return { color: colour, borderColor: look.ink, ...dashes(radius), opacity: 0.9 };
  return { color: colour, borderColor: row[CONTRIBUTION] === null ? look.inkQuiet : look.surface, borderWidth: 0.75, opacity: 0.9 };
}

/** Dashes in proportion, so that a small bubble still looks like one. */
function dashes(radius) {
  return radius > 6 ? { borderWidth: 1.25, borderType: [3, 2] } : { borderWidth: 0.75, borderType: [1.5, 1] };
}

function bubbles({ data, look, width, height, state }, area) {
  const rows = ordered(data);
  const top = largest(rows.map((row) => row[CONTRIBUTION]), 0.98);
  const sizes = radii(rows, width, height);
  const labels = labelled(rows.map((row, place) => spot(row, sizes[place], area, data)), area);
  state.rows = rows;
  return rows.map((row, place) => ({
    value: [row[RELATIONSHIP], row[ATTRACTIVENESS]],
    symbolSize: 2 * sizes[place],
    itemStyle: style(row, sizes[place], look, top),
    label: labels.has(place) ? { show: true, position: labels.get(place), distance: 3 } : { show: false },
    url: row[URL],
  }));
}

/** Where a bubble lies in pixels, which the placing of labels needs before anything is drawn. */
function spot(row, radius, { left, top, width, height }, data) {
  const across = (row[RELATIONSHIP] - RANGE[0]) / (RANGE[1] - RANGE[0]);
  const along = data.orientation === "strong_left" ? 1 - across : across;
  const up = (row[ATTRACTIVENESS] - RANGE[0]) / (RANGE[1] - RANGE[0]);
  return { x: left + along * width, y: top + (1 - up) * height, radius, text: row[NAME] };
}

const LETTER = 6.2; // pixels, on average

/** The ends of an axis with its name, or the name alone where there is no room. */
function words({ low, high, name }, room, reversed = false) {
  if (`${low}  ←  ${name}  →  ${high}`.length * LETTER > room) return reversed ? `←  ${name}` : `${name}  →`;
  return reversed ? `${high}  ←  ${name}  →  ${low}` : `${low}  ←  ${name}  →  ${high}`;
}

function axes({ data, look }, area) {
  const both = { type: "value", min: RANGE[0], max: RANGE[1], interval: 1, nameLocation: "middle", axisLine: { show: true, onZero: false, lineStyle: { color: look.lineStrong } }, nameTextStyle: { color: look.ink, fontSize: 12 } };
  const reversed = data.orientation === "strong_left";
  return {
    xAxis: axis(look, { ...both, inverse: reversed, name: words(data.axis.relationship, area.width, reversed), nameGap: 24 }),
    yAxis: axis(look, { ...both, position: "left", name: words(data.axis.attractiveness, area.height), nameGap: 26 }),
  };
}

export function option(view) {
  const { data, look, width, height, state } = view;
  const [left, right, top, bottom] = [44, 10, 6, 42];
  const area = { left, top, width: width - left - right, height: height - top - bottom, corners: width > 560 ? 40 : 20 };
  const scatter = {
    type: "scatter",
    data: bubbles(view, area),
    label: { formatter: ({ dataIndex }) => state.rows[dataIndex][NAME], color: look.ink, fontSize: 11, textBorderColor: look.surface, textBorderWidth: 3 },
    emphasis: { scale: false, label: { show: false }, itemStyle: { borderColor: look.ink, borderWidth: 2.5, opacity: 1 } },
    z: 4,
  };
  return {
    ...axes(view, area),
    grid: grid(left, right, top, bottom),
    tooltip: { trigger: "item", formatter: (event) => tip(event, view) },
    series: [scatter, quadrants(view), density(view), movements(view)],
  };
}

function tip({ seriesIndex, dataIndex }, { data, state }) {
  if (seriesIndex === 2) return `${count(data.density[dataIndex][2])} ${word("smaller")}`;
  return seriesIndex === 0 ? describe(state.rows[dataIndex], data).join("\n") : "";
}

function boxName(row, data) {
  const name = data.boxes.find(({ code }) => code === row[BOX])?.name ?? "–";
  return row[PROVISIONAL] ? `${name} (${word("provisional")})` : name;
}

function describe(row, data) {
  return [
    row[NAME],
    boxName(row, data),
    `${word("revenue")}: ${exact(row[REVENUE], data)}`,
    `${word("contribution")}: ${row[CONTRIBUTION] === null ? word("missing") : exact(row[CONTRIBUTION], data)}`,
    `${data.axis.relationship.name}: ${score(row[RELATIONSHIP])}`,
    `${data.axis.attractiveness.name}: ${score(row[ATTRACTIVENESS])}`,
  ];
}

export function table(data) {
  const head = [word("account"), word("box"), word("revenue"), word("contribution"), data.axis.relationship.name, data.axis.attractiveness.name];
  return {
    head: head.map((text, place) => ({ text, number: place > 1 })),
    rows: ordered(data).map((row) => [
      { text: row[NAME], url: row[URL] }, boxName(row, data), exact(row[REVENUE], data), exact(row[CONTRIBUTION], data), score(row[RELATIONSHIP]), score(row[ATTRACTIVENESS]),
    ]),
  };
}

export function points(data) {
  return ordered(data).map((row, place) => ({ text: describe(row, data).join(", "), url: row[URL], action: { seriesIndex: 0, dataIndex: place } }));
}
