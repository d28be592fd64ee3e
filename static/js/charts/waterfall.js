// From list sales to contribution, read from top to bottom like a statement:
// {label, steps: [{name, amount, kind: "total" | "minus" | "plus", url?}], base, currency, digits}. What a minus step takes away has no sign; totals keep theirs.
import { word } from "../words.js";
import { compact, exact, share, whole } from "./format.js";
import { axis, grid } from "./look.js";

/** Where each bar starts and ends: totals from zero, the others from where the one before ended. */
function bars(steps) {
  let level = 0;
  return steps.map((step) => {
    const from = step.kind === "total" ? 0 : level;
    level = step.kind === "total" ? step.amount : level + change(step);
    return { ...step, from, to: level };
  });
}

function change({ kind, amount }) {
  return kind === "minus" ? 0 - amount : amount;
}

function signed(step) {
  return step.kind === "total" ? step.amount : change(step);
}

/** What 100 % is: the statement beside the chart says the same. */
function base(data) {
  return data.base > 0 ? data.base : null;
}

export function option({ data, look, width }) {
  const rows = bars(data.steps);
  const narrow = width < 460;
  const amount = (step) => (narrow ? compact(signed(step), data) : whole(signed(step), data));
  const reversed = { type: "category", inverse: true, axisLine: { show: false } };
  return {
    grid: grid(narrow ? 112 : 168, narrow ? 64 : 160, 4, 4),
    tooltip: { trigger: "item", formatter: ({ dataIndex }) => tip(data, data.steps[dataIndex]) },
    xAxis: { type: "value", show: false },
    yAxis: [
      axis(look, { ...reversed, data: rows.map(({ name }) => name), axisLabel: names(rows, look, narrow) }),
      axis(look, { ...reversed, position: "right", data: rows.map((step) => amounts(step, amount, data, narrow)), axisLabel: figures(look, narrow) }),
    ],
    series: [{
      type: "custom",
      data: rows.map(({ from, to, url }, place) => ({ value: [from, to, place], url })),
      encode: { x: [0, 1], y: 2 },
      markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: look.lineStrong, type: "solid" }, data: [{ xAxis: 0 }] },
      renderItem: (parameters, api) => shape(parameters, api, rows, look),
    }],
  };
}

function names(rows, look, narrow) {
  const rich = { total: { color: look.ink, fontWeight: 600, fontSize: narrow ? 11 : 12 }, step: { color: look.inkQuiet, fontSize: narrow ? 11 : 12 } };
  return { interval: 0, align: "left", margin: narrow ? 108 : 164, width: narrow ? 100 : 156, overflow: "truncate", rich, formatter: (name, place) => `{${rows[place].kind === "total" ? "total" : "step"}|${name}}` };
}

function amounts(step, amount, data, narrow) {
  const style = step.kind === "total" ? "total" : "step";
  const part = narrow || base(data) === null ? "" : `{share|${share(signed(step) / base(data))}}`;
  return `{${style}|${amount(step)}}${part}`;
}

function figures(look, narrow) {
  const size = narrow ? 11 : 12;
  const text = { align: "right", fontSize: size, width: narrow ? 56 : 90 };
  return {
    interval: 0, align: "right", margin: narrow ? 60 : 156, formatter: (value) => value,
    rich: { total: { ...text, color: look.ink, fontWeight: 600 }, step: { ...text, color: look.ink }, share: { align: "right", width: 62, fontSize: 11, color: look.inkQuiet } },
  };
}

const FILLS = { total: "series1", minus: "loss", plus: "profit" };

function shape({ dataIndex }, api, rows, look) {
  const { from, to, kind } = rows[dataIndex];
  const [start, middle] = api.coord([Math.min(from, to), dataIndex]);
  const [end] = api.coord([Math.max(from, to), dataIndex]);
  const band = api.size([0, 1])[1];
  const height = Math.min(band * 0.6, 22);
  const rectangle = { type: "rect", shape: { x: start, y: middle - height / 2, width: Math.max(end - start, 1), height }, style: { fill: look[FILLS[kind]] }, emphasis: { style: { stroke: look.ink, lineWidth: 1.5 } } };
  const [level] = api.coord([to, dataIndex]);
  const link = { type: "line", silent: true, shape: { x1: level, x2: level, y1: middle + height / 2, y2: middle + band - height / 2 }, style: { stroke: look.lineStrong } };
  return { type: "group", children: dataIndex < rows.length - 1 ? [rectangle, link] : [rectangle] };
}

function tip(data, step) {
  const part = base(data) === null ? "" : ` (${share(signed(step) / base(data))})`;
  return `${step.name}\n${exact(signed(step), data)}${part}`;
}

export function table(data) {
  return {
    head: [{ text: word("step") }, { text: word("amount"), number: true }, { text: word("share"), number: true }],
    rows: data.steps.map((step) => [{ text: step.name, url: step.url }, exact(signed(step), data), share(base(data) === null ? null : signed(step) / base(data))]),
  };
}

export function points(data) {
  return data.steps.map((step, place) => ({ text: `${step.name}: ${exact(signed(step), data)}`, url: step.url, action: { seriesIndex: 0, dataIndex: place } }));
}
