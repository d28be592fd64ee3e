// Lines by month, nulls as gaps: {label, months, series: [{name, values}], format: "money" | "share" | "number", currency, digits}.
// With `limits` [least, most] the axis shows all that could be, with a line at zero where that is between. With `connect`, months between that nobody measured keep their place on the axis, and lines go on across them.
import { word } from "../words.js";
import { compact, count, exact, month, roundShare, share } from "./format.js";
import { axis, grid, gridLines, legend } from "./look.js";

const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3]];
const FORMATS = { money: compact, share: roundShare, number: (value) => (value === null ? "–" : count(value)) };
const EXACT = { ...FORMATS, money: exact, share: (value) => share(value) };

function formats(data) {
  const name = data.format ?? "money";
  return { short: (value) => FORMATS[name](value, data), full: (value) => EXACT[name](value, data) };
}

export function option({ data, look, width }) {
  const { short } = formats(data);
  const several = data.series.length > 1;
  const inks = [look.ink, look.inkQuiet, look.series2, look.series3];
  return {
    grid: grid(52, 24, several ? (width < 400 ? 48 : 28) : 12, 24),
    legend: several ? { ...legend(look, data.series.map(({ name }) => name)), itemWidth: 24 } : undefined,
    tooltip: { trigger: "axis", axisPointer: { lineStyle: { color: look.lineStrong } }, formatter: (parts) => tip(parts, data) },
    xAxis: axis(look, { type: "category", boundaryGap: false, data: data.months.map((text) => month(text)), axisLabel: { color: look.inkQuiet, fontSize: 11, hideOverlap: true, alignMaxLabel: "right" } }),
    yAxis: axis(look, { type: "value", scale: data.format === "share", ...limits(data), splitNumber: 4, splitLine: gridLines(look), axisLine: { show: false }, axisLabel: { color: look.inkQuiet, fontSize: 11, formatter: short } }),
    series: data.series.map(({ name, values }, place) => ({
      name,
      type: "line",
      data: values,
      markLine: place === 0 && data.limits?.[0] < 0 ? zero(look) : undefined,
      connectNulls: data.connect ?? false,
      symbol: "circle",
      symbolSize: 4,
      showAllSymbol: true,
      lineStyle: { width: place === 0 ? 2 : 1.5, color: inks[place % 4], type: DASHES[place % 4] },
      itemStyle: { color: inks[place % 4] },
    })),
  };
}

function limits({ limits: [min, max] = [] }) {
  return min === undefined ? {} : { min, max, interval: (max - min) / 4 };
}

function zero(look) {
  return { symbol: "none", silent: true, label: { show: false }, lineStyle: { color: look.inkQuiet, type: "solid", width: 1 }, data: [{ yAxis: 0 }] };
}

function told(data) {
  const places = [...data.months.keys()];
  return data.connect ? places.filter((place) => data.series.some(({ values }) => values[place] !== null)) : places;
}

function tip(parts, data) {
  const place = parts[0].dataIndex;
  const { full } = formats(data);
  return [month(data.months[place], "numeric"), ...data.series.map(({ name, values }) => `${name}: ${full(values[place])}`)].join("\n");
}

export function table(data) {
  const { full } = formats(data);
  return {
    head: [{ text: word("month") }, ...data.series.map(({ name }) => ({ text: name, number: true }))],
    rows: told(data).map((place) => [month(data.months[place], "numeric"), ...data.series.map(({ values }) => full(values[place]))]),
  };
}

export function points(data) {
  const { full } = formats(data);
  return told(data).map((place) => ({
    text: [month(data.months[place], "numeric"), ...data.series.map(({ name, values }) => `${name} ${full(values[place])}`)].join(", "),
    action: { seriesIndex: 0, dataIndex: place },
  }));
}
