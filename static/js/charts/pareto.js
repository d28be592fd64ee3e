// Ranking: {label, measure, points: [[place, name, value, cumulative_share, class, url]], cut_share: 0.8, currency, digits}.
// Both axes begin at zero, so that their zeros meet: what is below zero has no bar.
import { word } from "../words.js";
import { compact, count, exact, share } from "./format.js";
import { axis, grid, gridLines } from "./look.js";

const BARS = 300; // above this a bar is thinner than a pixel: an area says the same

export function option({ data, look, width }) {
  const values = data.points.map(([, , value, , , url]) => ({ value, url }));
  const shares = data.points.map(([, , , cumulative, , url]) => ({ value: cumulative, url }));
  return {
    grid: grid(56, 44, 24, 40),
    tooltip: { trigger: "axis", axisPointer: { type: "line", lineStyle: { color: look.inkQuiet } }, formatter: (parts) => tip(parts, data) },
    xAxis: axis(look, { type: "category", data: data.points.map(([place]) => place), name: word("rankedValue"), nameLocation: "middle", nameGap: 24 }),
    yAxis: [
      axis(look, { type: "value", min: 0, splitNumber: 4, splitLine: gridLines(look), axisLine: { show: false }, axisLabel: { color: look.inkQuiet, fontSize: 11, formatter: (value) => compact(value, data) } }),
      axis(look, { type: "value", min: 0, max: 1, interval: 0.2, axisLine: { show: false }, axisLabel: { color: look.inkQuiet, fontSize: 11, formatter: (value) => share(value, 0) } }),
    ],
    series: [
      { ...columns(data, look), data: values, markArea: bands(data, look, width) },
      { type: "line", yAxisIndex: 1, data: shares, symbol: "circle", symbolSize: 5, showSymbol: false, lineStyle: { color: look.ink, width: 2 }, itemStyle: { color: look.ink }, markLine: cut(data, look) },
    ],
  };
}

function columns(data, look) {
  if (data.points.length > BARS) return { type: "line", step: "middle", symbol: "none", lineStyle: { width: 0 }, areaStyle: { color: look.series3 } };
  return { type: "bar", barCategoryGap: data.points.length > 80 ? "10%" : "30%", itemStyle: { color: look.series3 }, emphasis: { itemStyle: { color: look.series2 } } };
}

function cut({ cut_share: level = 0.8 }, look) {
  const label = { position: "insideStartTop", formatter: share(level, 0), color: look.ink, fontSize: 11, fontWeight: 600 };
  return { symbol: "none", silent: true, lineStyle: { color: look.ink, type: "dashed", width: 1 }, label, data: [{ yAxis: level }] };
}

/** One band a class: from its first account to its last, named at the top. */
function bands({ points }, look, width) {
  const classes = [...new Set(points.map(([, , , , letter]) => letter))];
  const data = classes.map((letter, order) => {
    const places = points.flatMap((point, place) => (point[4] === letter ? [place] : []));
    const wide = (places.length / points.length) * width > 70;
    const label = { show: true, position: "insideTop", offset: [0, -22], color: look.inkQuiet, fontSize: 11, formatter: wide ? `${letter} · ${count(places.length)}` : letter };
    return [{ xAxis: places[0], label, itemStyle: { color: order % 2 ? look.line : "transparent", opacity: 0.35 } }, { xAxis: places.at(-1) }];
  });
  return { silent: true, data };
}

function tip(parts, data) {
  const [place, name, value, cumulative, letter] = data.points[parts[0].dataIndex];
  return `${count(place)} · ${name}\n${data.measure ?? word("value")}: ${exact(value, data)}\n${word("cumulative")}: ${share(cumulative)}\n${word("class")} ${letter}`;
}

export function connect({ chart, data }, follow) {
  chart.getZr().on("click", ({ offsetX, offsetY }) => {
    if (!chart.containPixel("grid", [offsetX, offsetY])) return;
    const [place] = chart.convertFromPixel({ seriesIndex: 0 }, [offsetX, offsetY]);
    follow(data.points[place]?.[5]);
  });
}

export function table(data) {
  return {
    head: [{ text: word("place"), number: true }, { text: word("account") }, { text: data.measure ?? word("value"), number: true }, { text: word("cumulative"), number: true }, { text: word("class") }],
    rows: data.points.map(([place, name, value, cumulative, letter, url]) => [count(place), { text: name, url }, exact(value, data), share(cumulative), letter]),
  };
}

export function points(data) {
  return data.points.map(([place, name, value, , letter, url], index) => ({ text: `${place}. ${name}: ${exact(value, data)}, ${word("class")} ${letter}`, url, action: { seriesIndex: 1, dataIndex: index } }));
}
