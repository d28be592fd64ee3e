// What lies under the bubbles: the four boxes with name and guidance, or the columns of stages; density squares.
import { count } from "./format.js";
import { faint } from "./look.js";
import { columns, isByStage, isReversed, plot, x } from "./matrix-plane.js";

const CELL = 0.5; // side of a density square, in points of the scale
const HIGH = { strategic: [1, 1], star: [0, 1], status: [1, 0], streamline: [0, 0] }; // [relationship, attractiveness] above the cut?
const ROOMY = 560; // pixels from which a corner has room for the stance, and a column for its whole name
const WIDE = 760; // for what to do as well

function corner(code, view) {
  const [strong, attractive] = HIGH[code];
  const right = isReversed(view) ? !strong : strong;
  return `inside${attractive ? "Top" : "Bottom"}${right ? "Right" : "Left"}`;
}

function label({ code, name, guidance }, view) {
  const { look, width } = view;
  const said = width > WIDE ? guidance : guidance.split(":", 1)[0];
  const text = width > ROOMY ? `{name|${name}}\n{guidance|${said}}` : `{name|${name}}`;
  const position = corner(code, view);
  return {
    show: true,
    position,
    distance: 8,
    align: position.endsWith("Right") ? "right" : "left",
    formatter: text,
    rich: { name: { color: look[`${code}Ink`], fontSize: 13, fontWeight: 600, lineHeight: 18 }, guidance: { color: look.inkQuiet, fontSize: 11, lineHeight: 15 } },
  };
}

function box(each, view) {
  const { relationship, attractiveness } = view.data.cuts;
  const [strong, attractive] = HIGH[each.code];
  const [x1, x2] = strong ? [relationship, 10] : [0, relationship];
  const [y1, y2] = attractive ? [attractiveness, 10] : [0, attractiveness];
  return [{ coord: [x1, y1], itemStyle: { color: faint(view.look[each.code], 0.05) }, label: label(each, view) }, { coord: [x2, y2] }];
}

function heading(text, position, { ink, inkQuiet }) {
  const rich = { name: { color: ink, fontSize: 12, fontWeight: 600, lineHeight: 16 }, count: { color: inkQuiet, fontSize: 11, lineHeight: 14 } };
  return { show: true, position, distance: 6, align: "center", formatter: text, rich };
}

function counted(view, stage, high) {
  return view.data.cells?.find((cell) => cell.stage === stage && cell.high === high)?.count ?? 0;
}

/** Two cells of one stage: its name with how many accounts stand there; above the cut the attractive ones of them, below the others. */
function column({ code, name, from, to }, place, view) {
  const { look, data, width } = view;
  const cut = data.cuts.attractiveness;
  const fill = { color: faint(look.ink, place % 2 ? 0 : 0.03) };
  const [high, low] = [true, false].map((each) => counted(view, code, each));
  const [above, below] = width > ROOMY ? [data.words.attractive.replace("#", count(high)), data.words.others.replace("#", count(low))] : [count(high), count(low)];
  const title = width > ROOMY ? `${name} · ${count(high + low)}` : `${name.slice(0, 5)}.\n${count(high + low)}`;
  const head = title.split("\n").map((line) => `{name|${line}}`);
  return [
    [{ coord: [from, cut], itemStyle: fill, label: heading([...head, `{count|${above}}`].join("\n"), "insideTop", look) }, { coord: [to, 10] }],
    [{ coord: [from, 0], itemStyle: fill, label: heading(`{count|${below}}`, "insideBottom", look) }, { coord: [to, cut] }],
  ];
}

function areas(view) {
  if (isByStage(view)) return columns(view).flatMap((stage, place) => column(stage, place, view));
  return view.data.boxes.filter(({ code }) => code in HIGH).map((each) => box(each, view));
}

function lines(view) {
  const { data, look } = view;
  const cut = [{ yAxis: data.cuts.attractiveness }];
  if (!isByStage(view)) return [...cut, { xAxis: data.cuts.relationship }];
  return [...cut, ...columns(view).slice(1).map(({ from }) => ({ xAxis: from, lineStyle: { color: look.line } }))];
}

/** Rectangles that names keep clear of. */
export function kept(view) {
  const { left, top, width, height } = plot(view);
  const [right, bottom] = [left + width, top + height];
  if (isByStage(view)) return [{ left, right, top, bottom: top + (view.width > ROOMY ? 38 : 54) }, { left, right, top: bottom - 20, bottom }];
  const tall = view.width > ROOMY ? 40 : 20;
  const wide = Math.min(width * 0.46, view.width > WIDE ? 330 : 120);
  return [
    { left, right: left + wide, top, bottom: top + tall },
    { left: right - wide, right, top, bottom: top + tall },
    { left, right: left + wide, top: bottom - tall, bottom },
    { left: right - wide, right, top: bottom - tall, bottom },
  ];
}

export function quadrants(view) {
  return {
    id: "boxes",
    type: "scatter",
    data: [],
    silent: true,
    z: 1,
    markArea: { silent: true, data: areas(view) },
    markLine: {
      silent: true,
      symbol: "none",
      label: { show: false },
      lineStyle: { color: view.look.inkQuiet, type: "solid", width: 1 },
      data: lines(view),
    },
  };
}

/** Squares of the plane; by stage each of them lies in its column, others without one are left out. */
export function squares(view) {
  const cells = view.data.density ?? [];
  if (isByStage(view)) return cells.map(([across, up, many, stage]) => ({ x: [across - CELL / 2, across + CELL / 2].map((each) => x(view, each, stage)), up, many })).filter((cell) => cell.x[0] !== null);
  const merged = new Map();
  for (const [across, up, many] of cells) {
    const key = `${across}:${up}`;
    const cell = merged.get(key) ?? { x: [across - CELL / 2, across + CELL / 2], up, many: 0 };
    merged.set(key, { ...cell, many: cell.many + many });
  }
  return [...merged.values()];
}

export function density(view) {
  const cells = squares(view);
  view.state.squares = cells;
  const most = Math.log1p(Math.max(...cells.map(({ many }) => many), 1));
  return {
    id: "density",
    type: "custom",
    clip: true,
    z: 2,
    data: cells.map(({ x: [from, to], up, many }) => [(from + to) / 2, up, many]),
    renderItem: ({ dataIndex }, api) => {
      const cell = cells[dataIndex];
      const [left, top] = api.coord([cell.x[0], cell.up + CELL / 2]);
      const [right, bottom] = api.coord([cell.x[1], cell.up - CELL / 2]);
      const shape = { x: Math.min(left, right) + 0.5, y: top + 0.5, width: Math.max(Math.abs(right - left) - 1, 1), height: bottom - top - 1 };
      return { type: "rect", shape, style: { fill: faint(view.look.ink, 0.04 + (0.2 * Math.log1p(cell.many)) / most) } };
    },
  };
}
