// What lies under and over the bubbles: the four boxes with name and guidance, density squares, arrows of movement.
import { faint } from "./look.js";

const CELL = 0.5; // side of a density square, in points of the scale
const NOTICEABLE = 0.05; // a shorter arrow would be its head alone
const HIGH = { strategic: [1, 1], star: [0, 1], status: [1, 0], streamline: [0, 0] }; // [relationship, attractiveness] above the cut?

function corner(code, orientation) {
  const [strong, attractive] = HIGH[code];
  const right = orientation === "strong_left" ? !strong : strong;
  return `inside${attractive ? "Top" : "Bottom"}${right ? "Right" : "Left"}`;
}

function label({ code, name, guidance }, { look, data, width }) {
  const text = width > 560 ? `{name|${name}}\n{guidance|${guidance}}` : `{name|${name}}`;
  const right = corner(code, data.orientation).endsWith("Right");
  return {
    show: true,
    position: corner(code, data.orientation),
    distance: 8,
    align: right ? "right" : "left",
    formatter: text,
    rich: { name: { color: look[`${code}Ink`], fontSize: 13, fontWeight: 600, lineHeight: 18 }, guidance: { color: look.inkQuiet, fontSize: 11, lineHeight: 15 } },
  };
}

function area(box, view) {
  const { relationship, attractiveness } = view.data.cuts;
  const [strong, attractive] = HIGH[box.code];
  const [x1, x2] = strong ? [relationship, 10] : [0, relationship];
  const [y1, y2] = attractive ? [attractiveness, 10] : [0, attractiveness];
  return [
    { coord: [x1, y1], itemStyle: { color: faint(view.look[box.code], 0.05) }, label: label(box, view) },
    { coord: [x2, y2] },
  ];
}

export function quadrants(view) {
  const { data, look } = view;
  return {
    type: "scatter",
    data: [],
    silent: true,
    z: 1,
    markArea: { silent: true, data: data.boxes.filter(({ code }) => code in HIGH).map((box) => area(box, view)) },
    markLine: {
      silent: true,
      symbol: "none",
      label: { show: false },
      lineStyle: { color: look.inkQuiet, type: "solid", width: 1 },
      data: [{ xAxis: data.cuts.relationship }, { yAxis: data.cuts.attractiveness }],
    },
  };
}

export function density({ data, look }) {
  const cells = data.density ?? [];
  const most = Math.log1p(Math.max(...cells.map(([, , count]) => count), 1));
  return {
    type: "custom",
    z: 2,
    data: cells.map(([relationship, attractiveness, count]) => [relationship, attractiveness, count]),
    renderItem: (_, api) => {
      const [x, y] = api.coord([api.value(0) - CELL / 2, api.value(1) + CELL / 2]);
      const [x2, y2] = api.coord([api.value(0) + CELL / 2, api.value(1) - CELL / 2]);
      const shape = { x: Math.min(x, x2) + 0.5, y: y + 0.5, width: Math.abs(x2 - x) - 1, height: y2 - y - 1 };
      return { type: "rect", shape, style: { fill: faint(look.ink, 0.04 + (0.2 * Math.log1p(api.value(2))) / most) } };
    },
  };
}

function arrow([fromX, fromY], [toX, toY], colour) {
  const angle = Math.atan2(toY - fromY, toX - fromX);
  const side = (turn) => [toX - 7 * Math.cos(angle + turn), toY - 7 * Math.sin(angle + turn)];
  return {
    type: "group",
    silent: true,
    children: [
      { type: "line", shape: { x1: fromX, y1: fromY, x2: toX, y2: toY }, style: { stroke: colour, lineWidth: 1.25 } },
      { type: "polygon", shape: { points: [[toX, toY], side(0.4), side(-0.4)] }, style: { fill: colour } },
    ],
  };
}

export function movements({ data, look, state }) {
  const moved = (state.movement ?? data.movement) ? data.points.filter((row) => row[8] !== null && row[9] !== null && Math.hypot(row[8] - row[2], row[9] - row[3]) > NOTICEABLE) : [];
  return {
    type: "custom",
    z: 5,
    silent: true,
    data: moved.map((row) => [row[8], row[9], row[2], row[3]]),
    encode: { x: [0, 2], y: [1, 3] },
    renderItem: (_, api) => arrow(api.coord([api.value(0), api.value(1)]), api.coord([api.value(2), api.value(3)]), look.inkQuiet),
  };
}
