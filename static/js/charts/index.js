// Draws every <div data-chart="KIND" id="X"> from the JSON of <script id="X-data">; redraws on resize, theme and print.
// A kind offers option(view), table(data), points(data) and, where it needs one, legend(view): a list of HTML elements;
// connect(view, follow) where a click is not just a link, keys(view) where the keyboard does more, prepare(view) first,
// size(view) where its height is worked out before it is drawn.
import { forFresh, unseen } from "../fresh.js";
import { word } from "../words.js";
import { init } from "./echarts.js";
import { colours, shared } from "./look.js";
import { connectPoints } from "./points.js";
import { connectTable } from "./table.js";
import * as differences from "./differences.js";
import * as lorenz from "./lorenz.js";
import * as matrix from "./matrix.js";
import * as pareto from "./pareto.js";
import * as phases from "./phases.js";
import * as trend from "./trend.js";
import * as waterfall from "./waterfall.js";
import * as whale from "./whale.js";

const KINDS = { differences, lorenz, matrix, pareto, phases, trend, waterfall, whale };
const views = new Set();

function draw(view) {
  view.look = colours();
  view.width = view.chart.getWidth();
  view.height = view.chart.getHeight();
  const { tooltip, ...base } = shared(view.look);
  const option = view.kind.option(view);
  const how = view.state.travels ? { replaceMerge: ["series"] } : { notMerge: true };
  view.chart.setOption({ ...base, ...option, tooltip: { ...tooltip, ...option.tooltip } }, how);
}

function legend(view) {
  if (!view.kind.legend) return;
  const list = document.createElement("ul");
  list.className = "chart-legend";
  list.append(...view.kind.legend(view));
  view.element.before(list);
}

function follow(url) {
  if (url) location.assign(url);
}

function mount(element) {
  const figure = element.closest(".chart-figure") ?? element.parentElement;
  const data = JSON.parse(document.getElementById(`${element.id}-data`).textContent);
  const kind = KINDS[element.dataset.chart];
  const view = { element, data, kind, state: {}, page: element.closest("[data-page-of-chart]"), redraw: () => draw(view) };
  view.relist = () => connectPoints(figure, view.chart, kind.points(view.data), kind.keys?.(view));
  kind.prepare?.(view);
  legend(view); // before the size is taken: it may push the chart down
  connectTable(figure, () => kind.table(view.data));
  kind.size?.(view);
  view.chart = init(element, null, { renderer: "svg" });
  draw(view);
  if (kind.connect) kind.connect(view, follow);
  else view.chart.on("click", (event) => follow(event.data?.url));
  view.relist();
  watchSize(view);
  views.add(view);
}

function watchSize(view) {
  new ResizeObserver(() => {
    const { clientWidth, clientHeight } = view.element;
    if (printing || !clientWidth || (clientWidth === view.width && clientHeight === view.height)) return;
    view.chart.resize();
    draw(view);
  }).observe(view.element);
}

function start(element) {
  try {
    mount(element);
  } catch (error) {
    element.classList.add("fails");
    element.textContent = word("chartError");
    reportError(error);
  }
}

function redrawAll() {
  for (const view of views) {
    if (view.element.isConnected) {
      draw(view);
      continue;
    }
    view.chart.dispose(); // htmx has swapped it out
    views.delete(view);
  }
}

// Paper is always light. Each chart is drawn anew for its part of the paper's width, so that letters keep their size;
// the viewBox lets the stylesheet fit the drawing in.
const PAPER = { landscape: 1100, portrait: 760 };
const WIDE = ".table > thead > tr > :nth-child(7), .overview"; // print.css turns the paper for these
let printing = false;
let screenTheme = "";

function beforePrint() {
  const root = document.documentElement;
  printing = true;
  screenTheme = root.dataset.bsTheme;
  root.dataset.bsTheme = "light";
  const page = document.getElementById("content").clientWidth;
  for (const view of views) if (view.element.isConnected) view.chart.resize(sizeOnPaper(view, page));
  redrawAll();
  for (const { chart, element, width, height } of views) {
    chart.getZr().flush();
    element.querySelector("svg").setAttribute("viewBox", `0 0 ${width} ${height}`);
  }
}

/** A chart gets the part of the paper that it has of the page, and never more of its height than leaves room for text. */
function sizeOnPaper({ element: { clientWidth, clientHeight }, kind, page: whole }, page) {
  const paper = document.querySelector(WIDE) ? PAPER.landscape : PAPER.portrait;
  const width = Math.round((paper * clientWidth) / page);
  if (whole && kind.onPaper) return { width, height: kind.onPaper(width) };
  return { width, height: Math.min(clientHeight, Math.max(320, Math.round(width / 2))) };
}

function afterPrint() {
  printing = false;
  document.documentElement.dataset.bsTheme = screenTheme;
  for (const { chart, element } of views) {
    element.querySelector("svg")?.removeAttribute("viewBox");
    if (element.isConnected) chart.resize({ width: "auto", height: "auto" });
  }
  redrawAll();
}

document.addEventListener("theme:changed", redrawAll);
addEventListener("beforeprint", beforePrint);
addEventListener("afterprint", afterPrint);
forFresh((root) => unseen(root, "div[data-chart]", "drawn").forEach(start));
