// The whale curve: {label, points: [[place, name, contribution, cumulative, url]], total, peak, peak_place, currency, digits; optional: count, if not every place is drawn; before: {name, points: [[place, cumulative]]}, another curve behind it}.
import { word } from "../words.js";
import { compact, count, exact, share } from "./format.js";
import { axis, faint, grid, gridLines, legend } from "./look.js";

const WIDE = 640; // from this width on there is room for words beside the plot
const LEFT = 56;
const LETTER = 7.2; // wide at most, in the size of the peak's label

export function option({ data, look, width }) {
  const line = [{ value: [0, 0] }, ...data.points.map(([place, , , cumulative, url]) => ({ value: [place, cumulative], url }))];
  const last = data.count ?? data.points.length;
  const wide = width >= WIDE;
  const plot = grid(LEFT, wide ? 190 : 12, (wide ? 28 : 52) + (data.before ? 20 : 0), 40);
  const peak = peakLabel(data, last, width - plot.left - plot.right);
  return {
    grid: plot,
    title: wide ? undefined : { text: ending(data), right: 8, top: 0, itemGap: 0, padding: 0, textStyle: endingStyle(look) },
    legend: data.before ? { ...legend(look, [data.before.name]), top: wide ? 0 : 20, left: LEFT, itemWidth: 26, padding: 0, itemStyle: { opacity: 0 } } : undefined,
    tooltip: { trigger: "axis", axisPointer: { type: "line", lineStyle: { color: look.inkQuiet } }, formatter: (parts) => tip(parts, data) },
    xAxis: axis(look, { type: "value", min: 0, max: last, name: word("ranked"), nameLocation: "middle", nameGap: 24, axisLabel: { color: look.inkQuiet, fontSize: 11, formatter: (value) => count(value) } }),
    yAxis: axis(look, { type: "value", splitNumber: 4, splitLine: gridLines(look), axisLine: { show: false }, axisLabel: { color: look.inkQuiet, fontSize: 11, formatter: (value) => compact(value, data) } }),
    series: [
      { type: "line", data: line, symbol: "circle", symbolSize: 5, showSymbol: false, lineStyle: { color: look.ink, width: 2 }, itemStyle: { color: look.ink }, areaStyle: { color: faint(look.profit, 0.1) }, cursor: "pointer", markPoint: marks(data, look, peak, wide), markLine: peakLine(data, look, peak) },
      { type: "line", data: line.filter(({ value: [place] }) => place >= data.peak_place), symbol: "none", silent: true, lineStyle: { width: 0 }, areaStyle: { color: faint(look.loss, 0.22), origin: data.peak }, tooltip: { show: false } },
      ...earlier(data, look),
    ],
  };
}

/** Named above the plot: on it the name would lie on one curve or the other. */
function earlier(data, look) {
  const { before } = data;
  if (!before?.points.length) return [];
  return [{ type: "line", name: before.name, data: [[0, 0], ...before.points], symbol: "none", silent: true, lineStyle: { color: look.inkQuiet, width: 1.5, type: "dashed" }, itemStyle: { color: look.inkQuiet }, tooltip: { show: false } }];
}

/** The words at the peak, on which side of it they stand, and how high: above both curves as far as they reach. */
function peakLabel(data, last, width) {
  const text = `${word("peak")} ${compact(data.peak, data)}${data.total > 0 ? ` · ${share(data.peak / data.total, 0)}` : ""}`;
  const reach = (text.length * LETTER * last) / Math.max(width, 1);
  const align = data.peak_place < last * 0.35 ? "left" : data.peak_place > last * 0.65 ? "right" : "center";
  const from = data.peak_place - { left: 0, center: reach / 2, right: reach }[align];
  const near = (data.before?.points ?? []).filter(([place]) => place >= from - reach * 0.1 && place <= from + reach * 1.1);
  return { text, align, height: Math.max(data.peak, ...near.map(([, height]) => height)) };
}

function marks(data, look, peak, wide) {
  const end = data.points.at(-1)?.[0] ?? 0;
  const points = [{ coord: [end, data.total], label: wide ? { show: true, position: "right", align: "left", distance: 10, formatter: ending(data, "\n"), ...endingStyle(look) } : { show: false } }];
  if (data.peak_place > 0) {
    points.push({ coord: [data.peak_place, data.peak], label: { show: false } });
    points.push({ coord: [data.peak_place, peak.height], symbolSize: 1, label: { show: true, color: look.ink, fontSize: 12, fontWeight: 600, position: "top", align: peak.align, distance: 10, formatter: peak.text } });
  }
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

/** How high the peak was, on to the end; and up to its words, where another curve is between. */
function peakLine(data, look, peak) {
  const top = { coord: [data.peak_place, data.peak] };
  const lines = [[top, { coord: [data.points.at(-1)?.[0] ?? 0, data.peak] }]];
  if (peak.height > data.peak) lines.push([{ ...top, lineStyle: { type: "solid" } }, { coord: [data.peak_place, peak.height] }]);
  return { symbol: "none", silent: true, label: { show: false }, lineStyle: { color: look.lineStrong, type: "dashed" }, data: lines };
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
