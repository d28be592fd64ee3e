// The plane that bubbles stand on: boxes (both scores from 0 to 10) or stages (a column for each, strength within it).
import { axis } from "./look.js";

const MARGIN = 0.07; // of a column, left free at both sides
export const RANGE = [0, 10];
export const EDGES = { left: 44, right: 10, top: 6, bottom: 42 };

export function isByStage({ data, state }) {
  return state.mode === "stages" && Boolean(data.stages);
}

/** The columns of stages from left to right: where each begins and ends. */
export function columns({ data }) {
  let end = 0;
  return data.stages.map((stage) => ({ ...stage, from: end, to: (end += stage.share ?? 1) }));
}

/** The whole plane; a zoomed view shows a part of it. */
export function whole(view) {
  return { x: isByStage(view) ? [0, columns(view).at(-1).to] : RANGE, y: RANGE };
}

export function shown(view) {
  return view.state.window ?? whole(view);
}

export function isZoomed({ state }) {
  return Boolean(state.window);
}

/** How many times nearer than the whole. */
export function nearness(view) {
  const [all, part] = [whole(view).x, shown(view).x];
  return (all[1] - all[0]) / (part[1] - part[0]);
}

/** Where a strength, and a stage, lie across; null for a stage without a column. */
export function x(view, along, stage) {
  if (along === null || along === undefined) return null;
  if (!isByStage(view)) return along;
  const column = columns(view).find(({ code }) => code === stage);
  return column ? column.from + (column.to - column.from) * (MARGIN + (1 - 2 * MARGIN) * (along / 10)) : null;
}

export function plot({ width, height }) {
  const { left, right, top, bottom } = EDGES;
  return { left, top, width: width - left - right, height: height - top - bottom };
}

export function isReversed({ data }) {
  return data.orientation === "strong_left";
}

/** Pixels of a point of the plane, known before anything is drawn. */
export function pixel(view, across, up) {
  const { left, top, width, height } = plot(view);
  const { x: [x1, x2], y: [y1, y2] } = shown(view);
  const share = (across - x1) / (x2 - x1);
  return { x: left + (isReversed(view) ? 1 - share : share) * width, y: top + (1 - (up - y1) / (y2 - y1)) * height };
}

function words(low, name, high, reversed = false) {
  return reversed ? `${high}  ←  ${name}  →  ${low}` : `${low}  ←  ${name}  →  ${high}`;
}

function acrossName(view) {
  const { data } = view;
  const { low, high, name } = data.axis.relationship;
  if (!isByStage(view)) return words(low, name, high, isReversed(view));
  const ladder = data.stages.filter(({ share }) => share === 1);
  return words(ladder.at(0).name, data.words.stages, ladder.at(-1).name, isReversed(view));
}

function ticks(view) {
  const { ratio } = view.data.axis.relationship;
  if (isByStage(view)) return { show: false };
  return ratio ? { formatter: (value) => String(Math.round((value / 5) * ratio * 100) / 100) } : {};
}

/** The size of the words along the upright axis: on a low plane smaller, so that none is cut off. */
function upright({ height }) {
  return height ? Math.max(9, Math.min(12, Math.floor((height - 40) / 28))) : 12;
}

export function axes(view) {
  const { data, look } = view;
  const part = shown(view);
  const both = {
    type: "value",
    ...(isZoomed(view) ? {} : { interval: 1 }),
    nameLocation: "middle",
    axisLine: { show: true, onZero: false, lineStyle: { color: look.lineStrong } },
    nameTextStyle: { color: look.ink, fontSize: 12 },
  };
  const label = { color: look.inkQuiet, fontSize: 11, hideOverlap: true, showMinLabel: !isZoomed(view), showMaxLabel: !isZoomed(view) };
  const { low, high, name } = data.axis.attractiveness;
  return {
    xAxis: axis(look, { ...both, min: part.x[0], max: part.x[1], axisLabel: { ...label, ...ticks(view) }, inverse: isReversed(view), name: acrossName(view), nameGap: 24 }),
    yAxis: axis(look, { ...both, min: part.y[0], max: part.y[1], axisLabel: label, position: "left", name: words(low, name, high), nameGap: 26, nameTextStyle: { color: look.ink, fontSize: upright(view) } }),
  };
}
