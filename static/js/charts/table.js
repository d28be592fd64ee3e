// "Show as table": the twin of a chart, built from the same data when it is opened, unless the server put one there.
import { word } from "../words.js";
import { count } from "./format.js";

const STEP = 500;

function cell(tag, content, number) {
  const element = document.createElement(tag);
  if (number) element.className = "number";
  if (tag === "th") element.scope = "col";
  element.append(content);
  return element;
}

function link({ text, url }) {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.textContent = text;
  return anchor;
}

function line(row, head) {
  const element = document.createElement("tr");
  row.forEach((value, place) => element.append(cell("td", value?.url ? link(value) : value?.text ?? value, head[place].number)));
  return element;
}

function append({ head, rows }, body, from, more) {
  body.append(...rows.slice(from, from + STEP).map((row) => line(row, head)));
  more.hidden = from + STEP >= rows.length;
  more.textContent = `${count(Math.max(rows.length - from - STEP, 0))} ${word("more")}`;
}

function fill(region, content) {
  const table = document.createElement("table");
  table.className = "table";
  const top = table.createTHead().insertRow();
  for (const { text, number } of content.head) top.append(cell("th", text, number));
  const more = document.createElement("button");
  more.type = "button";
  more.className = "btn btn-quiet";
  const body = table.createTBody();
  append(content, body, 0, more);
  more.addEventListener("click", () => append(content, body, body.rows.length, more));
  region.append(table, more);
}

export function connectTable(figure, content) {
  const details = figure.querySelector(".chart-table");
  const region = details?.querySelector("div");
  details?.addEventListener("toggle", () => {
    if (details.open && region.childElementCount === 0) fill(region, content());
  });
}
