// The whale curve: {label, points: [[place, name, contribution, cumulative, url]], total, peak, peak_place, currency, digits; optional: count, if not every place is drawn; before: {name, points: [[place, cumulative]]}, another curve behind it}.
import { word } from "../words.js";
import { compact, count, exact, share } from "./format.js";
import { axis, faint, grid, gridLines } from "./look.js";

const WIDE = 640; // from this width on there is room for words beside the plot

export function option({ data, look, width }) {
  const line = [{ value: [0, 0] }, ...data.points.map(([place, , , cumulative, url]) => ({ value: [place, cumulative], url }))];
  const last = data.count ?? data.points.length;
  const wide = width >= WIDE;
  return {
    grid: wide ? grid(56, 190, 28, 40) : grid(56, 12, 52, 40),
    title: wide ? undefined : { text: ending(data), right: 8, top: 0, itemGap: 0, padding: 0, textStyle: endingStyle(look) },
    tooltip: { trigger: "axis", axisPointer: { type: "line", lineStyle: { color: look.inkQuiet } }, formatter: (parts) => tip(parts, data) },
    xAxis: axis(look, { type: "value", min: 0, max: last, name: word("ranked"), nameLocation: "middle", nameGap: 24, axisLabel: { color: look.inkQuiet, fontSize: 11, formatter: (value) => count(value) } }),
    yAxis: axis(look, { type: "value", splitNumber: 4, splitLine: gridLines(look), axisLine: { show: false }, axisLabel: { color: look.inkQuiet, fontSize: 11, formatter: (value) => compact(value, data) } }),
    series: [
      { type: "line", data: line, symbol: "circle", symbolSize: 5, showSymbol: false, lineStyle: { color: look.ink, width: 2 }, itemStyle: { color: look.ink }, areaStyle: { color: faint(look.profit, 0.1) }, cursor: "pointer", markPoint: marks(data, look, last, wide), markLine: peakLine(data, look) },
      { type: "line", data: line.filter(({ value: [place] }) => place >= data.peak_place), symbol: "none", silent: true, lineStyle: { width: 0 }, areaStyle: { color: faint(look.loss, 0.22), origin: data.peak }, tooltip: { show: false } },
      ...earlier(data, look),
    ],
  };
}

/** Named at its peak, where it is flat, on the side away from the other curve. */
function earlier(data, look) {
  const { before } = data;
  if (!before?.points.length) return [];
  const [place, height] = before.points.reduce((best, point) => (point[1] > best[1] ? point : best));
  const beside = data.points.findLast(([at]) => at <= place)?.[3] ?? 0;
  const above = height > beside;
  const overPeak = above && Math.abs(place - data.peak_place) < 0.3 * (data.count ?? data.points.length); // whose own label is there
  const label = { show: true, position: above ? "top" : "bottom", distance: overPeak ? 22 : 8, align: "center", color: look.inkQuiet, fontSize: 11, formatter: before.name };
  return [{ type: "line", data: [[0, 0], ...before.points], symbol: "none", silent: true, lineStyle: { color: look.inkQuiet, width: 1.5, type: "dashed" }, tooltip: { show: false }, markPoint: { symbol: "circle", symbolSize: 1, silent: true, data: [{ coord: [place, height], label }] } }];
}

function marks(data, look, last, wide) {
  const label = (text, position, align) => ({ show: true, color: look.ink, fontSize: 12, fontWeight: 600, position, align, distance: 8, formatter: text });
  const peak = `${word("peak")} ${compact(data.peak, data)}${data.total > 0 ? ` · ${share(data.peak / data.total, 0)}` : ""}`;
  const early = data.peak_place < last * 0.35;
  const late = data.peak_place > last * 0.65;
  const points = [{ coord: [last, data.total], label: wide ? { show: true, position: "right", align: "left", distance: 10, formatter: ending(data, "\n"), ...endingStyle(look) } : { show: false } }];
  if (data.peak_place > 0) points.push({ coord: [data.peak_place, data.peak], label: label(peak, "top", early ? "left" : late ? "right" : "center") });
  return { symbol: "circle", symbolSize: 7, itemStyle: { color: look.ink }, data: points, silent: true };
}

/** What is left at the end of the curve: beside it, or above the plot where it is narrow; on the curve it would cover the fall. */
function ending(data, gap = "   ") {
  const total = `{total|${word("total")} ${compact(data.total, data)}}`;
  return data.peak > data.total ? `${total}${gap}{loss|${compact(data.total - data.peak, data)} ${word("erosion")}}` : total;
}

function endingStyle(look) {
  const line = { fontSize: 12, lineHeight: 18 };
  return { ...line, rich: { total: { ...line, color: look.ink, fontWeight: 600 }, loss: { ...line, color: look.lossInk } } };
}

function peakLine(data, look) {
  return { symbol: "none", silent: true, label: { show: false }, lineStyle: { color: look.lineStrong, type: "dashed" }, data: [[{ coord: [data.peak_place, data.peak] }, { coord: [data.count ?? data.points.length, data.peak] }]] };
}

function tip(parts, data) {
  const point = data.points[parts[0].dataIndex - 1];
  if (!point) return "";
  const [place, name, contribution, cumulative] = point;
  const part = data.total > 0 ? ` (${share(cumulative / data.total)})` : "";
  return `${count(place)} · ${name}\n${word("contribution")}: ${exact(contribution, data)}\n${word("cumulative")}: ${exact(cumulative, data)}${part}`;
}

/** The whole height under the pointer is the point: a thin line is hard to hit. */
export function connect({ chart, data }, follow) {
  chart.getZr().on("click", ({ offsetX, offsetY }) => {
    if (!chart.containPixel("grid", [offsetX, offsetY])) return;
    const [place] = chart.convertFromPixel({ seriesIndex: 0 }, [offsetX, offsetY]);
    follow(nearest(data.points, place)?.[4]);
  });
}

function nearest(points, place) {
  return points.reduce((best, point) => (Math.abs(point[0] - place) < Math.abs(best[0] - place) ? point : best), points[0]);
}

export function table(data) {
  return {
    head: [{ text: word("place"), number: true }, { text: word("account") }, { text: word("contribution"), number: true }, { text: word("cumulative"), number: true }, { text: word("share"), number: true }],
    rows: data.points.map(([place, name, contribution, cumulative, url]) => [count(place), { text: name, url }, exact(contribution, data), exact(cumulative, data), share(data.total > 0 ? cumulative / data.total : null)]),
  };
}

export function points(data) {
  return data.points.map(([place, name, contribution, , url], index) => ({ text: `${place}. ${name}: ${exact(contribution, data)}`, url, action: { seriesIndex: 0, dataIndex: index + 1 } }));
}
