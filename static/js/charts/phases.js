// Cost by phase and month, stacked: {label, months: ["2026-01"], series: [{code, name, values}], currency, digits}.
import { word } from "../words.js";
import { compact, exact, month } from "./format.js";
import { axis, grid, gridLines, legend } from "./look.js";

export function option({ data, look, width }) {
  return {
    grid: grid(52, 8, width < 400 ? 48 : 28, 24),
    legend: legend(look, data.series.map(({ name }) => name)),
    tooltip: { trigger: "axis", axisPointer: { type: "none" }, formatter: (parts) => tip(parts, data) },
    xAxis: axis(look, { type: "category", data: data.months.map((text) => month(text)) }),
    yAxis: axis(look, { type: "value", splitNumber: 4, splitLine: gridLines(look), axisLine: { show: false }, axisLabel: { color: look.inkQuiet, fontSize: 11, formatter: (value) => compact(value, data) } }),
    series: data.series.map(({ name, values }, place) => ({
      name,
      type: "bar",
      stack: "all",
      data: values,
      barMaxWidth: 36,
      barCategoryGap: width < 500 ? "25%" : "40%",
      itemStyle: { color: look[`series${(place % 4) + 1}`], borderColor: look.surface, borderWidth: 0.5 },
      emphasis: { disabled: true },
    })),
  };
}

function total(data, place) {
  const known = data.series.map(({ values }) => values[place] ?? null).filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) : null;
}

function tip(parts, data) {
  const place = parts[0].dataIndex;
  const lines = data.series.map(({ name, values }) => `${name}: ${exact(values[place] ?? null, data)}`);
  return [month(data.months[place], "numeric"), ...lines.reverse(), `${word("total")}: ${exact(total(data, place), data)}`].join("\n");
}

export function table(data) {
  return {
    head: [{ text: word("month") }, ...data.series.map(({ name }) => ({ text: name, number: true })), { text: word("total"), number: true }],
    rows: data.months.map((text, place) => [month(text, "numeric"), ...data.series.map(({ values }) => exact(values[place] ?? null, data)), exact(total(data, place), data)]),
  };
}

export function points(data) {
  return data.months.map((text, place) => ({
    text: `${month(text, "numeric")}: ${exact(total(data, place), data)}`,
    action: { seriesIndex: 0, dataIndex: place },
  }));
}
