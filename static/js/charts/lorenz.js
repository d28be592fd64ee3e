// The Lorenz curve: {label, points: [[share of customers, share of the measure]], count}; the dashed line is equality.
import { word } from "../words.js";
import { roundShare, share } from "./format.js";
import { axis, grid, gridLines } from "./look.js";

const TABLE_STEPS = 10;

export function option({ data, look }) {
  const shares = { type: "value", min: 0, max: 1, interval: 0.25, axisLabel: { color: look.inkQuiet, fontSize: 11, formatter: roundShare } };
  return {
    grid: grid(52, 16, 12, 24),
    tooltip: { trigger: "axis", axisPointer: { lineStyle: { color: look.lineStrong } }, formatter: (parts) => tip(parts[0].data, data) },
    xAxis: axis(look, shares),
    yAxis: axis(look, { ...shares, splitLine: gridLines(look), axisLine: { show: false } }),
    series: [
      { name: word("bring"), type: "line", data: data.points, showSymbol: false, lineStyle: { width: 2, color: look.ink }, itemStyle: { color: look.ink } },
      { name: word("equal"), type: "line", data: [[0, 0], [1, 1]], showSymbol: false, silent: true, lineStyle: { width: 1, type: "dashed", color: look.inkQuiet }, itemStyle: { color: look.inkQuiet }, tooltip: { show: false } },
    ],
  };
}

function tip([part, brought]) {
  return `${word("smallest")} ${share(part)}: ${share(brought)}`;
}

/** Every tenth of the customers, or each of them where there are fewer. */
function steps(data) {
  const every = Math.max(1, Math.ceil((data.points.length - 1) / TABLE_STEPS));
  return data.points.filter((_point, place) => place && (place % every === 0 || place === data.points.length - 1));
}

export function table(data) {
  return {
    head: [{ text: word("smallest"), number: true }, { text: word("bring"), number: true }],
    rows: steps(data).map(([part, brought]) => [share(part), share(brought)]),
  };
}

export function points(data) {
  return steps(data).map((point) => ({ text: tip(point), action: { seriesIndex: 0, dataIndex: data.points.indexOf(point) } }));
}
