// Differences of either sign, the largest on top, from zero to the left or right:
// {label, rows: [{name, amount, url?}], currency, digits}.
import { word } from "../words.js";
import { compact, exact } from "./format.js";
import { axis, grid } from "./look.js";

export function option({ data, look, width }) {
  const narrow = width < 460;
  const names = data.rows.map(({ name }) => name);
  const label = { interval: 0, align: "left", margin: narrow ? 108 : 184, width: narrow ? 100 : 176, overflow: "truncate", color: look.ink, fontSize: narrow ? 11 : 12 };
  const amounts = { interval: 0, align: "right", margin: narrow ? 56 : 72, color: look.ink, fontSize: narrow ? 11 : 12, formatter: (_, place) => plus(compact(data.rows[place].amount, data), data.rows[place].amount) };
  const category = { type: "category", inverse: true, axisLine: { show: false } };
  return {
    grid: grid(narrow ? 112 : 192, narrow ? 60 : 80, 4, 4),
    tooltip: { trigger: "item", formatter: ({ dataIndex }) => said(data.rows[dataIndex], data) },
    xAxis: { type: "value", show: false },
    yAxis: [axis(look, { ...category, data: names, axisLabel: label }), axis(look, { ...category, data: names, position: "right", axisLabel: amounts })],
    series: [{
      type: "bar",
      barMaxWidth: 18,
      data: data.rows.map(({ amount, url }) => ({ value: amount, url, itemStyle: { color: colour(amount, data, look) } })),
      emphasis: { itemStyle: { borderColor: look.ink, borderWidth: 1.5 } },
    }],
  };
}

/** More cost is worse, more profit is better. */
function colour(amount, data, look) {
  return (amount < 0) === Boolean(data.cost) ? look.profit : look.loss;
}

function plus(text, amount) {
  return amount > 0 ? `+${text}` : text;
}

function said(row, data) {
  return `${row.name}: ${plus(exact(row.amount, data), row.amount)}`;
}

export function table(data) {
  return {
    head: [{ text: word("account") }, { text: word("amount"), number: true }],
    rows: data.rows.map((row) => [{ text: row.name, url: row.url }, plus(exact(row.amount, data), row.amount)]),
  };
}

export function points(data) {
  return data.rows.map((row, place) => ({ text: said(row, data), url: row.url, action: { seriesIndex: 0, dataIndex: place } }));
}
